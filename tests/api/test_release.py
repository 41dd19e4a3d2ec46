# SPDX-License-Identifier: Apache-2.0
"""A port that is in another program's hands for a while: who gives it, and how it comes back."""
import os
import pathlib
import re
import subprocess
import termios
import time
import uuid

from box import BUILD, MARIA, PATIENCE
from elsewhere import OtherClient
from servicing import OTHER, as_root, check, kinds, outsiders, service, state


def release(client, device, seconds=600, key=None, reason="new firmware", **options):
    return client.post(f"/v1/devices/{device}/release", {"seconds": seconds, "reason": reason},
                       key=key or uuid.uuid4().hex, **options)


def take(client, device):
    return client.post(f"/v1/devices/{device}/take", {}, key=uuid.uuid4().hex)


class Tool:
    """A vendor's tool: it has the port open, and nobody else has."""

    def __init__(self, box, device):
        self.port = os.open(box.ports[device], os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        termios.tcflush(self.port, termios.TCIOFLUSH)

    def say(self, data):
        os.write(self.port, data)

    def close(self):
        os.close(self.port)


def holders(box, device):
    """Who has the port open, of the daemon and this process."""
    real = os.path.realpath(box.ports[device])
    found = set()
    for pid in (box.daemon.pid, os.getpid()):
        for link in pathlib.Path(f"/proc/{pid}/fd").iterdir():
            try:
                if os.readlink(link) == real:
                    found.add("daemon" if pid == box.daemon.pid else "tool")
            except OSError:
                pass
    return found


def test_a_port_is_handed_over_and_taken_back(box):
    maria, events = box.client().sign_on("maria"), box.follow()
    assert holders(box, "printer1") == {"daemon"}
    handed = release(maria, "printer1")
    assert handed.status == 200 and handed["result"]["device"] == "printer1"
    assert holders(box, "printer1") == set()
    tool = Tool(box, "printer1")
    told = box.client().get("/v1/devices/printer1")
    assert told["state"] == "released" and told["reason"] == "released"
    assert told["released"]["name"] == "Maria"
    assert told["released"]["until"] == handed["result"]["until"]
    assert events.wait("device.release", device="printer1", seconds=600)
    device = {}
    while device.get("name") != "printer1" or device["state"] != "released":
        device = events.wait("device")["device"]
    assert device["released"]["reason"] == "new firmware"
    troubles = box.client().get("/v1/status")["troubles"]
    assert [t["level"] for t in troubles if t["about"] == "printer1"] == ["warning"]
    # nothing is begun there, and everybody is told why
    for refused in (maria.report("x"), service(box.client(), "printer1"),
                    check(maria, "printer1", "report"), release(maria, "printer1")):
        assert refused.code == "device-released", refused
        assert refused["released"]["name"] == "Maria" and "Maria" in refused["detail"]
    assert maria.open_drawer().status == 200  # the others go on
    tool.close()
    assert take(maria, "printer1").status == 200
    back = events.wait("device.returned", device="printer1")
    assert back["compared"] and "differences" not in back
    assert maria.report("x").status == 200
    assert take(maria, "printer1").code == "device-not-released"


def test_what_differs_afterwards_is_on_record(box):
    maria, events = box.client().sign_on("maria"), box.follow()
    release(maria, "printer1")
    release(maria, "drawer1")
    box.person("printer1 z")
    box.person("drawer1 key")
    take(maria, "printer1")
    take(maria, "drawer1")
    found = {e["device"]: e for e in (events.wait("device.returned"),
                                      events.wait("device.returned"))}
    reports = found["printer1"]["differences"]["daily_reports"]
    assert reports["after"] == reports["before"] + 1
    assert found["drawer1"]["differences"] == {"drawer": {"before": "closed", "after": "open"}}
    box.log.wait("drawer1 is not as it was before it was handed over: drawer closed, now open")


def test_a_card_terminal_s_last_booking_is_compared(box):
    maria, events = box.client().sign_on("maria"), box.follow()
    assert maria.pay(1000).status == 200
    assert release(maria, "terminal1").status == 200
    assert maria.pay(1000).code == "device-released"
    take(maria, "terminal1")
    assert events.wait("device.returned", device="terminal1")["compared"]
    told = kinds(box, "device.release")[0]
    assert told["before"]["receipt"] >= 1
    assert "differences" not in kinds(box, "device.returned")[0]


def test_a_release_outlasts_a_restart(box):
    maria = box.client().sign_on("maria")
    release(maria, "printer1")
    tool = Tool(box, "printer1")
    for end in (box.stop, box.kill):
        end()
        box.start()
        told = box.client().get("/v1/devices/printer1")
        assert told["state"] == "released" and told["released"]["name"] == "Maria"
        assert holders(box, "printer1") == {"tool"}
    assert maria.report("x").code == "device-released"
    tool.close()
    events = box.follow()
    assert take(maria, "printer1").status == 200
    assert events.wait("device.returned")["compared"]


def test_its_time_is_over(box):
    maria, events = box.client().sign_on("maria"), box.follow()
    assert release(maria, "printer1", seconds=1).status == 200
    assert events.wait("device.expired", device="printer1")["operator"]
    events.wait("device.returned", device="printer1")
    assert holders(box, "printer1") == {"daemon"}
    assert maria.report("x").status == 200


def test_its_time_is_over_while_no_daemon_is_there(box):
    maria = box.client().sign_on("maria")
    assert release(maria, "printer1", seconds=1).status == 200
    box.kill()
    time.sleep(1.1)  # its own time: there is no daemon that would tell
    events = box.start().follow("?after=0")
    events.wait("device.expired", device="printer1")
    events.wait("device.returned", device="printer1")
    assert state(box, "printer1") in ("ready", "busy")


def test_who_lacks_the_right_needs_a_consent_to_that_device_and_that_long(box):
    anna = box.client().sign_on("anna")
    asked = release(anna, "printer1", seconds=600, key="r")
    assert asked.code == "authorization-required"
    assert "printer1, for 10 minutes" in asked["detail"]
    assert [m["id"] for m in asked["missing"]] == ["config.access"]
    assert anna.approve(asked["authorization"]["id"]).status == 200
    for device, seconds in (("drawer1", 600), ("printer1", 601), ("printer1", 7200)):
        other = release(anna, device, seconds=seconds, key="r")
        assert other.code == "authorization-required", other
        assert other["authorization"]["id"] != asked["authorization"]["id"]
    assert state(box, "printer1") != "released" and state(box, "drawer1") != "released"
    assert release(anna, "printer1", seconds=600, key="r").status == 200
    assert kinds(box, "device.release")[0]["approver"]
    again = release(anna, "printer1", seconds=600, key="r")  # the same, once
    assert again.status == 200 and len(kinds(box, "device.release")) == 1
    assert release(anna, "printer1", seconds=600, key="r2").code == "device-released"


def test_no_longer_than_two_hours(box):
    maria = box.client().sign_on("maria")
    assert release(maria, "printer1", seconds=7201).code == "bad-body"
    assert release(maria, "printer1", seconds=0).code == "bad-body"


def test_one_that_is_at_something_is_not_handed_over(make_box):
    box = make_box(devices=("terminal1",), sim={"terminal1": "zvt tcp 0 auto=no"}).up()
    maria, events = box.client().sign_on("maria"), box.follow()
    assert maria.pay(1000, wait=0).status == 202
    events.wait("operation.progress")
    busy = release(maria, "terminal1")
    assert busy.code == "device-busy" and busy["operation_id"]
    box.person("terminal1 unplug")
    events.wait("operation.doubtful")
    assert release(maria, "terminal1").code == "outcome-open"
    assert state(box, "terminal1") != "released"
    box.hurry()


def test_one_of_which_an_outcome_is_unknown_is_not_handed_over(make_box):
    box = make_box(devices=("terminal1",),
                   sim={"terminal1": "zvt tcp 0 booking=keep repeat-eod=no"}).up()
    maria = box.client().sign_on("maria")
    box.person("terminal1 close at 5")
    assert maria.pay(1000).code == "outcome-unknown"
    assert release(maria, "terminal1").code == "outcome-open"


def test_one_that_is_dead_can_be_handed_over(box):
    maria, events = box.client().sign_on("maria"), box.follow()
    box.person("printer1 unplug")
    while state(box, "printer1") in ("ready", "busy"):
        events.wait("device")
    assert release(maria, "printer1").status == 200
    box.person("printer1 plug")
    take(maria, "printer1")
    assert events.wait("device.returned")["compared"] is False


def test_a_new_configuration_does_not_take_the_port(box):
    maria = box.client().sign_on("maria")
    release(maria, "printer1")
    box.write_config('# the same\n')
    os.kill(box.daemon.pid, 1)
    box.log.wait("the configuration was read again")
    assert state(box, "printer1") == "released" and holders(box, "printer1") == set()
    box.device_options["printer1"] = 'driver = "posnet-printer" poll = 2000'
    box.write_config()
    os.kill(box.daemon.pid, 1)
    box.log.wait("printer1 is in another program's hands")
    assert holders(box, "printer1") == set()


@as_root
def test_who_may_take_it_back(make_box):
    box = make_box(socket='mode = "0666"').up(outsiders())
    maria = box.client().sign_on("maria")
    anna = OtherClient(box, OTHER).sign_on("anna")
    release(maria, "printer1")
    assert take(anna, "printer1").code == "authorization-required"
    technician = box.client().sign_on("piotr")
    assert take(technician, "printer1").status == 200


@as_root
def test_a_technician_takes_it_back_with_nobody_signed_on(make_box):
    box = make_box(socket='mode = "0666"').up(outsiders())
    maria, nobody = box.client().sign_on("maria"), OtherClient(box, OTHER)
    release(maria, "printer1")
    assert take(nobody, "printer1").code == "sign-on-required"
    assert take(box.client(), "printer1").status == 200
    [entry] = kinds(box, "device.take")
    assert entry["uid"] == os.getuid() and entry["till"] == "1"
    assert not {"operator", "signon", "approver"} & set(entry)
    release(maria, "drawer1")
    elsewhere = box.client().sign_on("maria", till="2", session=False)
    taken = elsewhere.post("/v1/devices/drawer1/take", {}, key="t")
    assert taken.status == 200 and taken["till"] == "1"
    assert elsewhere.post("/v1/devices/drawer1/take", {}, key="t")["id"] == taken["id"]


def test_at_another_till_there_is_no_such_device(box):
    maria = box.client().sign_on("maria", till="2", session=False)
    assert release(maria, "printer1").code == "not-found"


def test_tillctl_hands_a_port_over(box):
    def ctl(*words, typed="", expect=0):
        done = subprocess.run([BUILD / "tillctl", *words], input=typed, text=True,
                              capture_output=True, timeout=PATIENCE + 60,
                              env={**os.environ, "TILLD_SOCKET": str(box.socket),
                                   "XDG_RUNTIME_DIR": str(box.dir)})
        assert done.returncode == expect, done
        return done.stdout + done.stderr

    ctl("sign-on", "--till", "1", "--login", "maria", "--password-stdin", typed=MARIA + "\n")
    ctl("device", "release", "printer1", "--for", "soon", "--reason", "firmware", expect=64)
    ctl("device", "release", "printer1", "--for", "10m", expect=64)
    told = ctl("device", "release", "printer1", "--for", "10m", "--reason", "firmware")
    assert "left to another program" in told
    assert kinds(box, "device.release")[0]["seconds"] == 600
    assert "handed over by Maria" in ctl("devices")
    assert "Maria has handed printer1 over" in ctl("status")
    until = re.search(r"until (\S+ \S+)", ctl("status")).group(1)
    assert re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\dZ,", until), until
    ctl("device", "release", "printer1", "--for", "2h", "--reason", "firmware", expect=5)
    ctl("device", "take", "printer1")
    ctl("device", "take", "printer1", expect=1)
    ctl("device", "release", "printer1", "--for", "2h", "--reason", "firmware")
    ctl("sign-off")
    assert "the port is opened again" in ctl("device", "take", "printer1")
    listed = ctl("journal", "list", "--kind", "device.release")
    assert re.search(r"device\.release +Maria +printer1, for 10 min, firmware", listed), listed
    assert re.search(r"device\.take +uid \d+ +printer1", ctl("journal", "list", "--newest"))
