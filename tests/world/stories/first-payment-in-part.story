# A first payment is approved in part: the terminal has no booking before to compare
# with, and yet it was charged.
seed 141
wish 0 7ab9f600c3a9c7bd
wish 0 64b75695dcbeec99
sign-on 0 78f0d4d80b69c142
receipt 7590 db180a811b38c78c
pay-and-cancel 1066 df23acdf9f80ab03
