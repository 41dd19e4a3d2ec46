# A terminal's answer to the enquiry came twice; one answer behind from then on, the
# driver took the booking before for the result of a payment, which was told as paid.
seed 200261
sign-on 0 e4a435904a2453c7
sign-on 0 888d7da1e80c610d
pay 4240 22d4f16ebc1e51ea
end-day 0 77b7123de4f187ce
approve 1434 ec97febe42a6a745
unlock 0 9d95ff1715c9a0ef
sign-on 1389 f10f60b1df623b68
z 27 2dc6b05a19cc2616
open-session 27 90ee96973f35ce74
pay 24 6da3d53aaba6cc8e
sign-off 11353 6b0e1a47ebc3fbb4
trouble 0 683125210a1d316f
pay 0 da62727036eb6f26
