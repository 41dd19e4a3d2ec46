# The daemon is stopped while a change of the policy waits for a consent: its draft was
# let go through what had been freed.
seed 25
sign-on 0 aaf1ee0d4d1e0a6a
change-operator 988 cac282858590c180
restart 752 902f3f06e9819c6f
