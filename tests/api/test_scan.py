# SPDX-License-Identifier: Apache-2.0
"""A device that does not answer, looked for at other settings of its line."""
import os
import subprocess

import pytest

import datecs
from box import BUILD, DEVICES, PATIENCE, SIM
from elsewhere import OtherClient
from servicing import OTHER, as_root, kinds, outsiders, service, state

BAUD = {"drawer1": 'driver = "escpos-drawer" sensor = "low-is-open" poll = 100',
        "printer1": DEVICES["printer1"], "terminal1": DEVICES["terminal1"]}
LINES = {"drawer1": SIM["drawer1"], "printer1": SIM["printer1"],
         "terminal1": "zvt pty {dir}/terminal1"}


def silent(make_box, device, baud, **more):
    """A box with one device, which is set to another speed than its configuration."""
    options = {"devices": (device,), "config": {device: BAUD.get(device)},
               "sim": {device: LINES.get(device)}, **more}
    options["sim"][device] += f" baud={baud}"
    return make_box(**options).start().set_up(outsiders())


def scan(box, device, **options):
    return service(box.client(), device, "scan", **options)


def ctl(box, *words, expect=0):
    done = subprocess.run([BUILD / "tillctl", *words], text=True, capture_output=True,
                          timeout=PATIENCE + 60, env={**os.environ,
                          "TILLD_SOCKET": str(box.socket), "XDG_RUNTIME_DIR": str(box.dir)})
    assert done.returncode == expect, f"{words}: {done}"
    return done.stdout + done.stderr


@pytest.mark.parametrize("device, configured, set_to", [
    ("drawer1", 9600, 19200), ("printer1", 115200, 9600), ("terminal1", 9600, 57600)])
def test_it_is_found_where_it_answers(make_box, device, configured, set_to):
    box = silent(make_box, device, set_to)
    found = scan(box, device)
    assert found.status == 200 and found["outcome"] == "ok", found
    line = {"data_bits": 8, "parity": "none", "stop_bits": 2 if device == "terminal1" else 1}
    assert found["result"]["found"] == {"baud": set_to, **line}
    assert found["result"]["configured"] == {"baud": configured, **line}
    assert found["result"]["tried"] > 1
    intent, = kinds(box, "intent")
    assert (intent["action"], intent["uid"]) == ("device.service", os.getuid())
    assert [e["outcome"] for e in kinds(box, "outcome")] == ["ok"]


@pytest.mark.parametrize("dialect", datecs.DIALECTS)
def test_the_dialect_is_told_where_there_are_two(make_box, dialect):
    till = datecs.till(dialect)
    till = {"config": till["config"], "sim": dict(till["sim"])}
    box = silent(make_box, "printer1", 9600, **till)
    found = scan(box, "printer1")
    assert found["result"]["found"]["baud"] == 9600, found
    assert found["result"]["found"]["dialect"] == dialect


def test_the_line_is_as_it_was_afterwards(make_box):
    """And as it should be, once that is configured: nothing was set for good."""
    box = silent(make_box, "drawer1", 19200)
    events = box.follow()
    assert scan(box, "drawer1").status == 200
    while state(box, "drawer1") in ("ready", "opening"):
        events.wait("device")
    trace = box.client().get("/v1/devices/drawer1/trace?limit=1000")["records"]
    speeds = [r["detail"]["baud"] for r in trace if r.get("event") == "speed"]
    assert speeds[0] == 9600 and speeds[-1] == 19200
    box.stop()
    text = (box.dir / "tilld.conf").read_text()
    (box.dir / "tilld.conf").write_text(text.replace("tills =", "baud = 19200\n\ttills ="))
    box.start().wait_ready()
    found = scan(box, "drawer1")
    assert found["result"]["found"] == found["result"]["configured"]
    assert found["result"]["tried"] == 0  # it answers: nothing was tried
    assert box.account("drawer1")["pulses"] == []


def test_it_never_looks_by_itself(make_box):
    box = silent(make_box, "printer1", 9600)
    events = box.follow()
    while state(box, "printer1") != "absent":
        events.wait("device")
    ctl(box, "doctor", expect=1)
    trace = box.client().get("/v1/devices/printer1/trace?limit=1000")["records"]
    assert not [r for r in trace if r.get("event") == "speed"]
    assert not kinds(box, "intent")


def test_who_is_off_is_not_found(make_box):
    box = silent(make_box, "terminal1", 38400)  # no terminal has that
    gone = scan(box, "terminal1")
    assert (gone.status, gone.code, gone["reason"]) == (502, "failed", "no-answer"), gone
    assert gone["operation"]["result"]["tried"] == 4
    assert "strange" not in gone["operation"]["result"]


def test_what_has_no_harmless_question_is_not_looked_for(box):
    for device in ("display1", "reader1", "terminal1"):  # the last one is on TCP
        refused = scan(box, device)
        assert refused.code == "not-supported" and "compare its settings" in refused["detail"]
    assert not kinds(box, "intent")


def test_what_is_at_something_is_busy(box):
    box.person("printer1 slow scnt 2000")
    technician, events = box.client(), box.follow()
    waiting = technician.later(service, technician, "printer1")
    while state(box, "printer1") != "busy":
        events.wait("device")
    assert scan(box, "printer1").code == "device-busy"
    assert waiting.result().status == 200


def test_it_can_be_called_off(make_box):
    box = silent(make_box, "printer1", 1200)
    technician = box.client().sign_on("maria")
    going = technician.request("POST", "/v1/devices/printer1/service", {"task": "scan"}, wait=0)
    assert going.status == 202, going
    assert scan(box, "printer1").code == "device-busy"
    ended = technician.request("DELETE", f"/v1/operations/{going['id']}")
    assert ended.status in (200, 202), ended
    told = technician.get(f"/v1/operations/{going['id']}?wait=20")
    assert (told["outcome"], told["reason"]) == ("failed", "aborted")


@as_root
def test_only_technicians_look(make_box):
    box = make_box(socket='mode = "0666"').up(outsiders())
    assert service(OtherClient(box, OTHER), "drawer1", "scan").code == "technicians-only"


# -- tillctl -------------------------------------------------------------------------

def test_tillctl_says_what_to_set(make_box):
    box = silent(make_box, "printer1", 9600)
    told = ctl(box, "device", "scan", "printer1")
    assert "printer1 answers at 9600 8N1; the configuration says 115200 8N1." in told
    assert "    baud = 9600\n" in told and "parity" not in told


def test_tillctl_says_that_nothing_came(make_box):
    box = silent(make_box, "terminal1", 38400)
    told = ctl(box, "device", "scan", "terminal1", expect=1)
    assert "asked at 4 settings of the line, and nothing came back" in told
