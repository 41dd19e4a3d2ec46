# SPDX-License-Identifier: Apache-2.0
"""What a technician has a device do as a test: by itself, and with somebody's leave."""
import os
import shlex
import subprocess

import pytest

import datecs
from box import BUILD, MARIAS_BADGE, PATIENCE, PIOTR, swipe
from elsewhere import OtherClient
from servicing import OTHER, as_root, check, kinds, outsiders, service, state


# -- self-tests ---------------------------------------------------------------------

def test_each_device_is_tested_as_far_as_it_can_be(box):
    technician = box.client()
    before = box.account("printer1")
    drawer = service(technician, "drawer1", seen="closed")
    assert drawer["result"]["drawer"] == "closed" and drawer["result"]["online"]
    assert drawer["result"]["sensor_if"]["closed"] == "low-is-open"
    printer = service(technician, "printer1")["result"]["counters"]
    assert "last_receipt" in printer and not [n for n in printer if n.startswith("cash")]
    assert service(technician, "terminal1").status == 200
    assert service(technician, "terminal1", "external-test").status == 200
    shown = service(technician, "display1", "external-test")
    assert shown["outcome"] == "sent"
    page = service(technician, "printer1", "external-test")
    assert page.status == 200, page
    after = box.account("printer1")
    assert after["z_reports"] == before["z_reports"] and after["cash"] == before["cash"]
    assert box.account("drawer1")["pulses"] == []
    for device, task in (("reader1", "internal-test"), ("display1", "internal-test"),
                         ("drawer1", "external-test"), ("printer1", "interactive-test")):
        assert service(technician, device, task).code == "not-supported"
    intents = [e for e in kinds(box, "intent") if e["action"] == "device.service"]
    assert len(intents) == 6 and {e["uid"] for e in intents} == {os.getuid()}
    assert all("operator" not in e for e in intents)
    assert intents[0]["parameters"]["seen"] == "closed"


@pytest.mark.parametrize("dialect", datecs.DIALECTS)
def test_a_datecs_printer_tells_its_counters_and_no_sum(make_box, dialect):
    box = make_box(**datecs.till(dialect)).up()
    counters = service(box.client(), "printer1")["result"]["counters"]
    assert counters and not [name for name in counters if name.startswith("cash")]
    assert service(box.client(), "printer1", "external-test").status == 200
    maria = box.client().sign_on("maria")
    assert check(maria, "printer1", "report").status == 200
    release = maria.post("/v1/devices/printer1/release", {"seconds": 60, "reason": "look"},
                         key="r")
    assert release.status == 200 and state(box, "printer1") == "released"
    assert [e["before"]["counters"] for e in kinds(box, "device.release")]


def test_a_reader_is_tried_with_a_badge_that_counts_for_nothing(box):
    technician, events = box.client(), box.follow()
    waiting = technician.later(service, technician, "reader1", "interactive-test")
    events.wait("intent", action="device.service")
    while state(box, "reader1") != "busy":
        events.wait("device")
    written = len(kinds(box, "intent"))
    assert service(technician, "reader1", "interactive-test").code == "device-busy"
    assert len(kinds(box, "intent")) == written
    box.person("reader1 badge 0110185C5B")
    assert waiting.result()["result"] == {"badge": True}
    assert not kinds(box, "sign-on", "unknown-badge")


def test_who_is_asked_for_a_badge_goes_before_a_test_of_the_reader(box):
    anna, technician, events = box.client().sign_on("anna"), box.client(), box.follow()
    waiting = technician.later(service, technician, "reader1", "interactive-test")
    while state(box, "reader1") != "busy":
        events.wait("device")
    asked = anna.later(anna.open_drawer, wait=60)
    events.wait("reader.armed")
    ended = waiting.result()
    assert (ended.code, ended["reason"]) == ("failed", "busy")
    assert service(technician, "reader1", "interactive-test").code == "device-busy"
    swipe(box, MARIAS_BADGE, events)
    assert asked.result().status == 200


def test_a_test_does_not_get_in_the_way_of_a_question(box):
    anna, events = box.client().sign_on("anna"), box.follow()
    asked = anna.open_drawer()
    anna.post(f"/v1/authorizations/{asked['authorization']['id']}/arm")
    events.wait("prompt.shown")
    assert service(box.client(), "display1", "external-test").code == "device-busy"
    assert service(box.client(), "reader1", "interactive-test").code == "device-busy"


def test_what_is_tested_stands_on_the_display(box):
    technician, seen = box.client(), set()
    box.person("printer1 slow scnt 2000")
    waiting = technician.later(service, technician, "printer1")
    while not waiting.done():
        seen.add(" ".join(box.account("display1")["lines"]).strip())
    assert waiting.result().status == 200
    assert any("Service: printer1" in lines for lines in seen), seen


@as_root
def test_only_technicians_test(make_box):
    box = make_box(socket='mode = "0666"').up(outsiders())
    for device, task in (("drawer1", "internal-test"), ("display1", "external-test"),
                         ("terminal1", "status")):
        assert service(OtherClient(box, OTHER), device, task).code == "technicians-only"
    assert not kinds(box, "intent")


# -- tests that move something --------------------------------------------------------

def test_a_drawer_is_opened_by_who_may_open_it(box):
    piotr = box.client().sign_on("piotr")
    assert check(piotr, "drawer1").status == 200
    assert len(box.account("drawer1")["pulses"]) == 1
    intent = kinds(box, "intent")[-1]
    assert intent["action"] == "drawer.test" and intent["reason"] == "a new cable"


def test_who_may_not_open_it_may_not_as_a_test(box):
    anna = box.client().sign_on("anna")
    asked = check(anna, "drawer1")
    assert asked.code == "authorization-required"
    assert [m["id"] for m in asked["missing"]] == ["drawer.open"]
    asked = check(anna, "printer1", "report")
    assert [m["id"] for m in asked["missing"]] == ["report.daily"]
    assert box.account("drawer1")["pulses"] == []


def test_a_consent_to_a_test_is_for_no_other_opening(box):
    anna = box.client().sign_on("anna")
    asked = check(anna, "drawer1", key="t")
    assert anna.approve(asked["authorization"]["id"]).status == 200
    # the same key, the same words: a plain opening all the same
    plain = anna.open_drawer(key="t", reason="a new cable")
    assert plain.code == "authorization-required", plain
    assert plain["authorization"]["id"] != asked["authorization"]["id"]
    assert box.account("drawer1")["pulses"] == []
    assert check(anna, "drawer1", key="t").status == 200
    assert check(anna, "drawer1", key="t2").code == "authorization-required"
    assert len(box.account("drawer1")["pulses"]) == 1


def test_a_consent_to_an_opening_is_for_no_test(box):
    anna = box.client().sign_on("anna")
    asked = anna.open_drawer(key="o", reason="a new cable")
    assert anna.approve(asked["authorization"]["id"]).status == 200
    assert check(anna, "drawer1", key="o").code == "authorization-required"
    assert box.account("drawer1")["pulses"] == []


def test_the_drawer_is_the_one_that_was_named(box):
    piotr = box.client().sign_on("piotr")
    assert check(piotr, "printer1").code == "not-supported"  # it drives no drawer
    assert check(box.client().sign_on("maria"), "drawer1", "report").code == "not-supported"
    piotr = box.client().sign_on("piotr")
    assert check(piotr, "nothing").code == "not-found"
    assert box.account("drawer1")["pulses"] == []


@as_root
def test_who_may_open_it_and_is_no_technician(make_box):
    box = make_box(socket='mode = "0666"').up(outsiders())
    piotr = OtherClient(box, OTHER).sign_on("piotr")
    assert check(piotr, "drawer1").code == "technicians-only"
    anna = OtherClient(box, OTHER).sign_on("anna", session=False)
    assert check(anna, "drawer1").code == "technicians-only"
    assert not kinds(box, "refused", "intent")


# -- tillctl -------------------------------------------------------------------------

def at_home(box):
    return {**os.environ, "TILLD_SOCKET": str(box.socket), "XDG_RUNTIME_DIR": str(box.dir)}


def ctl(box, line, typed="", expect=0):
    done = subprocess.run([BUILD / "tillctl", *shlex.split(line)], input=typed, text=True,
                          capture_output=True, timeout=PATIENCE + 60, env=at_home(box))
    assert done.returncode == expect, f"{line}: {done}"
    return done.stdout + done.stderr


def test_tillctl_tests_devices(box):
    assert "Done" in ctl(box, "device test drawer1")
    assert "never confirms" in ctl(box, "device test display1 external")
    ctl(box, "device test display1 internal", expect=1)
    ctl(box, "sign-on --till 1 --login piotr --password-stdin", PIOTR + "\n")
    assert "opened" in ctl(box, "device test drawer1 drawer --reason cable")
    assert len(box.account("drawer1")["pulses"]) == 1
    ctl(box, "device test drawer1 sideways", expect=64)


@pytest.mark.parametrize("sensor, said, wanted", [
    ("low-is-open", "open", "as it should be"),
    ("high-is-open", "open", 'sensor = "low-is-open"'),
    ("none", "open", 'sensor = "low-is-open"'),
])
def test_a_drawer_s_sensor_is_learnt(make_box, sensor, said, wanted):
    box = make_box(devices=("drawer1",), config={
        "drawer1": f'driver = "escpos-drawer" sensor = "{sensor}" poll = 100'}).up()
    ctl(box, "sign-on --till 1 --login piotr --password-stdin", PIOTR + "\n")
    with subprocess.Popen([BUILD / "tillctl", "device", "learn", "drawer1"], text=True,
                          env=at_home(box), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as learning:
        while "open or shut" not in learning.stdout.readline():
            pass
        while not box.account("drawer1")["open"]:
            pass  # people look when it has sprung open
        told = learning.communicate(f"what\n{said}\n", timeout=PATIENCE)[0]
    assert wanted in told and learning.returncode == 0, told
    assert len(box.account("drawer1")["pulses"]) == 1
    seen = [e["parameters"].get("seen") for e in kinds(box, "intent")]
    assert seen == [None, said]
