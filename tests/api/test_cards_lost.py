# SPDX-License-Identifier: Apache-2.0
"""Readers by PC/SC that come and go, are not there, or hang; and cards that stay, or are
pulled out."""
import json
import os
import signal
import subprocess
import time

import pytest

from box import BUILD
from cards import (ChipCard, FIRST, MARIAS_UID, MemoryCard, NOBODY, OTHER_UID, PivCard, SECOND,
                   ignored, keys, make, needs_pcscd, pcscd, settle, told_gone)

__all__ = ["keys", "make", "pcscd"]  # pytest looks for them here
pytestmark = needs_pcscd

SOON = "the card was taken away too soon; hold it still"


def doctor(box):
    """What it finds about the reader."""
    told = subprocess.run([BUILD / "tillctl", "--socket", box.socket, "doctor", "--json"],
                          text=True, capture_output=True, timeout=60,
                          env={**os.environ, "PCSCLITE_CSOCK_NAME": str(box.pcscd.socket)})
    return [f for f in json.loads(told.stdout)["findings"] if f["about"] == "reader1"]


def test_a_card_counts_once_however_long_it_stays(make, pcscd):
    pcscd.start()
    box = make(options={"reader1": "repeat = 0"})
    box.wait_ready()
    settle()
    events, slot = box.follow(), pcscd.slots[FIRST]
    for card in (MemoryCard(MARIAS_UID), ChipCard(OTHER_UID), MemoryCard(MARIAS_UID)):
        slot.insert(card)
        assert ignored(events) == NOBODY
        assert card.asked[-1] == bytes.fromhex("ffca000000")
        slot.remove()
        told_gone(box)
    assert len([e for e in events.seen if e["event"] == "reader.ignored"]) == 3


def test_pulled_out_in_the_middle(make, pcscd, keys):
    pcscd.start()
    box = make(keys=keys)
    box.wait_ready()
    settle()
    events, slot = box.follow(), pcscd.slots[FIRST]
    for at in (0, 2, 4):
        slot.pull_at = at
        slot.insert(PivCard(keys["maria"]))
        assert ignored(events) == SOON
        told_gone(box)
    slot.insert(PivCard(keys["maria"]))
    assert ignored(events) == NOBODY
    assert box.device("reader1")["state"] == "ready"


def test_two_readers_are_told_apart(make, pcscd):
    pcscd.start()
    box = make(readers={"reader1": FIRST, "reader2": SECOND}, tills={"reader2": '"2"'})
    box.wait_ready()
    settle()
    events = box.follow()
    pcscd.slots[SECOND].insert(MemoryCard(MARIAS_UID))
    assert events.wait("reader.ignored")["reader"] == "reader2"
    pcscd.slots[FIRST].insert(MemoryCard(MARIAS_UID))
    assert events.wait("reader.ignored")["reader"] == "reader1"


@pytest.mark.parametrize("wanted, reason", [("Till Reader", "port-ambiguous"),
                                            ("Till Raeder", "port-missing")])
def test_never_a_guess(make, pcscd, wanted, reason):
    """The log tells what there is, and so does the doctor."""
    pcscd.start()
    box = make(readers={"reader1": wanted})
    box.wait_state("reader1", "absent", reason=reason)
    box.log.wait("of pcscd fits", f'"{wanted}"', f'"{FIRST}", "{SECOND}"')
    said, = [f for f in doctor(box) if f["finding"] == "bad" and "of pcscd" in f["sentence"]]
    assert f'"{FIRST}", "{SECOND}"' in said["advice"]


def test_pcscd_comes_and_goes(make, pcscd):
    box = make()
    box.wait_state("reader1", "absent", reason="pcsc-missing")
    assert "pcscd does not run." in [f["sentence"] for f in doctor(box)]
    events, slot = box.follow(), pcscd.slots[FIRST]
    for _ in range(2):
        pcscd.start()
        box.wait_state("reader1", "ready")
        settle()
        slot.insert(MemoryCard(MARIAS_UID))
        assert ignored(events) == NOBODY
        assert "A card lies on the reader." in [f["sentence"] for f in doctor(box)]
        pcscd.kill()
        slot.remove()
        box.wait_state("reader1", "lost", reason="pcsc-missing")


def test_a_pcscd_that_hangs_holds_up_nobody(make, pcscd):
    pcscd.start()
    box = make()
    box.wait_ready()
    maria = box.client().sign_on("maria")
    pcscd.process.send_signal(signal.SIGSTOP)
    begun = time.monotonic()
    assert maria.open_drawer()["outcome"] == "ok"
    assert time.monotonic() - begun < 3
    box.wait_state("reader1", "lost", reason="no-answer")
    assert "pcscd does not answer." in [f["sentence"] for f in doctor(box)]
    assert maria.open_drawer()["outcome"] == "ok"
    pcscd.process.send_signal(signal.SIGCONT)
    box.wait_state("reader1", "ready")
    pcscd.process.send_signal(signal.SIGSTOP)
    begun = time.monotonic()
    box.stop()  # nor the end
    assert time.monotonic() - begun < 10


def test_a_reload_takes_it_away_and_brings_it_back(make, pcscd):
    pcscd.start()
    box = make()
    box.wait_ready()
    for readers in ({}, {"reader1": FIRST}, {"reader1": SECOND}):
        box.readers = readers
        box.write_config()
        box.daemon.send_signal(signal.SIGHUP)
        box.log.wait("the configuration was read again")
        names = [d["name"] for d in box.client().get("/v1/devices")["devices"]]
        assert ("reader1" in names) == bool(readers)
        if readers:
            box.wait_state("reader1", "ready")
    settle()
    events = box.follow()
    pcscd.slots[SECOND].insert(MemoryCard(MARIAS_UID))
    assert ignored(events) == NOBODY
