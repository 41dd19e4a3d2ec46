# SPDX-License-Identifier: Apache-2.0
"""Chip cards by PC/SC: the real tilld and the real pcscd, with scripted cards."""
import pathlib
import signal
import time

import pytest

from box import policy
from cards import (CardBox, ChipCard, Key, MemoryCard, PaymentCard, Pcscd, PivCard, missing)

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))

MARIAS_UID, OTHER_UID = "04a1b2c3", "04d4e5f6a1b2c3"
FIRST, SECOND = "Till Reader 00 00", "Till Reader 00 01"
NOBODY = "nobody asked for a badge"
PAYMENT = "it is a payment card, and those are no badges"
COPY = "the card could not prove that it is no copy"
SOON = "the card was taken away too soon; hold it still"


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """Maria's is a curve's, Piotr's is RSA's; another is nobody's."""
    folder = tmp_path_factory.mktemp("keys")
    return {name: Key(folder, name, kind)
            for name, kind in (("maria", "ec"), ("piotr", "rsa"), ("other", "ec"))}


@pytest.fixture
def pcscd(tmp_path):
    made = Pcscd(tmp_path, "Till Reader")
    yield made
    made.close()


@pytest.fixture
def make(tmp_path, pcscd):
    """A box with a drawer, and readers: device -> configured name."""
    made = []

    def make(readers=None, keys=None, **options):
        folder = tmp_path / "box"
        folder.mkdir()
        box = CardBox(folder, pcscd, readers or {"reader1": FIRST}, devices=("drawer1",),
                      **options)
        made.append(box)
        document = policy()
        document["tills"][0]["badge"] = {"drawer.open": "piv"}
        anna, piotr, maria = document["operators"]
        maria["badges"] = [f"em32:{MARIAS_UID}"] + ([keys["maria"].badge] if keys else [])
        piotr["badges"] = [keys["piotr"].badge] if keys else []
        box.start().set_up(document)
        return box
    yield make
    for box in made:
        box.close()


def ignored(events, reader="reader1"):
    return events.wait("reader.ignored", reader=reader)["why"]


def armed(box, events, body=None, **options):
    """Signs on by badge: the answer, later. A card counts a second after the reader was asked."""
    later = box.client().later(box.client().post, "/v1/sign-ons",
                               {"till": "1", "badge": True, **(body or {})}, wait=60, **options)
    events.wait("reader.armed")
    settle()
    return later


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


def settle():
    """A card counts from a second after its reader came, and after that was asked: no event tells
    of it."""
    time.sleep(1.05)


def told_gone(box, name="reader1"):
    """Until the card is seen to be gone; a trace is told as it grows."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        records = box.client().get(f"/v1/devices/{name}/trace?limit=1")["records"]
        if records and records[-1].get("text") == "the card was taken away":
            return
        time.sleep(0.02)
    raise AssertionError(records)


def test_signing_on(make, pcscd, keys):
    """By a number: as by any badge that can be copied. By a key: with all that a till asks."""
    pcscd.start()
    box = make(keys=keys)
    box.wait_ready()
    settle()
    events, slot = box.follow(), pcscd.slots[FIRST]
    for card, strength, how in ((MemoryCard(MARIAS_UID), "alone", "badge"),
                                (PivCard(keys["maria"]), "piv", "piv")):
        later = armed(box, events)
        slot.insert(card)
        signed_on = later.result()
        assert signed_on.status == 201 and signed_on["badge"] == strength, signed_on
        assert box.journal()[-1]["how"] == how
        client = box.client(token=signed_on["token"])
        drawer = client.open_drawer()
        if strength == "piv":
            assert drawer["outcome"] == "ok"
            assert card.digests and len(set(card.digests)) == len(card.digests)
        else:
            assert drawer.code == "authorization-required" and drawer["badge_too_weak"]
            client.request("DELETE", f"/v1/authorizations/{drawer['authorization']['id']}")
        slot.remove()
        told_gone(box)


def test_consent_that_takes_a_card_that_proves_itself(make, pcscd, keys):
    pcscd.start()
    box = make(keys=keys)
    box.wait_ready()
    anna = box.client().sign_on("anna")
    events, slot = box.follow(), pcscd.slots[FIRST]
    opening = anna.later(anna.open_drawer, key="k", wait=60)
    asked = events.wait("reader.armed")["authorization"]
    seen = anna.get(f"/v1/authorizations/{asked}")
    assert seen["badge"] == "piv" and seen["how"] == ["badge", "password"]
    settle()
    slot.insert(MemoryCard(MARIAS_UID))
    assert events.wait("authorization.remark")["why"] == "only a card that proves itself will do"
    slot.remove()
    told_gone(box)
    slot.insert(PivCard(keys["maria"], signs=keys["other"], uid=MARIAS_UID))
    assert ignored(events) == COPY
    slot.remove()
    told_gone(box)
    slot.insert(PivCard(keys["piotr"]))
    assert opening.result()["outcome"] == "ok"
    given, = [e for e in box.journal() if e["kind"] == "authorization.approved"]
    assert given["how"] == "piv"
    again = anna.open_drawer(key="k2")  # one consent, one action
    assert again.code == "authorization-required"


def test_a_copy_is_nobodys_badge(make, pcscd, keys, tmp_path):
    """Its certificate is Maria's, and so is its number; what it signs is not."""
    pcscd.start()
    box = make(keys=keys)
    box.wait_ready()
    events, slot = box.follow(), pcscd.slots[FIRST]
    later = armed(box, events)
    slot.insert(PivCard(keys["maria"], signs=keys["other"], uid=MARIAS_UID))
    assert ignored(events) == COPY
    slot.remove()
    told_gone(box)
    assert not later.done()
    slot.insert(PivCard(keys["maria"], uid=MARIAS_UID))
    assert later.result()["badge"] == "piv"
    trace = box.client().get("/v1/devices/reader1/trace?limit=200").raw.decode()
    assert "asks for a signature" in trace
    secrets = [MARIAS_UID, keys["maria"].badge[4:], keys["maria"].certificate.hex()[200:264]]
    assert not [s for s in secrets if s in trace.lower()]
    box.stop()
    told = "\n".join(box.log.seen).lower()
    assert not [s for s in secrets if s in told]
    kept = b"".join(p.read_bytes() for p in pathlib.Path(box.dir, "state").iterdir()
                    if p.is_file())
    assert not [s for s in secrets if s.encode() in kept or bytes.fromhex(s) in kept]


def test_what_is_no_badge(make, pcscd, keys):
    pcscd.start()
    box = make()
    box.wait_ready()
    settle()
    events, slot = box.follow(), pcscd.slots[FIRST]
    for card, why in (
            (PaymentCard(MARIAS_UID), PAYMENT),
            (PaymentCard(MARIAS_UID, bytes.fromhex("a0000000041010")), PAYMENT),
            (MemoryCard("08a1b2c3"), "the card has another number each time"),
            (MemoryCard(""), "the card has no number to be known by")):
        slot.insert(card)
        assert ignored(events) == why
        slot.remove()
        told_gone(box)


def test_where_only_proof_counts(make, pcscd, keys):
    pcscd.start()
    box = make(keys=keys, options={"reader1": 'cards = "piv"'})
    box.wait_ready()
    settle()
    events, slot = box.follow(), pcscd.slots[FIRST]
    for card, why in ((MemoryCard(MARIAS_UID), "can't prove that it is no copy"),
                      (ChipCard(MARIAS_UID), "can't prove that it is no copy"),
                      (PivCard(keys["piotr"]), NOBODY)):
        slot.insert(card)
        assert why in ignored(events)
        slot.remove()
        told_gone(box)


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
    """The log tells what there is."""
    pcscd.start()
    box = make(readers={"reader1": wanted})
    box.wait_state("reader1", "absent", reason=reason)
    box.log.wait("readers of pcscd:", f'"{FIRST}"', f'"{SECOND}"')


def test_pcscd_comes_and_goes(make, pcscd):
    box = make()
    box.wait_state("reader1", "absent", reason="pcsc-missing")
    events, slot = box.follow(), pcscd.slots[FIRST]
    for _ in range(2):
        pcscd.start()
        box.wait_state("reader1", "ready")
        settle()
        slot.insert(MemoryCard(MARIAS_UID))
        assert ignored(events) == NOBODY
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
    assert maria.open_drawer()["outcome"] == "ok"
    pcscd.process.send_signal(signal.SIGCONT)
    box.wait_state("reader1", "ready")
    pcscd.process.send_signal(signal.SIGSTOP)
    begun = time.monotonic()
    box.stop()  # nor the end
    assert time.monotonic() - begun < 10


def test_a_card_becomes_a_badge(make, pcscd, keys):
    """Enrolled as it is shown, and known by its key, whatever its certificate says by then."""
    pcscd.start()
    box = make()
    box.wait_ready()
    maria = box.client().sign_on("maria")
    events, slot = box.follow(), pcscd.slots[FIRST]
    later = maria.later(maria.post, "/v1/operators/piotr/badges", {"label": "card"}, key="e",
                        wait=60)
    events.wait("reader.armed")
    settle()
    slot.insert(PivCard(keys["other"]))
    assert later.result().status == 200, later.result()
    slot.remove()
    told_gone(box)
    later = armed(box, events)
    slot.insert(PivCard(keys["other"]))
    assert later.result()["operator"]["login"] == "piotr"
    assert later.result()["badge"] == "piv"
