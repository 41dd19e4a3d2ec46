# A terminal takes its time over how it is, before it is handed over.
seed 6587
sign-on 0 cab3298bdf56bc10
sign-on 0 46ac4a7bd196f7ca
sign-on 0 c300c8fd035e110b
sign-on 14958 62a7477e161829f9
open-session 0 b04869c5f55ee55a
trouble 0 882af2e44f4bf889
release 730 2b668549b13614ee
pay 857 1b917ac54a323145
retry 10918 693589b0e79764e6
