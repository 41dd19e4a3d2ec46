# The box slept for longer than a question is to be answered: it is over before its timer says so.
seed 408387
sign-on 0 1d0e94b4df33928f
refund 991 bc80a48e63704e74
mend 6234 8ac8ee75b05d37b3
ceremony 0 bc36bf9de02bb0b8
suspend 0 00e610e3da0d4a69
