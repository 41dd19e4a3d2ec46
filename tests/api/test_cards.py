# SPDX-License-Identifier: Apache-2.0
"""Chip cards by PC/SC: the real tilld and the real pcscd, with scripted cards."""
import pathlib

from cards import (ChipCard, FIRST, MARIAS_UID, MemoryCard, NOBODY, PaymentCard, PivCard, armed,
                   ignored, keys, make, needs_pcscd, pcscd, settle, told_gone)

__all__ = ["keys", "make", "pcscd"]  # pytest looks for them here
pytestmark = needs_pcscd

PAYMENT = "it is a payment card, and those are no badges"
COPY = "the card could not prove that it is no copy"


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
