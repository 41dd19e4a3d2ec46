# A status before a printer is ready says nothing: nobody knows yet which printer it is.
seed 11324
sign-on 400 27b4d56e664f01a7
sign-on 671 a97ab37fe4931e8b
z 17181 0a89b1574c8b60f3
trouble 0 bd9a20e3172420e1
