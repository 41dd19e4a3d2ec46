# SPDX-License-Identifier: Apache-2.0
"""tillctl doctor against boxes that have something wrong with them."""
import contextlib
import datetime
import fcntl
import json
import os
import pathlib
import pwd
import re
import socket
import subprocess
import threading

import pytest

from box import BUILD, PATIENCE

ROOT = os.getuid() == 0


def doctor(box, **options):
    told = subprocess.run([BUILD / "tillctl", "--socket", box.socket, "doctor", "--json"],
                          text=True, capture_output=True, timeout=4 * PATIENCE, **options)
    findings = json.loads(told.stdout)["findings"]
    bad = {f["finding"] for f in findings} & {"warning", "bad"}
    assert told.returncode == (1 if bad else 0), told
    assert all(f.get("advice") for f in findings if f["finding"] in ("warning", "bad"))
    return findings


def about(findings, what, *kinds):
    return [f["sentence"] for f in findings if f["about"] == what and f["finding"] in kinds]


def lost(box, device):
    """Until the daemon has given the device up and tried again."""
    events = box.follow()
    while box.client().get(f"/v1/devices/{device}")["state"] in ("ready", "busy", "opening"):
        events.wait("device")
    events.close()


def desk(make_box, device, port, config):
    box = make_box(devices=(device,), config={device: config})
    box.ports, box.sim = {device: str(port)}, False
    box.write_config()
    box.start().set_up()
    box.sim = None
    return box


def test_a_box_that_is_well(make_box):
    now = datetime.datetime.now().isoformat(timespec="seconds")
    findings = doctor(make_box(devices=("drawer1", "printer1"), sim={
        "printer1": f"posnet pty {{dir}}/printer1 clock={now}"}).up())
    assert about(findings, "daemon", "good") == ["tilld 0.1.0 answers."]
    assert about(findings, "drawer1", "good")[-1] in ("It is ready.", "It is busy.")
    assert about(findings, "printer1", "good")[-1] == "Its clock agrees with the box's."
    for device in ("drawer1", "printer1"):
        assert about(findings, device, "warning", "bad", "skipped") == []
    assert about(findings, "udev", "good", "warning", "skipped") == []  # nothing is by USB
    assert any("to be on disk" in s for s in about(findings, "disk", "good", "warning"))
    if ROOT:
        assert about(findings, "journal", "good") == ["Database and journal are sound."]
        # tests don't run in the unit
        assert "without its sandbox" in about(findings, "hardening", "warning")[0]


def test_a_printers_clock_that_is_wrong(make_box):
    box = make_box(devices=("printer1",),
                   sim={"printer1": "posnet pty {dir}/printer1 clock=2026-01-01T08:00"}).up()
    assert "minutes" in about(doctor(box), "printer1", "bad")[0]


def test_a_daemon_that_does_not_run(make_box):
    box = make_box(devices=()).up()
    box.stop()
    [sentence] = about(doctor(box), "daemon", "bad")
    assert sentence.endswith("tilld does not run.") or "Nobody answers" in sentence


def test_a_port_that_is_not_there(make_box, tmp_path):
    box = desk(make_box, "drawer1", tmp_path / "none", 'driver = "escpos-drawer"')
    assert about(doctor(box), "drawer1", "bad")[-1] == f"There is no {tmp_path / 'none'}."
    (tmp_path / "none").write_text("no port")
    assert f"{tmp_path / 'none'} is no port." in about(doctor(box), "drawer1", "bad")


def held(port):
    """By this process, as a vendor's tool would."""
    tool = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    fcntl.flock(tool, fcntl.LOCK_EX)
    return tool


def test_who_holds_a_port(make_box):
    box = make_box(devices=("drawer1",)).up()
    port, me = box.ports["drawer1"], pathlib.Path("/proc/self/comm").read_text().strip()
    user = pwd.getpwuid(os.getuid()).pw_name
    said = f"{port} is held by {me} (process {os.getpid()}, user {user})."
    assert f"tilld may open {port}." in about(doctor(box), "drawer1", "good")
    maria, events = box.client().sign_on("maria"), box.follow()
    maria.post("/v1/devices/drawer1/release", {"seconds": 600, "reason": "x"}, key="r")
    tool = held(port)
    findings = doctor(box)  # as agreed: it is told, and is no fault
    assert about(findings, "drawer1", "bad") == []
    hands = about(findings, "drawer1", "skipped")
    assert hands[0] == said
    assert re.fullmatch(r"It is in another program's hands until 20\S+ \d\d:\d\d:\d\dZ\.",
                        hands[-1])
    maria.post("/v1/devices/drawer1/take", {}, key="t")
    while box.client().get("/v1/devices/drawer1")["state"] != "lost":
        events.wait("device")
    findings = doctor(box)
    assert said in about(findings, "drawer1", "bad")
    assert not any("may open" in s for s in about(findings, "drawer1", "good"))
    os.close(tool)


@contextlib.contextmanager
def somebody(says):
    """A device on TCP that says that, whatever it is asked."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        def serve():
            with contextlib.suppress(OSError):
                while True:
                    line, _ = server.accept()
                    with line:
                        while line.recv(100):
                            line.sendall(says)
        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("says, sentence", [
    (b"", "never answered."),
    (bytes([0xe7, 0xf3, 0x9d, 0xff] * 8), "What comes back are bytes of another speed or parity."),
    (b"HTTP/1.1 400 Bad Request\r\n", "It speaks, but not the protocol of its driver.")])
def test_what_comes_back(make_box, says, sentence):
    with somebody(says) as port:
        box = desk(make_box, "printer1", port, 'driver = "posnet-printer"')
        lost(box, "printer1")
        while not any(sentence in s for s in about(doctor(box), "printer1", "bad")):
            box.client().get("/v1/devices/printer1/trace?after=1000000&wait=1")


@pytest.mark.skipif(not ROOT, reason="only root can be somebody else")
def test_somebody_who_may_not_ask(make_box):
    box = make_box(devices=(), socket='mode = "0666"').up()
    findings = doctor(box, user=65534, group=65534)
    assert about(findings, "rights", "bad") == ["tilld answers, but tells this user nothing."]
    box = make_box(devices=(), socket='mode = "0600"').up()
    box.dir.chmod(0o711)
    assert "may not connect" in about(doctor(box, user=65534, group=65534), "daemon", "bad")[0]
