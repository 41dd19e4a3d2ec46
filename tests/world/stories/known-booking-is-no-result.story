# The same after a restart: what was there when the line came up is no result either.
seed 200921
sign-on 0 4be48fcbc71cdcc0
sign-on 1125 bbc2e20b3d470705
sign-on 19 b9c1575a96c37dc1
sign-on 6416 83e59c25fcb764c8
open-session 715 90a57b53afc2fd7e
pay 620 7a468b6aee29e251
look 2131 b70da5516e5993c0
pay 152 bdff62780343a34b
pay 244 619a54ca6fe2a9e4
trouble 17 01800c3d784407d9
trouble 1032 9b0681e7fd68d57c
restart 23 0fc9c41d0921fffc
pay 971 258bfc86a88f9293
