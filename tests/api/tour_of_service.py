# SPDX-License-Identifier: Apache-2.0
"""The tour's part about technicians: traces."""
from box import swipe
from elsewhere import OtherClient
from tour import MARIAS_BADGE, OTHER, ROOT, act, maria, people
from tour_of_terminals import expect


def traces(make_box):
    box = make_box(socket='mode = "0666"', sim={"printer1": "posnet pty {dir}/printer1",
                        "terminal1": "zvt pty {dir}/terminal1 pan=full"}).up(people())
    events, technician, able = box.follow(), box.client(), maria(box)
    expect(act(able, "payment"), 200)
    expect(act(able, "drawer"), 200)
    swipe(box, MARIAS_BADGE)
    events.wait("outcome")
    for device in ("drawer1", "printer1", "terminal1", "display1", "reader1"):
        trace = expect(technician.get(f"/v1/devices/{device}/trace?limit=1000"), 200)
        expect(technician.get(f"/v1/devices/{device}/trace?after={trace['last']}&wait=1"), 200)
    while not any("times" in record for record in trace["records"]):
        trace = technician.get("/v1/devices/drawer1/trace?limit=1000&wait=1")
    box.person("drawer1 unplug")
    while technician.get("/v1/devices/drawer1")["state"] in ("ready", "busy"):
        events.wait("device")
    expect(technician.get("/v1/devices/nothing/trace"), "not-found")
    expect(technician.get("/v1/devices/drawer1/trace?limit=0"), "bad-query")
    if ROOT:
        expect(OtherClient(box, OTHER).get("/v1/devices/drawer1/trace"), "not-allowed-uid")
    box.close()


PARTS = (traces,)
