# A copy of a receipt that there is not: the printer says so, and that is certain.
seed 2090 calm
sign-on 0 9441bf69c0eb8b6e
copy 1451 940bde33e972dd78
