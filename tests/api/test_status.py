# SPDX-License-Identifier: Apache-2.0
"""How the box is: on one screen, and for monitoring."""
import datetime
import json
import os
import pty
import signal
import subprocess

import pytest

from box import BUILD, PATIENCE, Lines
from elsewhere import OtherClient

ROOT = os.getuid() == 0


def tillctl(box, *words, **options):
    return subprocess.run([BUILD / "tillctl", "--socket", box.socket, *map(str, words)], text=True,
                          capture_output=True, timeout=PATIENCE, **options)


def status(box):
    return box.client().get("/v1/status").body


def gone(box, device):
    events = box.follow()
    box.person(f"{device} unplug")
    while box.client().get(f"/v1/devices/{device}")["state"] in ("ready", "busy"):
        events.wait("device")
    events.close()


@pytest.fixture
def drawer(make_box):
    return make_box(devices=("drawer1", "printer1")).up()


def test_all_is_well(drawer):
    assert status(drawer)["troubles"] == []
    told = tillctl(drawer, "status")
    assert told.returncode == 0 and "All is well." in told.stdout, told
    assert "\033" not in told.stdout
    for word in ("escpos-drawer", str(drawer.ports["drawer1"]), "TILLSIM", "Front till"):
        assert word in told.stdout, word
    health = tillctl(drawer, "health")
    assert (health.returncode, health.stdout) == (0, "OK - 2 devices, 2 tills\n")
    assert json.loads(tillctl(drawer, "status", "--json").stdout)["troubles"] == []


def test_what_a_device_did_is_counted(drawer):
    maria = drawer.client().sign_on("maria")
    assert maria.open_drawer().status == 200
    device = next(d for d in status(drawer)["devices"] if d["name"] == "drawer1")
    assert (device["last"]["kind"], device["last"]["outcome"]) == ("drawer-open", "ok")
    took = device["statistics"]["took"]
    assert 0 < took["mean"] <= took["most"] and took["last"] == took["most"]
    assert device["statistics"]["operations"] == 1
    last = device["last"]
    drawer.kill()
    drawer.start().wait_ready()
    device = next(d for d in status(drawer)["devices"] if d["name"] == "drawer1")
    assert {**device["last"], "at": ""} == {**last, "at": ""}
    ago = [datetime.datetime.fromisoformat(told["at"][:-1]) for told in (last, device["last"])]
    assert abs(ago[1] - ago[0]) < datetime.timedelta(seconds=5)
    assert device["statistics"]["operations"] == 0
    assert "drawer-open ok" in tillctl(drawer, "status").stdout
    till = status(drawer)["tills"][0]
    assert till["sign_ons"] == 1 and till["session"]["state"] == "open"


def test_a_device_that_is_not_there(drawer):
    gone(drawer, "drawer1")
    [trouble] = status(drawer)["troubles"]
    assert (trouble["level"], trouble["about"]) == ("critical", "drawer1")
    told = tillctl(drawer, "status").stdout
    assert "1 thing needs somebody:" in told
    assert "\n  drawer1: The " in told and "Check its cable" in told or "Plug its cable" in told
    health = tillctl(drawer, "health")
    assert health.returncode == 2
    assert health.stdout.startswith("CRITICAL - drawer1: The ")


def test_paper_that_is_low_is_a_warning(drawer):
    events = drawer.follow()
    drawer.person("printer1 paper low")
    while not (troubles := status(drawer)["troubles"]):
        events.wait("device")
    assert [(t["level"], t["about"]) for t in troubles] == [("warning", "printer1")]
    health = tillctl(drawer, "health")
    assert health.returncode == 1 and health.stdout.startswith("WARNING - printer1: Its paper")


def test_what_is_open_and_what_is_waited_for(make_box):
    box = make_box(devices=("terminal1",), sim={"terminal1": "zvt tcp 0 auto=no"}).up()
    anna = box.client().sign_on("anna")
    asked = anna.post("/v1/tills/1/check", {"action": "price.change", "amount": 499}, key="k")
    assert asked.code == "authorization-required"
    anna.post("/v1/tills/1/payments", {"amount": 1000}, key="p", wait=0)
    told = status(box)
    assert [a["action"] for a in told["authorizations"]] == ["price.change"]
    assert [(o["action"], o["state"]) for o in told["operations"]] == [("payment", "open")]
    shown = tillctl(box, "status").stdout
    assert "Waits for a supervisor: Anna asks to" in shown and "payment" in shown
    box.kill()


def test_a_daemon_that_does_not_answer(drawer):
    drawer.stop()
    health = tillctl(drawer, "health")
    assert (health.returncode, health.stdout) == (2, "CRITICAL - the daemon does not answer\n")
    assert tillctl(drawer, "status").returncode == 6


def test_a_box_that_is_not_set_up(make_box):
    box = make_box(devices=()).start()
    [trouble] = status(box)["troubles"]
    assert (trouble["about"], trouble["level"]) == ("box", "critical")
    assert "tillctl setup" in trouble["advice"]
    assert tillctl(box, "health").returncode == 2


@pytest.mark.skipif(not ROOT, reason="only root can be somebody else")
def test_it_is_for_technicians(make_box):
    box = make_box(devices=(), socket='mode = "0666"').up()
    assert OtherClient(box, 65534).get("/v1/status").code == "technicians-only"
    told = tillctl(box, "health", user=65534, group=65534)
    assert (told.returncode, told.stdout) == (3, "UNKNOWN - the daemon does not tell\n")


def test_it_is_shown_again_when_something_happens(drawer):
    process = subprocess.Popen([BUILD / "tillctl", "--socket", drawer.socket, "status", "--watch"],
                               text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = Lines(process.stdout, "tillctl status")
    lines.wait("All is well.")
    gone(drawer, "drawer1")
    lines.wait("drawer1: The ")
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 0
    assert not any("\033" in line for line in lines.seen)


def on_a_terminal(box, columns, *words, env=None):
    """What a terminal of so many columns gets."""
    master, slave = pty.openpty()
    import fcntl
    import struct
    import termios
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen([BUILD / "tillctl", "--socket", box.socket, *words],
                               stdout=slave, stderr=slave, stdin=slave,
                               env={**os.environ, "TERM": "xterm", **(env or {})})
    os.close(slave)
    text = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        text += part
    os.close(master)
    assert process.wait(PATIENCE) == 0
    return text.decode().replace("\r\n", "\n")


def test_a_narrow_terminal_and_colours(drawer):
    shown = on_a_terminal(drawer, 80, "status")
    assert "\033[32mAll is well.\033[0m" in shown
    table = [line for line in shown.splitlines() if "drawer1" in line or "printer1" in line]
    assert table and all(len(line) <= 80 for line in table), table
    assert "\033" not in on_a_terminal(drawer, 80, "status", env={"NO_COLOR": "1"})
