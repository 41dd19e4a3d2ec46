# SPDX-License-Identifier: Apache-2.0
"""Receipts on the simulator's POSNET printer, over the real socket and line: printed once, all
of it or none, whatever is lost on the way. (Every fault at every command, in virtual time:
tests/unit/test_printer_posnet_matrix.c.)
"""
import json
import re
import uuid

import pytest

from box import MARIA, PATIENCE
from elsewhere import Tillctl

SALE = {"lines": [{"name": "Kawa", "price": 1000, "vat": "B"},
                  {"name": "Bułka", "quantity": "3", "price": 80, "vat": "C"}],
        "payments": [{"kind": "cash", "amount": 2000}], "reference": "T-1"}


def sell(client, body=None, **options):
    options.setdefault("key", uuid.uuid4().hex)
    return client.post("/v1/tills/1/receipts", body or SALE, **options)


def sold(box):
    return [d for d in box.account("printer1")["documents"]
            if d["type"] == "receipt" and d.get("by") == "wire"]


def balance(client):
    return client.get("/v1/tills/1/balance")["balance"]


def test_a_receipt(box):
    maria = box.client().sign_on("maria")
    done = sell(maria, key="once")
    assert done.status == 200, done
    result = done["result"]
    assert (result["total"], result["change"], result["cash"]) == (1240, 760, 1240)
    assert result["rates"] == [{"rate": "B", "gross": 1000, "vat": 74},
                               {"rate": "C", "gross": 240, "vat": 11}]
    assert result["number"] == result["counters"]["after"]["last_receipt"]
    assert sell(maria, key="once")["result"] == result
    assert len(sold(box)) == 1 and sold(box)[0]["amount"] == 1240
    assert balance(maria) == 1240
    for code in (None, "event-unusable"):
        opened = maria.post("/v1/tills/1/drawer/open", {"event": done["id"]}, key=uuid.uuid4().hex)
        assert opened.code == code, opened
    intent = next(e for e in box.journal() if e["kind"] == "intent" and e["action"] == "receipt")
    assert intent["parameters"]["document"]["lines"] == SALE["lines"]
    assert intent["parameters"]["reference"] == "T-1"


def test_the_printers_own_count_of_cash(box):
    """docs/policy.md, X-blind: told to who reads the counters, and to nobody else."""
    maria = box.client().sign_on("maria")
    events = box.follow()
    slip = {"event": maria.post("/v1/tills/1/cash", {"direction": "in", "amount": 70707,
                                                     "reason": "change"}, key="in")["id"]}
    told = [sell(maria)]
    for what, body in (("cash/slip", slip), ("printouts", {"lines": ["x"]}),
                       ("copies", {"count": 1}),
                       ("fiscal/read", {})):
        told.append(maria.post(f"/v1/tills/1/{what}", body, key=what))
        assert told[-1].status == 200, told[-1]
    told.append(maria.report("z"))
    *others, read, z = told
    count = read["result"]["counters"]["cash"]
    assert read["result"]["figures"]["rates"] and count > 70707
    for answer in (*others, z):
        for when in ("before", "after"):
            counters = answer["result"]["counters"][when]
            assert "headers" in counters and "cash" not in counters, answer
    if "report.z" not in [e["data"].get("action") for e in events.seen]:
        events.wait("outcome", action="report.z")
    for event in events.seen:
        if event["event"] in ("outcome", "evidence"):
            assert "figures" not in str(event) and str(count) not in str(event), event
    kept = {e["action"]: e["blind"] for e in box.journal(kind="outcome") if "blind" in e}
    for action in ("receipt", "cash.slip", "print"):
        assert "cash" in kept[action]["counters"]["after"], kept
    assert kept["fiscal.read"] == {"counters": {"cash": count}, "figures": read["result"]["figures"]}
    assert maria.get("/v1/operations/" + read["id"])["result"] == read["result"]


def test_a_drawer_that_the_printer_opens_by_itself(make_box):
    """docs/policy.md, X-drawer-automatic: what opens with a receipt is on record before it."""
    box = make_box(devices=("printer1",), config={
        "printer1": 'driver = "posnet-printer" poll = 1000 opens-drawer = yes'}).up()
    maria = box.client().sign_on("maria")
    by_card = {**SALE, "payments": [{"kind": "card", "amount": 1240}]}
    assert [sell(maria, body).status for body in (SALE, by_card)] == [200, 200]
    intents = [e["parameters"] for e in box.journal() if e["kind"] == "intent"]
    assert [p.get("opens_drawer") for p in intents] == [True, None]


def has_the_printers_sums(box, result):
    """Its last receipt, by its own book: whatever was told of it, and however late."""
    last = box.account("printer1")["last_receipt"]
    printed = {rate: sums for rate, *sums in zip("ABCDEFG", last["sums"], last["vat"]) if sums[0]}
    assert {r["rate"]: [r["gross"], r["vat"]] for r in result["rates"]} == printed
    assert [result["total"], result["paid"], result["change"]] == \
        [sum(last["sums"]), last["paid"], last["change"]]


@pytest.mark.parametrize("fault, outcome", [
    ("corrupt reply trend", "ok"),
    ("hang up after trline 300", "failed"),
    ("crash after trend 300", "ok"),
])
def test_what_is_lost_is_found_out(box, fault, outcome):
    maria = box.client().sign_on("maria")
    box.person("printer1 " + fault)
    answer = sell(maria)
    operation = answer.body if answer.status == 200 else answer["operation"]
    assert operation["outcome"] == outcome, answer
    assert len(sold(box)) == (outcome == "ok")
    assert balance(maria) == (1240 if outcome == "ok" else 0)
    assert not box.account("printer1")["receipt_open"]
    if outcome == "ok":
        has_the_printers_sums(box, operation["result"])
    # it works again
    assert sell(maria).status == 200


def test_the_daemon_is_killed_in_the_middle(box):
    maria, events = box.client().sign_on("maria"), box.follow()
    box.person("printer1 slow trpayment 60000")
    asking = maria.later(sell, maria, key="killed")
    events.wait("evidence")
    box.street.wait("PARAGON FISKALNY")
    box.kill()
    with pytest.raises(Exception):
        asking.result()
    box.person("printer1 slow trpayment 10")
    box.person("printer1 power cut 500")
    box.start().wait_ready()
    events = box.follow("?after=0")
    ended = events.wait("outcome", action="receipt", patience=3 * PATIENCE)
    assert ended["outcome"] == "failed" and ended["recovered"]
    maria = box.client().sign_on("maria")
    assert sell(maria, key="killed").status == 502
    assert not sold(box) and not box.account("printer1")["receipt_open"]
    assert balance(maria) == 0


def test_the_daemon_is_killed_at_the_end(box):
    maria, events = box.client().sign_on("maria"), box.follow()
    box.person("printer1 slow trend 700")
    asking = maria.later(sell, maria, key="killed")
    while not events.wait("evidence")["evidence"]["ending"]:
        pass
    box.street.wait("Gotowka")
    box.kill()
    with pytest.raises(Exception):
        asking.result()
    box.start().wait_ready()
    ended = box.follow("?after=0").wait("outcome", action="receipt", patience=3 * PATIENCE)
    assert ended["outcome"] == "ok" and ended["recovered"], ended
    has_the_printers_sums(box, ended["result"])


def test_paper_out_is_waited_for_and_told(box):
    maria, events = box.client().sign_on("maria"), box.follow()
    box.person("printer1 slow trpayment 1000")
    selling = maria.later(sell, maria)
    events.wait("evidence")
    box.street.wait("PARAGON FISKALNY")
    box.person("printer1 paper out")
    events.wait("operation.progress", text="paper out")
    box.person("printer1 paper ok")
    assert selling.result()["outcome"] == "ok"
    assert len(sold(box)) == 1


def test_unknown_is_settled_with_what_the_numbers_say(box):
    maria, events = box.client().sign_on("maria"), box.follow()
    box.person("printer1 hang up after trend 3000")
    selling = maria.later(sell, maria)
    events.wait("operation.doubtful")
    box.person("printer1 receipt 12.34")
    answer = selling.result()
    assert answer.code == "outcome-unknown", answer
    result = answer["operation"]["result"]
    assert result["ending"] and result["expected"]["gross"][1] == 1000
    assert result["found"]["gross"][0] == 1234
    assert balance(maria) == 0
    settle = f"/v1/tills/1/operations/{answer['operation']['id']}/settle"
    assert maria.post(settle, {"outcome": "ok", "reason": "no. 4 is on the roll"}).status == 200
    assert balance(maria) == 1240


def test_the_printers_clock_is_compared(make_box):
    box = make_box(devices=("printer1",), sim={"printer1": "posnet pty {dir}/printer1 clock=system"})
    maria = box.up().client().sign_on("maria")
    read = maria.post("/v1/tills/1/fiscal/read", {}, key="read")["result"]
    # it stands in Poland, wherever this box does: whole hours apart
    assert abs((read["clock_ahead"] + 30) % 60 - 30) <= 1, read
    assert read["serial"].startswith("SIM")
    assert read["counters"]["daily_reports"] == 4


@pytest.mark.parametrize("what, body, field", [
    ("returns", {"of": "receipt", "amount": 500, "reason": "x",
                 "lines": [{"name": "z", "price": 500, "vat": "C"}]}, "lines"),
    ("returns", {"of": "receipt", "amount": 500, "reason": "x",
                 "original": {"number": 4, "time": "2026-11-22T10:00:00"}}, "original"),
    ("printouts", {"lines": ["a", "x" * 39]}, "lines[1]"),
    ("fiscal/clock", {"time": "2026-02-30T10:30", "reason": "x"}, "time")])
def test_what_it_has_no_room_for_is_left_out_by_nobody(box, what, body, field):
    """Told before anything is begun, or anybody asked; and the key is good for another try."""
    anna = box.client().sign_on("anna")
    for _ in range(2):
        answer = anna.post(f"/v1/tills/1/{what}", body, key="again")
        assert answer.code in ("receipt-unprintable", "bad-body") and answer["field"] == field, answer
    assert not [d for d in box.account("printer1")["documents"] if d.get("by") == "wire"]


def test_a_buyers_number_with_letters_of_its_own(box):
    """What a person reads on the simulator's paper is UTF-8, whatever the printer's page."""
    assert sell(box.client().sign_on("maria"), {**SALE, "buyer_tax_id": "żółw 1"}).status == 200
    assert box.street.wait("NIP NABYWCY").endswith("żółw 1")


def test_what_tillctl_says_of_a_receipt_is_for_a_cashier(box, tmp_path):
    """Numbers and sums; what proves an outcome is for one that is unknown."""
    (tmp_path / "sale.json").write_text(json.dumps(SALE))
    till = Tillctl(box, "1").sign_on("maria", MARIA)
    till("session", "open", "0")
    said = till("receipt", str(tmp_path / "sale.json"))
    assert "12.40 EUR" in said and "7.60 EUR" in said, said
    assert not re.search("Ending|Expected|Found", said), said
