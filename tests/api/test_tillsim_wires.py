# SPDX-License-Identifier: Apache-2.0
"""The real tillsim's wires: ptys, TCP ports, and what goes wrong on the way."""
import select
import time

import pytest

from box import PATIENCE
from tillsim import BADGE, DRAWER, DRAWER_TCP, KICK, STATUS


# A pty

def test_a_kick_on_a_pty(sim):
    one = sim(DRAWER)
    line = one.open("drawer1")
    line.send(STATUS)
    line.expect(b"\x16")
    line.send(KICK)
    one.wait("drawer1: the drawer springs open")
    line.send(STATUS)
    line.expect(b"\x12")
    account = one.account("drawer1")
    assert (account["openings"], account["by_key"]) == (1, 0)
    assert account["pulses"][0]["on_ms"] == 100
    line.close()


def test_a_pty_echoes_and_cooks_nothing(sim):
    one = sim(DRAWER + BADGE)
    line = one.open("drawer1")
    line.send(b"Mleko\r\n\x03\x04\x11\x13\n")
    one.wait(r"drawer1: paper\| Mleko")
    line.expect_silence()
    assert one.account("drawer1")["printed_lines"] == 2
    badge = one.open("badge1")
    one.do("badge1 badge 62E3086CED")
    badge.expect(b"\x0262E3086CED08\x03")
    line.close()
    badge.close()


def test_a_pty_is_closed_and_opened_again(sim):
    one = sim(DRAWER)
    for _ in range(50):
        line = one.open("drawer1")
        line.send(STATUS)
        line.expect(b"\x16")
        line.close()
    assert one.account("drawer1")["unknown_commands"] == 0


def test_what_is_written_and_left_is_not_lost(sim):
    one = sim(DRAWER)
    line = one.open("drawer1")
    line.send(b"po\n")
    line.close()
    one.wait(r"drawer1: paper\| po")


def test_the_next_one_finds_nothing_of_the_last(sim):
    one = sim(DRAWER)
    line = one.open("drawer1")
    line.send(STATUS)
    assert select.select([line.fd], [], [], PATIENCE)[0]
    one.close(line, "drawer1")
    line = one.open("drawer1")
    line.expect_silence()
    line.send(STATUS)
    line.expect(b"\x16")
    line.close()


def test_who_comes_and_says_nothing_is_noticed(sim):
    one = sim(DRAWER)
    for _ in range(20):
        one.close(one.open("drawer1"), "drawer1")


def test_nobody_there_nobody_hears(sim):
    one = sim(BADGE)
    one.do("badge1 badge 0110185C5B")
    badge = one.open("badge1")
    badge.expect_silence()
    one.do("badge1 badge 04184EDCBA")
    badge.expect(b"\x0204184EDCBA34\x03")
    badge.close()


def test_a_held_badge_repeats(sim):
    one = sim(BADGE)
    badge = one.open("badge1")
    one.do("badge1 badge 0110185C5B hold 450")
    frame, got = b"\x020110185C5B0E\x03", b""
    while more := badge.read(0.6):
        got += more
    times = one.account("badge1")["frames"]
    assert 2 <= times <= 7 and got == times * frame  # each as late as the machine is
    badge.close()


def test_a_pty_is_unplugged(sim):
    one = sim(DRAWER)
    link = one.folder / "run/drawer1"
    line = one.open("drawer1")
    line.send(STATUS)
    line.expect(b"\x16")
    one.do("drawer1 unplug")
    line.expect_hang_up()
    line.close()
    assert not link.is_symlink()
    one.do("drawer1 unplug")
    one.do("drawer1 key")
    one.do("drawer1 plug")
    one.do("drawer1 plug")
    line = one.open("drawer1")
    line.send(STATUS)
    line.expect(b"\x12")
    line.close()


def test_a_power_cut_on_a_pty_is_silence(sim):
    one = sim(DRAWER)
    line = one.open("drawer1")
    one.do("drawer1 power cut")
    line.send(STATUS)
    line.expect_silence()
    one.do("drawer1 power on")
    line.send(STATUS)
    line.expect(b"\x16")
    line.close()


# TCP

def test_a_display_on_tcp(sim):
    one = sim("device display1 display tcp 0 dialect=epson page=CP852\n")
    line = one.connect("display1")
    text = "Żółty ser      12,99" + "RAZEM          12,99"
    for byte in b"\x1b\x40\x0c" + text.encode("cp852"):
        line.send(bytes([byte]))
    one.wait(r"display1: \+--------------------\+")
    while one.account("display1")["lines"][1].strip() != "RAZEM          12,99":
        time.sleep(0.01)
    one.do("display1 show")
    assert "display1: |Żółty ser      12,99|" in one.lines
    assert "display1: |RAZEM          12,99|" in one.lines
    line.expect_silence(0.05)
    line.close()


def test_one_client_at_a_time(sim):
    one = sim(DRAWER_TCP)
    first = one.connect("drawer1")
    first.send(STATUS)
    first.expect(b"\x16")
    second = one.connect("drawer1")
    second.expect_hang_up()
    first.send(STATUS)
    first.expect(b"\x16")
    first.close()
    second.close()


def test_clients_follow_one_another_closely(sim):
    one = sim(DRAWER_TCP)
    for _ in range(200):
        line = one.connect("drawer1")
        line.send(STATUS + b"po\n")
        line.expect(b"\x16")
        line.close()
    one.until("drawer1", "printed_lines", 200)


def test_tcp_is_unplugged(sim):
    one = sim(DRAWER_TCP)
    line = one.connect("drawer1")
    one.do("drawer1 unplug")
    line.expect_hang_up()
    line.close()
    with pytest.raises(ConnectionRefusedError):
        one.connect("drawer1")
    one.do("drawer1 plug")
    line = one.connect("drawer1")
    line.send(STATUS)
    line.expect(b"\x16")
    line.close()


def test_a_power_cut_on_tcp_hangs_up(sim):
    one = sim(DRAWER_TCP)
    line = one.connect("drawer1")
    line.send(b"\x1d\x61\x01")
    line.expect(b"\x14\x00\x00\x00")
    one.do("drawer1 power cut 50")
    line.expect_hang_up()
    line.close()
    one.wait("drawer1: the power is back")
    line = one.connect("drawer1")
    one.do("drawer1 key")
    line.send(STATUS)
    line.expect(b"\x12")
    line.close()


def test_a_pulled_plug_outlasts_a_power_cut(sim):
    one = sim(DRAWER_TCP)
    one.do("drawer1 power cut 10")
    one.do("drawer1 unplug")
    one.wait("drawer1: the power is back")
    with pytest.raises(ConnectionRefusedError):
        one.connect("drawer1")
    one.do("drawer1 plug")
    one.connect("drawer1").close()


# What goes wrong on the way

def test_silence(sim):
    one = sim(DRAWER)
    line = one.open("drawer1")
    one.do("drawer1 silence on")
    line.send(STATUS)
    line.expect_silence()
    one.do("drawer1 silence off")
    line.send(STATUS)
    line.expect(b"\x16")
    line.close()


def test_lost_and_doubled_replies(sim):
    one = sim(DRAWER)
    line = one.open("drawer1")
    one.do("drawer1 lose reply")
    line.send(STATUS)
    line.expect_silence()
    one.do("drawer1 lose reply 2")
    line.send(STATUS + STATUS + b"\x10\x04\x04")
    line.expect(b"\x12")
    one.do("drawer1 double reply")
    line.send(STATUS + b"\x10\x04\x04")
    line.expect(b"\x16\x16\x12")
    one.cannot("drawer1 lose reply many")
    one.cannot("drawer1 double reply 1001")
    line.close()


def test_garbage_is_the_same_in_every_run(sim):
    heard = []
    for _ in range(2):
        one = sim(DRAWER)
        line = one.open("drawer1")
        one.do("drawer1 garbage 100")
        got = b""
        while len(got) < 100:
            got += line.read()
        heard.append(got)
        one.cannot("drawer1 garbage 0")
        one.cannot("drawer1 garbage")
        line.close()
    assert heard[0] == heard[1]
    assert len(set(heard[0])) > 50


def test_split_is_one_byte_at_a_time(sim):
    one = sim(BADGE)
    badge = one.open("badge1")
    one.do("badge1 split on")
    start = time.monotonic()
    one.do("badge1 badge 0110185C5B")
    pieces = []
    while len(b"".join(pieces)) < 14:
        pieces.append(badge.read())
    assert b"".join(pieces) == b"\x020110185C5B0E\x03"
    assert time.monotonic() - start > 0.02
    assert len(pieces) > 3  # all 14, unless this machine is very busy
    badge.close()


def test_delay(sim):
    one = sim(DRAWER)
    line = one.open("drawer1")
    one.do("drawer1 delay 100")
    line.send(STATUS)
    line.expect_silence(0.05)
    line.expect(b"\x16")
    one.cannot("drawer1 delay 60001")
    line.close()


def test_what_is_on_its_way_is_lost_with_the_line(sim):
    one = sim(DRAWER)
    line = one.open("drawer1")
    one.do("drawer1 delay 200")
    line.send(STATUS)
    line.expect_silence(0.05)
    one.close(line, "drawer1")
    line = one.open("drawer1")
    line.expect_silence(0.3)
    line.close()
