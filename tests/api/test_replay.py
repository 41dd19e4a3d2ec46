# SPDX-License-Identifier: Apache-2.0
"""A recorded device, played to a real daemon."""
import contextlib
import os
import socket
import subprocess

import pytest

from box import BUILD, PATIENCE, Lines
from contract import TOP

RECORDINGS = TOP / "tests/replay"


@contextlib.contextmanager
def playing(recording, port):
    process = subprocess.Popen([BUILD / "tillctl", "replay", recording, str(port)], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    process.lines = Lines(process.stdout, "tillctl replay")
    try:
        process.lines.wait("A device for ")
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def desk(make_box, device, port, config):
    box = make_box(devices=(device,), config={device: config})
    box.ports, box.sim = {device: port}, False  # nobody else plays it
    box.write_config()
    box.start().set_up()
    box.sim = None
    return box.wait_ready()


def test_a_drawer_is_played(make_box, tmp_path):
    with playing(RECORDINGS / "drawer-opens.trace", tmp_path / "drawer1") as player:
        box = desk(make_box, "drawer1", str(tmp_path / "drawer1"),
                   'driver = "escpos-drawer" sensor = "low-is-open" poll = 500')
        player.lines.wait("an operation begins: drawer-open")
        answer = box.client().sign_on("maria").open_drawer()
        assert (answer.status, answer["outcome"]) == (200, "ok"), answer
        player.lines.wait("It was played to its end.")
        assert player.wait(PATIENCE) == 0


def test_a_terminal_is_played(make_box):
    port = free_port()
    with playing(RECORDINGS / "zvt-declined.trace", port) as player:
        box = desk(make_box, "terminal1", f"127.0.0.1:{port}", 'driver = "zvt-terminal"')
        player.lines.wait("an operation begins: payment")
        answer = box.client().sign_on("maria").pay(1234)
        assert (answer.code, answer["reason"]) == ("refused-by-device", "declined"), answer
        player.lines.wait("It was played to its end.")
        assert player.wait(PATIENCE) == 0


def test_what_differs_is_told(make_box):
    port = free_port()
    with playing(RECORDINGS / "zvt-declined.trace", port) as player:
        box = desk(make_box, "terminal1", f"127.0.0.1:{port}", 'driver = "zvt-terminal"')
        player.lines.wait("an operation begins: payment")
        box.client().later(box.client().sign_on("maria").pay, 4321)
        player.lines.wait("something else than it did then")
        assert player.wait(PATIENCE) == 1


def test_no_port_stands_for_what_is_plugged_in(tmp_path):
    told = subprocess.run([BUILD / "tillctl", "replay", RECORDINGS / "posiflex-drawer-opens.trace",
                           tmp_path / "port"], text=True, capture_output=True, timeout=PATIENCE)
    assert told.returncode == 64 and "of a HID or a keyboard" in told.stderr


@pytest.mark.parametrize("text", ["", "{}\n", '{"tilld_trace":1,"driver":"x","line":"serial"}\n'])
def test_what_is_no_recording(tmp_path, text):
    (tmp_path / "file").write_text(text)
    told = subprocess.run([BUILD / "tillctl", "replay", tmp_path / "file", tmp_path / "port"],
                          text=True, capture_output=True, timeout=PATIENCE)
    assert told.returncode == 64 and "is no recording" in told.stderr


def test_what_is_at_the_port_already_is_left_alone(tmp_path):
    (tmp_path / "file").write_text("precious")
    (tmp_path / "link").symlink_to("/etc/hostname")
    os.mkfifo(tmp_path / "pipe")
    recording = next(r for r in sorted(RECORDINGS.glob("*.trace"))
                     if '"line":"serial"' in r.read_text())
    for name in ("file", "link", "pipe"):
        told = subprocess.run([BUILD / "tillctl", "replay", recording, tmp_path / name],
                              text=True, capture_output=True, timeout=PATIENCE)
        assert told.returncode == 74 and "exists" in told.stderr, told
    assert (tmp_path / "file").read_text() == "precious"
    assert os.readlink(tmp_path / "link") == "/etc/hostname"
    assert (tmp_path / "pipe").is_fifo()
