# SPDX-License-Identifier: Apache-2.0
"""The tour's part about technicians: traces, tests, and devices in other hands."""
import uuid

from box import swipe
from elsewhere import OtherClient
from tour import MARIAS_BADGE, OTHER, ROOT, act, maria, olga, people
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
        expect(OtherClient(box, OTHER).get("/v1/devices/drawer1/trace"), "technicians-only")
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
        expect(OtherClient(box, OTHER).get("/v1/status"), "technicians-only")
    box.kill()
    box = make_box(devices=("terminal1",),
                   sim={"terminal1": "zvt tcp 0 booking=keep repeat-eod=no"}).up(people())
    able = maria(box)
    box.person("terminal1 close at 5")
    expect(act(able, "payment"), "outcome-unknown")
    assert status(box.client())["operations"][0]["state"] == "unknown"
    box.close()


def on(client, what, device, body=None, **options):
    """The test of a device, its release and its taking back, as it is usually asked for."""
    usual = {"test": {"test": "drawer", "reason": "a new cable"},
             "release": {"seconds": 600, "reason": "new firmware"}, "take": {}}[what]
    options.setdefault("key", uuid.uuid4().hex)
    return client.post(f"/v1/devices/{device}/{what}", body or usual, **options)


def serve(client, device, task="internal-test", **fields):
    return client.post(f"/v1/devices/{device}/service", {"task": task, **fields})


def self_tests(make_box):
    box = make_box(socket='mode = "0666"').up(people())
    technician, events = box.client(), box.follow()
    expect(serve(technician, "terminal1"), 200)  # it has booked nothing yet
    expect(act(maria(box), "payment"), 200)
    for device, task in (("drawer1", "internal-test"), ("printer1", "internal-test"),
                         ("terminal1", "internal-test"), ("display1", "external-test")):
        expect(serve(technician, device, task), 200)
    expect(serve(technician, "drawer1", seen="closed"), 200)
    trying = technician.later(serve, technician, "reader1", "interactive-test")
    while technician.get("/v1/devices/reader1")["state"] != "busy":
        events.wait("device")
    box.person(f"reader1 badge {MARIAS_BADGE}")
    expect(trying.result(), 200)
    able = maria(box)
    for what in ("test", "release", "take"):
        expect(on(able, what, "drawer1", key=None), "key-missing")
    for what in ("test", "release"):
        expect(on(technician, what, "drawer1"), "sign-on-required")
    expect(on(technician, "take", "drawer1"), "device-not-released")
    for device, test in (("drawer1", "drawer"), ("printer1", "report")):
        expect(on(able, "test", device, {"test": test}), 200)
    asker = box.client().sign_on("anna")
    for what in ("test", "release"):
        expect(on(asker, what, "drawer1"), "authorization-required")
    expect(on(asker, "take", "drawer1"), "device-not-released")
    if ROOT:
        expect(on(OtherClient(box, OTHER), "take", "drawer1"), "sign-on-required")
        expect(on(OtherClient(box, OTHER).sign_on("maria"), "test", "drawer1"),
               "technicians-only")
    box.close()


def looked_for(make_box):
    """Where a silent device answers, and what is no answer."""
    box = make_box(devices=("printer1", "terminal1"), sim={
        "printer1": "datecs-x pty {dir}/printer1 baud=9600", "terminal1": "em4100 pty {dir}/terminal1"},
        config={"printer1": 'driver = "datecs-printer"'}).start().set_up(people())
    technician = box.client()
    assert expect(serve(technician, "printer1", "scan"), 200)["result"]["found"]["dialect"] == "x"
    looking = technician.later(serve, technician, "terminal1", "scan")
    while not looking.done():
        box.person(f"terminal1 badge {MARIAS_BADGE}")  # no terminal: a badge reader
    assert expect(looking.result(), "failed")["operation"]["result"]["strange"]
    box.journal()
    box.close()


def other_hands(make_box):
    box = make_box(socket='mode = "0666"').up(people())
    events, able = box.follow(), maria(box)
    expect(act(able, "payment"), 200)
    for device in ("drawer1", "printer1", "terminal1"):
        expect(on(able, "release", device), 200)
        expect(serve(able, device), "device-released")
    expect(act(able, "drawer"), "device-released")
    status(box.client())
    if ROOT:
        asker = OtherClient(box, OTHER).sign_on("anna")
        asked = expect(on(asker, "take", "drawer1", key="take"), "authorization-required")
        asker.approve(asked["authorization"]["id"])
        expect(on(asker, "take", "drawer1", key="take"), 200)
    else:
        expect(on(able, "take", "drawer1"), 200)
    events.wait("device.returned")
    box.person("printer1 z")
    for client, device in ((able, "printer1"), (box.client(), "terminal1")):
        expect(on(client, "take", device), 200)
        events.wait("device.returned")
    asker = olga(box)
    asked = expect(on(asker, "release", "drawer1", {"seconds": 1, "reason": "a look"}, key="1"),
                   "authorization-required")
    asker.approve(asked["authorization"]["id"])
    expect(on(asker, "release", "drawer1", {"seconds": 1, "reason": "a look"}, key="1"), 200)
    events.wait("device.expired")
    events.wait("device.returned")
    box.journal()
    box.close()


PARTS = (traces, the_screen, self_tests, looked_for, other_hands)
