# The first daily report of a new printer is made at its keys.
seed 9638
trouble 0 406bdc8ad78630f6
