# The outcome of a Z is written on a second try, by when its printer is configured no
# more: that it made one is known all the same.
seed 1142
sign-on 892 917e6f1e0130fb2c
sign-on 0 374ad1d9d24b3e8f
sign-on 0 ea33e2c3d3f4ab06
sign-on 0 b3c0662077ddc7d7
sign-on 7904 587a4dd54714aafa
sign-on 0 8850effced4d50ad
trouble 15386 d96a6e829712a182
clock 0 8bcfb39d5ec5cc8d
mend 18424 6ba12e406bd98ebc
trouble 12168 0a1ff8d80631c185
again 10406 7d9d3586807fb0b5
show 0 3558256412f371e3
death 0 988d6a381187132f
count 18693 51736a5a54768075
trouble 0 f2f1636e1e812145
goods-return 0 1166cd96be12a35e
pay 0 5c4ec49c14056185
disk 0 7eae53c6d560f339
goods-return 0 21981fc2716f0ddf
trouble 0 8e5742eaffd5ac81
open-drawer 0 43b42350e29e1c9b
pay 0 d4663cf5e6d4a6c6
pay 1325 2bb41358b8e63e63
z 0 d9871766e2995a6e
look 699 dcc2530de3c837ef
z 0 0611e1d335b85954
customer 0 4a9728f54e3c29b6
leave 1216 8ac9ca0a57337053
reload 0 2d1c5f97b4f78d66
again 0 ece0c599acfb26a9
death 1065 7da8c5ef5eeaf3f0
