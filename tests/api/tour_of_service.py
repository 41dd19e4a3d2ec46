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


def status(technician):
    return expect(technician.get("/v1/status"), 200)


def the_screen(make_box):
    box = make_box(socket='mode = "0666"', sim={"terminal1": "zvt tcp 0 auto=no"}).up(people())
    events, technician = box.follow(), box.client()
    asker = box.client().sign_on("anna")
    expect(act(asker, "check"), "authorization-required")
    expect(act(asker, "payment", wait=0), 202)
    box.person("printer1 paper low")
    box.person("drawer1 unplug")
    while len(status(technician)["troubles"]) < 2:
        events.wait("device")
    if ROOT:
        expect(OtherClient(box, OTHER).get("/v1/status"), "not-allowed-uid")
    box.kill()
    box = make_box(devices=("terminal1",),
                   sim={"terminal1": "zvt tcp 0 booking=keep repeat-eod=no"}).up(people())
    able = maria(box)
    box.person("terminal1 close at 5")
    expect(act(able, "payment"), "outcome-unknown")
    assert status(box.client())["operations"][0]["state"] == "unknown"
    box.close()


PARTS = (traces, the_screen)
