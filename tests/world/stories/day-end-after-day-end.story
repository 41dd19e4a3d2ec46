# An end of day told of the terminal, right after another: neither has a number to be known by.
seed 190 calm
sign-on 0 0baeab2633a74956
terminal-day-end 323 5d7354acbf7aab96
terminal-day-end 0 8f9b3aef801039c9
