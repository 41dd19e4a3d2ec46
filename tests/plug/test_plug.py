# SPDX-License-Identifier: Apache-2.0
"""Devices by USB, and their coming and going, with the real tilld."""
import json
import subprocess
import time

import pytest

from box import BUILD, PATIENCE

PRINTER = {"drawer1": "printer escpos Id=04b8:0202 Serial=J6XK001234"}
BY_ID = {"drawer1": 'usb = "04b8:0202"'}


def test_a_drawer_on_a_usb_printer(make_plug_box):
    box = make_plug_box(BY_ID, things=PRINTER).up()
    device = box.device("drawer1")
    assert device["identity"] == {"model": "TM-T88V", "serial": "J6XK001234"}
    assert device["port"] == "04b8:0202"
    assert device["status"] == {"drawer": "closed", "online": True}
    maria = box.client().sign_on("maria")
    opened = maria.open_drawer(wait=20)
    assert opened.status == 200 and opened["outcome"] == "ok", opened
    assert box.account("drawer1")["openings"] == 1
    told = subprocess.run([BUILD / "tillctl", "--socket", box.socket, "doctor", "--json"],
                          capture_output=True, timeout=PATIENCE).stdout
    findings = json.loads(told)["findings"]
    assert [f for f in findings if f["about"] == "udev"], findings
    assert not [f for f in findings if f["about"] == "drawer1" and f["finding"] == "bad"]


BY_PATH = "/dev/serial/by-id/usb-MMF_Trigger_0001-if00-port0"
APG = "05F00901A101150026FF00750895020904810209039102C0"

WAYS = {
    "usb": ("usb = \"04b8:0202\"", 'driver = "escpos-drawer"', PRINTER["drawer1"]),
    "hid": ("hid = \"07c5:0500\"", 'driver = "apg-drawer"', "hid apg Id=07c5:0500 Reports=" + APG),
    "keyboard": ("keyboard = \"0801:0001\"", 'driver = "wedge-reader"', "keyboard - Id=0801:0001"),
    "serial": (f'serial = "{BY_PATH}"', 'driver = "trigger-drawer"',
               f"tty trigger Id=067b:2303 Link={BY_PATH}"),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_is_plugged_in_is_there_within_a_second(make_plug_box, way):
    wire, driver, thing = WAYS[way]
    box = make_plug_box({"drawer1": wire}, config={"drawer1": driver}).start().set_up()
    assert box.wait_state("drawer1", "absent")["reason"] == "port-missing"
    events = box.follow()
    time.sleep(2)  # so that its next own look is more than a second away
    box.plug("drawer1", thing)
    began = time.monotonic()
    while events.wait("device")["device"]["state"] != "ready":
        pass
    assert time.monotonic() - began < 1


def test_pulled_out_and_put_back_again_and_again(make_plug_box):
    box = make_plug_box(BY_ID, things=PRINTER).up()
    for _ in range(5):
        box.unplug("drawer1")
        assert box.wait_state("drawer1", "lost")["reason"] in ("unplugged", "port-missing")
        box.replug("drawer1")
        assert box.wait_state("drawer1", "ready")["status"]["drawer"] == "closed"
    box.replug("drawer1")  # faster than anybody can look
    maria = box.client().sign_on("maria")
    box.wait_state("drawer1", "ready")
    assert maria.open_drawer(wait=20)["outcome"] in ("ok", "failed")


def test_pulled_out_while_the_drawer_is_being_opened(make_plug_box):
    """The pulse went out, the answer did not come back: it is looked at when it is back."""
    box = make_plug_box(BY_ID, things={"drawer1": PRINTER["drawer1"] + " opening=700"},
                        config={"drawer1": 'driver = "escpos-drawer" sensor = "low-is-open"'}).up()
    maria = box.client().sign_on("maria")
    opening = box.client().later(maria.open_drawer, wait=20)
    box.street.wait("click")
    box.replug("drawer1")
    answer = opening.result()
    assert answer["outcome"] == "ok", answer
    assert box.account("drawer1")["openings"] == 1


def test_a_printer_that_takes_no_byte_holds_up_nobody(make_plug_box):
    box = make_plug_box(BY_ID, things=PRINTER).up()
    box.person("drawer1 deaf")
    box.wait_state("drawer1", "lost", reason="no-answer")
    began = time.monotonic()
    assert box.client().get("/v1/devices").status == 200
    assert time.monotonic() - began < 1
    box.person("drawer1 hear")
    box.wait_state("drawer1", "ready")


def test_two_alike_are_told_apart(make_plug_box):
    box = make_plug_box(BY_ID, things=PRINTER).up()
    box.unplug("drawer1")
    box.wait_state("drawer1", "lost")
    box.plug("other", "printer escpos Id=04b8:0202 Serial=J6XK009999 Port=1-2")
    box.wait_state("drawer1", "ready")  # it is alone, so it is meant
    box.replug("drawer1")
    box.unplug("other")
    box.replug("other")
    device = box.wait_state("drawer1", "lost", reason="port-ambiguous")
    assert "Two devices" in device["sentence"] and "serial number" in device["advice"]
    for name in ('usb = "04b8:0202:J6XK009999"', 'usb = "04b8:0202@1-2"',
                 f'usb = "/dev/bus/usb/001/{4:03}"'):
        box.wires["drawer1"] = name
        box.write_config()
        box.stop()
        box.start()
        assert box.wait_state("drawer1", "ready")["identity"]["serial"] == "J6XK009999", name
