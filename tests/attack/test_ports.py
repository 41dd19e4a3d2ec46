# SPDX-License-Identifier: Apache-2.0
"""A hostile device on each port: it may be of no use, and harms nobody else."""
import os
import time

import pytest
from box import PATIENCE
from hostile import HostilePort, join, memory

SANITIZED = "asan" in os.environ.get("TILLD_BUILD", "")
GROWTH_KIB = 24 * 1024  # what a sanitizer keeps of what was freed is not counted

LINES = ["printer1", "terminal1", "display1", "reader1"]
TALK = [("flood", "noise"), ("flood", "zeros"), ("flood", "ones"), ("flood", "acks"),
        ("flood", "lines"), ("echo", "noise"), ("mute", "noise")]


@pytest.fixture
def attacker():
    made = []

    def make(*arguments):
        made.append(HostilePort(*arguments))
        return made[-1]
    yield make
    for port in made:
        port.close()


def beside(make_box, ports):
    """A till whose drawer is honest, and whose other devices are not."""
    box = make_box(devices=("drawer1",))
    for device, port in ports.items():
        join(box, device, port)
    return box.start().set_up().wait_ready("drawer1")


def goes_on(box):
    """The drawer opens, and quickly: each answer well before any device's deadline."""
    maria, before = box.client().sign_on("maria"), memory(box)
    for _ in range(5):
        begun = time.monotonic()
        assert maria.open_drawer().status == 200
        assert box.client().get("/v1/devices").status == 200
        assert time.monotonic() - begun < PATIENCE / 4
        box.person("drawer1 close")
    if not SANITIZED:
        assert memory(box) - before < GROWTH_KIB
    assert maria.get("/v1/sign-ons/current").status == 200


@pytest.mark.parametrize("kind, what", TALK)
def test_hostile_devices_on_serial_lines(make_box, attacker, kind, what):
    ports = {device: attacker("pty", kind, what) for device in LINES}
    box = beside(make_box, ports)
    goes_on(box)
    assert kind != "flood" or all(port.sent for port in ports.values())
    box.stop()


@pytest.mark.parametrize("kind, what", [*TALK, ("drop", "noise")])
def test_hostile_devices_on_the_network(make_box, attacker, kind, what):
    box = beside(make_box, {device: attacker("tcp", kind, what)
                            for device in ("printer1", "terminal1")})
    goes_on(box)
    box.stop()


@pytest.mark.parametrize("kind, what", TALK)
def test_a_hostile_drawer(make_box, attacker, kind, what):
    """It can't make its till's other devices, nor another till's drawer, wait."""
    port = attacker("pty", kind, what)
    box = make_box(devices=("display1", "terminal1"))
    join(box, "drawer1", port)
    box.start().set_up().wait_ready("display1", "terminal1")
    maria = box.client().sign_on("maria")
    answer = maria.open_drawer(wait=1)
    assert answer.status in (202, 502, 503, 504) or answer["outcome"] != "refused", answer
    assert maria.pay(100).status == 200
    assert maria.request("PUT", "/v1/tills/1/display", {"lines": ["x"]}).status == 200
    box.stop()


def test_a_reader_that_makes_up_badges(make_box, attacker):
    """Numbers made up at full speed: each is unknown, they are slowed down and said to be, the
    journal stays small, and nobody is signed on or gives a consent."""
    port = attacker("pty", "mute")
    box = beside(make_box, {"reader1": port}).wait_ready("reader1")
    anna = box.client().sign_on("anna")
    events = box.follow()
    waiting = anna.later(anna.open_drawer, key="k", wait=5)
    events.wait("reader.armed")
    time.sleep(1.05)  # the reader's rule: see docs/policy.md
    for number in range(1000):
        digits = f"{0x0110185C00 + number:010X}"
        total = 0
        for i in range(0, 10, 2):
            total ^= int(digits[i:i + 2], 16)
        os.write(port.peer, b"\x02" + digits.encode() + f"{total:02X}".encode() + b"\r\n\x03")
    assert waiting.result().code == "authorization-required"
    assert box.account("drawer1")["openings"] == 0
    assert 1 <= len(box.journal(kind="unknown-badge")) <= 32
