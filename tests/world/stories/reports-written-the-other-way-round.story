# Of two daily reports the later one's outcome is on disk first: the count goes up there, too.
seed 9038
sign-on 0 957cd145b63f19bc
disk 86 e373fa729b9dbf01
z 0 c6f9475b89598965
z 0 74b68c8bde1cdb92
restart 809 f04b861ac1c8dedd
