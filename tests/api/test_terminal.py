# SPDX-License-Identifier: Apache-2.0
"""The card terminal end to end: the real daemon, and tillsim's terminal with its own books."""
import contextlib
import hashlib
import json
import os
import socket
import ssl
import subprocess
import threading
import uuid

import pytest

from box import BUILD, MARIA, PATIENCE, policy
from elsewhere import OtherClient

GUEST = 65533


@pytest.fixture
def box(make_box):
    return make_box(devices=("terminal1", "display1")).up()


def refund(client, amount, key=None, **body):
    options = {k: body.pop(k) for k in ("wait",) if k in body}
    return client.post(f"/v1/tills/{client.till}/refunds",
                       {"amount": amount, "reason": "goods returned", **body},
                       key=key or uuid.uuid4().hex, **options)


def terminal(client, kind, **options):
    return client.post(f"/v1/tills/{client.till}/terminal", {"kind": kind},
                       key=uuid.uuid4().hex, **options)


def allowed(box, client, call, *args, **options):
    """The same again with Maria's word."""
    asked = call(client, *args, **options)
    assert asked.code == "authorization-required", asked
    assert client.approve(asked["authorization"]["id"]).status == 200
    return asked, call(client, *args, **options)


# -- money back -----------------------------------------------------------------------

def test_a_refund_takes_refund_validate(box):
    anna = box.client().sign_on("anna")
    asked, answer = allowed(box, anna, refund, 500, key="r")
    assert [m["id"] for m in asked["authorization"]["missing"]] == ["refund.validate"]
    assert asked["authorization"]["sentence"].startswith(
        "Anna asks to make a card refund of 5.00 EUR at Front till (goods returned)")
    assert answer.status == 200 and answer["outcome"] == "ok", answer
    assert answer["action"] == "payment.refund" and "payment" not in answer.body
    assert answer["result"]["amount"] == 500
    assert answer["result"]["receipts"]["customer"][0] == "Kundenbeleg"
    assert [r["amount"] for r in box.account("terminal1")["refunds"]] == [500]
    # the same key is the same refund, and the consent is spent
    assert refund(anna, 500, key="r")["id"] == answer["id"]
    assert refund(anna, 500, key="another").code == "authorization-required"
    assert len(box.account("terminal1")["refunds"]) == 1


def test_what_was_paid_is_given_back_once_only(box):
    maria = box.client().sign_on("maria")
    paid, other = maria.pay(1234)["id"], maria.pay(700)["id"]
    more = refund(maria, 1235, payment=paid)
    assert (more.code, more["detail"]) == ("payment-not-reversible", "It is more than was paid.")
    assert refund(maria, 5, payment="a" * 26).code == "not-found"
    given = refund(maria, 1000, payment=paid)
    assert given.status == 200 and given["payment"] == paid
    again = refund(maria, 1, payment=paid)
    assert again.code == "payment-not-reversible" and again["reversal"] == given["id"]
    assert maria.cancel(paid).code == "payment-not-reversible"
    assert maria.cancel(other).status == 200
    assert refund(maria, 700, payment=other).code == "payment-not-reversible"
    account = box.account("terminal1")
    assert [r["amount"] for r in account["refunds"]] == [1000]
    assert account["net"] == {"1234": 1, "700": 0} and account["violations"] == []


def test_a_declined_refund_may_be_tried_again(box):
    maria = box.client().sign_on("maria")
    paid = maria.pay(1234)["id"]
    box.person("terminal1 next decline")
    assert refund(maria, 1234, payment=paid)["reason"] == "declined"
    assert refund(maria, 1234, payment=paid).status == 200


def test_a_lost_refund_is_found_out(make_box):
    box = make_box(devices=("terminal1",),
                   sim={"terminal1": "zvt tcp 0 booking=keep"}).up()
    maria = box.client().sign_on("maria")
    maria.pay(100)
    box.person("terminal1 close at 6")  # after its 04 0F was answered
    answer = refund(maria, 250)
    booked = len(box.account("terminal1")["refunds"])
    assert answer.status == (200 if booked else 502), answer
    assert box.account("terminal1")["violations"] == []


# -- what was cancelled was another one, or was cancelled before ---------------------------

def test_a_terminal_that_cancels_another_payment_raises_an_alarm(box):
    events, maria = box.follow(), box.client().sign_on("maria")
    first, second = maria.pay(100)["id"], maria.pay(200)["id"]
    box.person("terminal1 reverse last on")
    answer = maria.cancel(first)
    assert answer.status == 504 and answer["reason"] == "wrong-transaction"
    alarm = events.wait("terminal.alarm")
    assert (alarm["payment"], alarm["reason"]) == (first, "wrong-transaction")
    entry, = box.journal(kind="terminal.alarm")
    assert entry["operation"] == answer["operation"]["id"]
    # nothing more is done there until somebody has said what became of it
    assert maria.pay(300).code == "outcome-open"
    unknown = answer["operation"]["id"]
    assert maria.post(f"/v1/tills/1/operations/{unknown}/settle",
                      {"outcome": "failed", "reason": "it was the other one"}).status == 200
    # whatever is said of it: the terminal has told which one it cancelled
    for again in (refund(maria, 200, payment=second), maria.cancel(second)):
        assert (again.code, again["reversal"]) == ("payment-not-reversible", unknown), again
    assert refund(maria, 100, payment=first).status == 200
    account = box.account("terminal1")
    assert len(account["reversals"]) == 1 and len(account["refunds"]) == 1


def test_what_was_cancelled_by_hand_counts_as_cancelled(box):
    events, maria = box.follow(), box.client().sign_on("maria")
    paid = maria.pay(100)
    box.person(f"terminal1 reverse {paid['result']['receipt']}")
    answer = maria.cancel(paid["id"])
    assert answer.status == 200 and answer["result"]["reversed_before"] is True
    assert events.wait("terminal.alarm")["reason"] == "already-reversed"
    # so nobody gives it back a second time
    assert refund(maria, 100, payment=paid["id"]).code == "payment-not-reversible"


# -- at another till than it was taken at ------------------------------------------------

def lead(login, tills, **more):
    """Somebody who may cancel there, and their group."""
    group = {"id": login + "s", "name": login.title() + "s", "tills": tills,
             "permissions": ["card.cancel"]}
    return group, {"login": login, "name": login.title(), "groups": [group["id"]],
                   "password": login + "-leads-here", **more}


@pytest.fixture
def two_tills(make_box):
    """One terminal for both tills, and those who may cancel at one of them, or at both."""
    document = policy()
    blind = {"restricted": True, "view_tills": [], "access_tills": ["2"],
             "no_foreign_session": False, "single_session": False}
    for group, operator in (lead("frida", ["1"]), lead("bert", ["2"]), lead("bodo", ["2"]),
                            lead("basil", ["1", "2"], **blind)):
        document["groups"].append(group)
        document["operators"].append(operator)
    return make_box(devices=("terminal1",), tills={"terminal1": '"1", "2"'}).up(document)


def at_2(box, login):
    return box.client().sign_on(login, login + "-leads-here", till="2", session=False)


def cancel_at_2(client, payment):
    return client.post(f"/v1/tills/2/payments/{payment}/cancel", {"reason": "returned"}, key="c")


def test_a_payment_is_cancelled_at_another_till_by_who_may_at_both(two_tills):
    box = two_tills
    paid = box.client().sign_on("anna").pay(1234)["id"]
    bert = at_2(box, "bert")
    asked = cancel_at_2(bert, paid)
    assert asked.code == "authorization-required", asked
    question = asked["authorization"]
    assert [m["id"] for m in question["missing"]] == ["card.cancel"]
    assert question["sentence"] == ("Bert asks to cancel the card payment of 12.34 EUR, taken at "
                                    "Front till, at Back till (returned).")
    assert [p["name"] for p in question["approvers"]] == ["Basil", "Maria"]
    for one_only in ("frida", "bodo"):
        answer = bert.post(f"/v1/authorizations/{question['id']}/approve",
                           {"login": one_only, "password": one_only + "-leads-here"})
        assert answer.code == "may-not-authorize", answer
    assert bert.approve(question["id"]).status == 200
    done = cancel_at_2(bert, paid)
    assert done.status == 200 and done["payment"] == paid and done["till"] == "2"
    assert box.account("terminal1")["net"] == {"1234": 0}
    assert box.client().sign_on("maria").cancel(paid).code == "payment-not-reversible"


def test_who_may_at_both_tills_needs_no_consent(two_tills):
    paid = two_tills.client().sign_on("anna").pay(1234)["id"]
    maria = two_tills.client().sign_on("maria", till="2", session=False)
    done = maria.post(f"/v1/tills/2/payments/{paid}/cancel", {"reason": "returned"}, key="k")
    assert done.status == 200 and two_tills.account("terminal1")["net"] == {"1234": 0}


def test_a_consent_in_advance_is_for_one_till(two_tills):
    box = two_tills
    paid = box.client().sign_on("anna").pay(1234)["id"]
    maria = box.client().sign_on("maria", till="2", session=False)
    token = maria.post("/v1/authorizations", {"requester": "anna", "till": "2",
                                              "action": "payment.cancel", "amount": 5000,
                                              "password": MARIA})
    anna = box.client().sign_on("anna", till="2", session=False)
    answer = anna.post(f"/v1/tills/2/payments/{paid}/cancel", {"reason": "returned"}, key="k",
                       headers={"Tilld-Authorization": token["token"]})
    assert answer.code == "authorization-mismatch"
    assert box.account("terminal1")["net"] == {"1234": 1}


def test_what_may_not_be_seen_is_not_cancelled(two_tills):
    paid = two_tills.client().sign_on("anna").pay(1234)["id"]
    assert cancel_at_2(at_2(two_tills, "basil"), paid).code == "not-found"


def test_a_payment_is_not_cancelled_at_another_terminal(make_box):
    """Receipt number 1 is there, too, and somebody else's."""
    box = make_box(devices=("terminal1", "terminal2"),
                   sim={"terminal2": "zvt tcp 0"},
                   config={"terminal2": 'driver = "zvt-terminal"'},
                   tills={"terminal2": '"2"'}).up()
    paid = box.client().sign_on("maria").pay(1234)["id"]
    maria = box.client().sign_on("maria", till="2")
    other = maria.pay(1234)
    assert other.status == 200, other
    answer = maria.post(f"/v1/tills/2/payments/{paid}/cancel", {"reason": "returned"}, key="k")
    assert answer.code == "payment-not-reversible" and "another card terminal" in answer["detail"]
    assert box.account("terminal2")["net"] == box.account("terminal1")["net"] == {"1234": 1}


# -- another terminal in its place --------------------------------------------------------

def exchange(box, options=""):
    """Somebody puts another one where terminal1 was: with receipts of its own, from 1 on."""
    port = box.ports["terminal1"].rsplit(":", 1)[1]
    box.sim.terminate()
    box.sim.wait(PATIENCE)
    box.sim_lines["terminal1"] = f"zvt tcp {port} tid=52000099 {options}"
    box.start_sim()
    return int(port)


def exchange_while_up(box, options=""):
    events = box.follow()
    exchange(box, options)
    told = box.client().get("/v1/devices/terminal1")
    while told["state"] != "ready" or told["status"].get("terminal") != "52000099":
        told = events.wait("device")["device"]
    assert told["identity"]["terminal"] == "52000099"


def message(line):
    control, size = line.read(2), line.read(1)[0]
    line.read(int.from_bytes(line.read(2), "little") if size == 0xff else size)
    return control


def pay_by_hand(port, amount):
    """At the terminal itself, without tilld."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as wire:
        line, said = wire.makefile("rb"), b""
        wire.sendall(bytes.fromhex(f"06010a04{amount:012d}490978"))
        while said != b"\x06\x0f":
            said = message(line)
            if said != b"\x80\x00":
                wire.sendall(b"\x80\x00\x00")


def test_an_exchanged_terminal_cancels_nobody_elses_payment(make_box):
    """Receipt 1 of 10.00 is there, too, and somebody else's."""
    box = make_box(devices=("terminal1",)).up()
    maria = box.client().sign_on("maria")
    paid = maria.pay(1000)
    assert paid["result"]["terminal"] == "52000017"
    exchange_while_up(box)
    other = maria.pay(1000)
    assert (other["result"]["terminal"], other["result"]["receipt"]) == ("52000099", 1)
    for login in ("maria", "anna"):  # for whom nobody is asked
        answer = box.client().sign_on(login).cancel(paid["id"])
        assert answer.code == "payment-not-reversible", answer
        assert "taken at another card terminal" in answer["detail"]
    assert box.account("terminal1")["net"] == {"1000": 1}
    # its own it does cancel, which says nothing of the first, of the same trace and amount
    maria = box.client().sign_on("maria")
    assert maria.cancel(other["id"]).status == 200
    # and what was paid at the one that is gone goes back onto a card, once
    assert refund(maria, 1000, payment=paid["id"]).status == 200
    assert refund(maria, 1000, payment=paid["id"]).code == "payment-not-reversible"
    account = box.account("terminal1")
    assert account["net"] == {"1000": 0} and len(account["refunds"]) == 1
    assert account["violations"] == []


def test_a_booking_of_an_exchanged_terminal_is_not_ours(make_box):
    """The box goes down while a customer looks for a card; it comes up with another terminal."""
    box = make_box(devices=("terminal1",)).up()
    maria = box.client().sign_on("maria")
    maria.pay(700)
    box.person("terminal1 auto off")
    events = box.follow()
    waiting = maria.later(maria.pay, 1000, key="k")
    operation = events.wait("operation.progress", waits_for="customer")["operation"]
    box.kill()
    with contextlib.suppress(OSError, AssertionError):
        waiting.result()
    pay_by_hand(exchange(box), 1000)
    box.start().wait_ready()
    answer = box.client().get(f"/v1/operations/{operation}?wait=60")
    assert (answer["outcome"], answer["reason"]) == ("unknown", "terminal-exchanged"), answer
    assert "result" not in answer.body
    assert answer["evidence"]["terminal"] == 52000017
    # what a person makes of it has no receipt to cancel, but may be refunded
    maria = box.client().sign_on("maria")
    assert maria.post(f"/v1/tills/1/operations/{operation}/settle",
                      {"outcome": "ok", "reason": "it is in its journal"}).status == 200
    assert maria.cancel(operation).code == "payment-not-reversible"
    assert refund(maria, 1000, payment=operation).status == 200
    assert box.account("terminal1")["net"] == {"1000": 1}


# -- other amounts, other ways ----------------------------------------------------------

def test_what_differs_from_what_was_asked_for_is_told(box):
    anna = box.client().sign_on("anna")
    assert "differs" not in anna.pay(1000)["result"]
    box.person("terminal1 next tip 150")
    tip = anna.pay(1000)["result"]
    assert (tip["amount"], tip["tip"], tip["amount_requested"], tip["differs"]) == (
        1150, 150, 1000, True)
    assert "partial" not in tip
    box.person("terminal1 next amount 400")
    part = anna.pay(1000)["result"]
    assert (part["amount"], part["amount_requested"], part["partial"]) == (400, 1000, True)
    box.person("terminal1 next conversion")
    zloty = anna.pay(1000)["result"]
    assert zloty["converted"] and zloty["differs"] and zloty["currency"] == "PLN"
    box.person("terminal1 next conversion")
    paid = anna.pay(1000)["id"]
    back = refund(box.client().sign_on("maria"), 1000, payment=paid)
    assert back.code == "payment-not-reversible" and "another currency" in back["detail"]


def test_a_converted_payment_is_cancelled_in_its_own_currency(two_tills):
    box = two_tills
    box.person("terminal1 next conversion")
    maria = box.client().sign_on("maria", till="2", session=False)
    anna = box.client().sign_on("anna")
    paid = anna.pay(1000)["id"]
    asked = anna.cancel(paid, key="c")
    assert "the card payment of 10.00 PLN" in asked["authorization"]["sentence"], asked
    given = maria.post("/v1/authorizations", {"requester": "anna", "till": "1", "amount": 1000,
                                              "action": "payment.cancel", "password": MARIA})
    spent = anna.cancel(paid, key="t", headers={"Tilld-Authorization": given["token"]})
    assert spent.code == "authorization-mismatch" and "another currency" in spent["detail"]
    anna.approve(asked["authorization"]["id"])
    assert anna.cancel(paid, key="c").status == 200


def test_a_signed_slip_says_so(box):
    anna = box.client().sign_on("anna")
    assert anna.pay(100)["result"]["verification"] == "pin"
    box.person("terminal1 next signature")
    paid = anna.pay(1000)
    assert paid["result"]["verification"] == "signature" and paid["result"]["signature"]
    assert any("Unterschrift" in line for line in paid["result"]["receipts"]["merchant"])
    assert not any("Unterschrift" in line for line in paid["result"]["receipts"]["customer"])


def test_a_payment_authorized_by_telephone(box):
    anna = box.client().sign_on("anna")
    body = {"amount": 900, "authorization": "7A0415"}
    paid = anna.post("/v1/tills/1/payments", body, key="k")
    assert paid.status == 200 and box.account("terminal1")["net"]["900"] == 1
    assert "Kartenzahlung" in paid["result"]["receipts"]["customer"]
    intent, = box.journal(kind="intent")
    assert intent["parameters"]["authorization"] == "7A0415"
    wrong = anna.post("/v1/tills/1/payments", {**body, "authorization": "7-04"}, key="l")
    assert wrong.code == "bad-body" and wrong["field"] == "authorization"


# -- slips ------------------------------------------------------------------------------

def test_a_copy_of_slips_takes_receipt_read(box):
    paid = box.client().sign_on("anna").pay(1234)
    path = f"/v1/tills/1/payments/{paid['id']}/slips"
    copy = box.client().sign_on("anna").get(path)
    assert copy.status == 200 and copy["receipts"] == paid["result"]["receipts"]
    assert copy["operation"] == paid["id"] and copy["signature"] is False
    assert box.client().get(path).code == "sign-on-required"
    anna = box.client().sign_on("anna")
    assert anna.get("/v1/tills/1/payments/" + "a" * 26 + "/slips").code == "not-found"
    assert anna.get(path.replace("tills/1", "tills/2")).code == "sign-on-required"


def test_a_copy_of_slips_needs_a_consent_of_those_who_may_not(make_box):
    document = policy()
    document["groups"].append({"id": "newcomers", "name": "Newcomers", "tills": ["1"],
                               "rights": {"cash_deposit": ["read", "add"]}})
    document["operators"].append({"login": "olga", "name": "Olga", "groups": ["newcomers"],
                                  "password": "olga-is-new-here"})
    box = make_box(devices=("terminal1",)).up(document)
    olga = box.client().sign_on("olga", "olga-is-new-here", session=False)
    assert olga.open_session(0).status == 200
    paid = olga.pay(100)
    path = f"/v1/tills/1/payments/{paid['id']}/slips"
    asked, copy = allowed(box, olga, lambda client: client.get(path))
    assert [m["id"] for m in asked["authorization"]["missing"]] == ["receipt.read"]
    assert copy["receipts"] == paid["result"]["receipts"]
    told = [e for e in box.journal() if e["kind"] == "payment.slips"]
    assert len(told) == 1 and told[0]["approver"]


def print_slip(client, payment, copy="merchant", **options):
    options.setdefault("key", uuid.uuid4().hex)
    return client.post(f"/v1/tills/{client.till}/payments/{payment}/slips", {"copy": copy},
                       **options)


def papers(box):
    """What came out of the printer that is not fiscal, line by line."""
    box.account("printer1")  # by then it has been seen
    texts, found = None, []
    for line in [s[len("printer1: "):] for s in box.street.seen if s.startswith("printer1: ")]:
        if "DOKUMENT NIEFISKALNY" in line:
            texts = []
        elif "# NIEFISKALNY #" in line and texts is not None:
            found.append(texts)
            texts = None
        elif texts is not None:
            texts.append(line)
    return found


@pytest.fixture
def shop(make_box):
    """A terminal that has the whole number of a card on its slips, and a printer."""
    return make_box(devices=("terminal1", "printer1"),
                    sim={"terminal1": "zvt tcp 0 pan=full receipt-lines=3"}).up()


def test_slips_are_printed_on_the_tills_printer(shop):
    maria = shop.client().sign_on("maria")
    shop.person("terminal1 next signature")
    paid = maria.pay(1234)
    slip = paid["result"]["receipts"]["merchant"]
    printed = print_slip(maria, paid["id"], key="once")
    assert printed.status == 200 and printed["action"] == "slips.print", printed
    assert printed["device"] == "printer1" and "payment" not in printed.body
    assert papers(shop) == [slip] and slip[0] == "Händlerbeleg"
    assert any("Unterschrift" in line for line in papers(shop)[0])
    assert any("4111 11** **** 1111" in line for line in papers(shop)[0])
    # the same key is the same paper, and another payment's or copy's is an error
    assert print_slip(maria, paid["id"], key="once")["id"] == printed["id"]
    assert print_slip(maria, paid["id"], "customer", key="once").code == "key-reused"
    other = maria.pay(500)
    assert print_slip(maria, other["id"], key="once").code == "key-reused"
    assert len(papers(shop)) == 1
    assert print_slip(maria, paid["id"], "customer").status == 200
    assert papers(shop)[1][0] == "Kundenbeleg"
    intent = shop.journal(kind="intent", operation=printed["id"])[0]
    assert (intent["parameters"]["slip_of"], intent["parameters"]["copy"]) == (
        paid["id"], "merchant")
    # it undoes nothing: the payment can still be cancelled, and its slip printed
    cancelled = maria.cancel(paid["id"])
    assert cancelled.status == 200
    assert print_slip(maria, cancelled["id"]).status == 200


def test_slips_that_there_are_not(shop):
    maria = shop.client().sign_on("maria")
    paid = maria.pay(1234)["id"]
    assert print_slip(maria, paid, "administration").code == "not-found"
    assert print_slip(maria, "a" * 26).code == "not-found"
    assert print_slip(maria, paid, "both").code == "bad-body"
    ended = terminal(maria, "day-end")
    assert print_slip(maria, ended["id"], "administration").status == 200
    assert papers(shop)[0][0] == "Kassenschnitt"


def test_a_slip_that_a_lost_line_left_in_doubt_is_not_printed_twice(shop):
    maria = shop.client().sign_on("maria")
    paid = maria.pay(1234)["id"]
    shop.person("printer1 hang up after formend 1000")
    first = print_slip(maria, paid, key="k")
    assert first.status == 200, first  # by the printer's counters
    assert print_slip(maria, paid, key="k")["id"] == first["id"]
    assert len(papers(shop)) == 1


def test_a_slip_on_paper_takes_receipt_read(make_box):
    document = policy()
    document["groups"].append({"id": "newcomers", "name": "Newcomers", "tills": ["1"],
                               "rights": {"cash_deposit": ["read", "add"]}})
    document["operators"].append({"login": "olga", "name": "Olga", "groups": ["newcomers"],
                                  "password": "olga-is-new-here"})
    box = make_box(devices=("terminal1", "printer1")).up(document)
    olga = box.client().sign_on("olga", "olga-is-new-here", session=False)
    assert olga.open_session(0).status == 200
    paid = olga.pay(100)["id"]
    asked, printed = allowed(box, olga, print_slip, paid, key="k")
    assert [m["id"] for m in asked["authorization"]["missing"]] == ["receipt.read"]
    assert asked["authorization"]["sentence"] == (
        "Olga asks to print a card payment's slip (merchant) at Front till.")
    assert printed.status == 200 and len(papers(box)) == 1
    assert print_slip(olga, paid).code == "authorization-required"


def test_the_terminal_tells_its_last_receipt_again(box):
    anna = box.client().sign_on("anna")
    paid = anna.pay(1234)["result"]
    again = terminal(anna, "receipt")
    assert again.status == 200 and again["action"] == "terminal.receipt"
    assert again["result"]["receipt"] == paid["receipt"]
    assert "Wiederholung" in again["result"]["receipts"]["customer"]
    slips = anna.get(f"/v1/tills/1/payments/{again['id']}/slips")
    assert slips["receipts"] == again["result"]["receipts"]
    assert box.account("terminal1")["net"] == {"1234": 1}


# -- the end of the day ------------------------------------------------------------------

def test_the_end_of_day_takes_day_end_and_closes_the_bookings(box):
    anna = box.client().sign_on("anna")
    paid = anna.pay(1000)["id"]
    anna.pay(234)
    asked = terminal(anna, "day-end")
    assert asked.code == "authorization-required"
    maria = box.client().sign_on("maria")
    answer = terminal(maria, "day-end")
    assert [m["id"] for m in asked["authorization"]["missing"]] == ["day.end"]
    assert answer.status == 200 and answer["action"] == "terminal.day-end"
    result = answer["result"]
    assert result["amount"] == 1234 and result["receipts"]["administration"][0] == "Kassenschnitt"
    assert [(c["name"], c["count"], c["amount"]) for c in result["cards"]] == [
        ("girocard", 2, 1234)]
    assert box.account("terminal1")["end_of_days"] == 1
    # from now on it can't be cancelled, only given back: its numbers may be another's
    later = anna.sign_on("anna").pay(1000)["id"]
    maria.sign_on("maria")
    refused = maria.cancel(paid)
    assert refused.code == "payment-not-reversible" and "ended since" in refused["detail"]
    assert box.account("terminal1")["reversals"] == []
    assert maria.cancel(later).status == 200
    assert refund(maria, 1000, payment=paid).status == 200


def test_a_locked_terminal_is_freed_by_its_end_of_day(box):
    maria = box.client().sign_on("maria")
    box.person("terminal1 eod needed on")
    assert maria.pay(100)["reason"] == "end-of-day-needed"
    assert terminal(maria, "day-end").status == 200
    assert maria.pay(100).status == 200


def test_the_days_end_has_it_on_its_checklist(box):
    maria = box.client().sign_on("maria", session=False)

    def end_day():
        return maria.post("/v1/tills/1/day/end", key=uuid.uuid4().hex)["result"]

    def begin():
        opened = maria.open_session(0)
        assert opened.status == 200, opened
        return opened["result"]["session"]["id"]

    def close(session):
        for what, body in (("count", {"counted": 0}), ("close", {"withdrawal": 0})):
            answer = maria.post(f"/v1/tills/1/sessions/{session}/{what}", body,
                                key=uuid.uuid4().hex)
            assert answer.status == 200, answer

    session = begin()
    maria.pay(500)
    close(session)
    assert end_day()["checklist"] == {"terminal": {"device": "terminal1", "due": True}}
    assert terminal(maria, "day-end").status == 200
    close(begin())
    assert end_day()["checklist"]["terminal"]["due"] is False


def test_a_lost_end_of_day_is_for_a_person_and_takes_day_end(make_box):
    box = make_box(devices=("terminal1",), sim={"terminal1": "zvt tcp 0 repeat-eod=no"}).up()
    maria = box.client().sign_on("maria")
    maria.pay(100)
    box.person("terminal1 close at 5")
    answer = terminal(maria, "day-end")
    assert answer.status == 504, answer  # this terminal never tells of one
    path = f"/v1/tills/1/operations/{answer['operation']['id']}/settle"
    anna = box.client().sign_on("anna")
    asked = anna.post(path, {"outcome": "ok", "reason": "it is on its slip"})
    assert [m["id"] for m in asked["authorization"]["missing"]] == ["day.end"]
    maria = box.client().sign_on("maria")
    assert maria.post(path, {"outcome": "ok", "reason": "it is on its slip"}).status == 200
    assert maria.pay(200).status == 200


# -- technicians ------------------------------------------------------------------------

def service(client, task, device="terminal1"):
    return client.post(f"/v1/devices/{device}/service", {"task": task})


def test_technicians_have_it_serviced_on_record(box):
    technician = box.client()  # the daemon's own uid
    status = service(technician, "status")
    assert status["result"] == {"code": "00", "text": "Ready", "busy": False}
    diagnosis = service(technician, "diagnosis")
    assert diagnosis["outcome"] == "ok"
    assert diagnosis["result"]["receipts"]["administration"][0] == "Diagnose"
    assert service(technician, "initialise")["outcome"] == "ok"
    assert service(technician, "log-off")["outcome"] == "ok"
    assert not box.account("terminal1")["registered"]
    intents = box.journal(kind="intent")
    assert [i["parameters"]["kind"] for i in intents] == [
        "terminal-status", "terminal-diagnosis", "terminal-initialise", "terminal-log-off"]
    assert all(i["action"] == "device.service" and "operator" not in i for i in intents)
    assert all(i["uid"] == box.client().get("/v1")["uid"] for i in intents)
    # it registers again when it is needed
    assert box.client().sign_on("anna").pay(100).status == 200
    assert service(technician, "status", device="display1").code == "not-supported"
    assert service(technician, "status", device="nothing").code == "not-found"


def test_nobody_else_has_it_serviced(make_box):
    box = make_box(devices=("terminal1",), socket='mode = "0666"').up()
    guest = OtherClient(box, GUEST)
    assert service(guest, "diagnosis").code == "technicians-only"
    assert box.journal(kind="intent") == []


# -- what people see meanwhile ---------------------------------------------------------------

def test_progress_is_told_in_the_shops_language_and_on_its_display(make_box):
    box = make_box(devices=("terminal1", "display1"), sim={"terminal1": "zvt tcp 0 auto=no"},
                   config={"terminal1": 'driver = "zvt-terminal" language = "pl" '
                                        'customer-display = "yes"'}).up()
    events, anna = box.follow(), box.client().sign_on("anna")
    assert anna.request("PUT", "/v1/tills/1/display", {"lines": ["Razem", "12.34"]}).status == 200
    box.street.wait("12.34")
    paying = anna.later(anna.pay, 1234)
    told = events.wait("operation.progress", code="0A")
    assert told["text"] == "Proszę włożyć lub zbliżyć kartę"
    assert told["waits_for"] == "customer" and told["seconds"] >= 0
    box.street.wait("Prosze wlozyc lub")  # as far as the display has letters for it
    box.street.wait("zblizyc karte")
    # what the app shows now waits for its turn
    late = anna.request("PUT", "/v1/tills/1/display", {"lines": ["Danke", "schön"]})
    assert late["deferred"] is True
    for step in ("insert card", "pin", "approve"):
        box.person("terminal1 " + step)
        events.wait("operation.progress")
    box.person("terminal1 remove card")
    assert paying.result(PATIENCE).status == 200
    box.street.wait("Danke")


def test_a_payment_is_called_off_by_a_wish(make_box):
    box = make_box(devices=("terminal1",), sim={"terminal1": "zvt tcp 0 auto=no"}).up()
    events, anna = box.follow(), box.client().sign_on("anna")
    paying = anna.later(anna.pay, 1234)
    told = events.wait("operation.progress")
    assert anna.request("DELETE", "/v1/operations/" + told["operation"]).status == 202
    assert paying.result()["reason"] == "aborted"
    assert box.account("terminal1")["bookings"] == []


# -- tillctl --------------------------------------------------------------------------------

def tillctl(box, *words, stdin=None):
    return subprocess.run(
        [BUILD / "tillctl", *words], text=True, capture_output=True, input=stdin,
        timeout=PATIENCE, env={**os.environ, "TILLD_SOCKET": str(box.socket),
                               "XDG_RUNTIME_DIR": str(box.dir)})


def test_tillctl_does_all_of_it(make_box):
    box = make_box(devices=("terminal1", "printer1")).up()
    signed = tillctl(box, "sign-on", "--till", "1", "--login", "maria", "--password-stdin",
                     stdin=MARIA + "\n")
    assert signed.returncode == 0, signed
    assert tillctl(box, "session", "open", "0").returncode == 0
    paid = tillctl(box, "pay", "12.34", "--authorization", "730415", "--json")
    payment = json.loads(paid.stdout)["id"]
    slips = tillctl(box, "slips", payment)
    assert "-- merchant --\nHändlerbeleg\n" in slips.stdout, slips
    printed = tillctl(box, "slips", "print", payment, "merchant")
    assert printed.stdout.startswith("Done: the slip was printed."), printed
    assert papers(box)[0][0] == "Händlerbeleg"
    assert tillctl(box, "slips", "print", payment, "both").returncode != 0
    again = tillctl(box, "terminal", "receipt")
    assert again.stdout.startswith("Done: the card terminal told its last receipt again.")
    ended = tillctl(box, "terminal", "day-end")
    assert ended.returncode == 0 and "12.34 EUR" in ended.stdout, ended
    given = tillctl(box, "refund", "2.34", "--payment", payment, "--reason", "broken")
    assert given.stdout.startswith("Done: the money was given back."), given
    assert tillctl(box, "refund", "2.34", "--payment", payment).returncode == 64
    status = tillctl(box, "terminal", "service", "terminal1", "status")
    assert "Ready" in status.stdout, status
    for what, words in (("count", ["0"]), ("close", ["0"])):
        assert tillctl(box, "session", what, *words).returncode == 0
    day = tillctl(box, "day", "end", "--terminal")
    assert "the card terminal has ended its day" in day.stdout, day
    assert box.account("terminal1")["end_of_days"] == 2


# -- TLS ------------------------------------------------------------------------------------

class Tunnel:
    """In front of tillsim's terminal: TLS with a certificate of its own, as real ones have."""

    def __init__(self, folder, port):
        self.folder, self.port, self.heard = folder, port, 0
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj", "/CN=terminal",
                        "-keyout", folder / "tls.key", "-out", folder / "tls.pem"],
                       check=True, capture_output=True)
        pem = (folder / "tls.pem").read_text()
        self.pin = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(folder / "tls.pem", folder / "tls.key")
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            plain, _ = self.listener.accept()
            with contextlib.suppress(OSError):  # strangers hang up; so do we
                self.serve(self.context.wrap_socket(plain, server_side=True))

    def serve(self, client):
        with client, socket.create_connection(("127.0.0.1", self.port)) as terminal:
            back = threading.Thread(target=self.pump, args=(terminal, client), daemon=True)
            back.start()
            self.pump(client, terminal)

    def pump(self, source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(4096):
                self.heard += source is not target
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)


def behind_tls(make_box, pin=None):
    box = make_box(devices=("terminal1",))
    box.start_sim()
    tunnel = Tunnel(box.dir, int(box.ports["terminal1"].rsplit(":", 1)[1]))
    box.ports["terminal1"] = tunnel.address
    box.device_options["terminal1"] += f' tls = "sha256:{pin or tunnel.pin}"'
    return box, tunnel


def test_a_payment_over_tls(make_box):
    box, _ = behind_tls(make_box)
    anna = box.up().client().sign_on("anna")
    paid = anna.pay(1234)
    assert paid.status == 200 and len(paid["result"]["receipts"]["customer"]) > 5
    assert box.account("terminal1")["net"] == {"1234": 1}
    assert box.account("terminal1")["violations"] == []


def test_another_certificate_is_told_nothing(make_box):
    box, tunnel = behind_tls(make_box, pin="ab" * 32)
    box.start().set_up()
    events = box.follow()
    while True:
        device = box.client().get("/v1/devices/terminal1").body
        if device.get("reason") == "certificate-wrong":
            break
        events.wait("device")
    assert device["state"] != "ready" and tunnel.heard == 0
    assert box.account("terminal1")["commands"] == 0
    anna = box.client().sign_on("anna")
    assert anna.pay(100).code == "device-not-ready"


def test_tls_to_a_terminal_in_clear(make_box):
    box = make_box(devices=("terminal1",))
    box.start_sim()
    box.device_options["terminal1"] += ' tls = "sha256:' + "ab" * 32 + '"'
    box.start().set_up()
    events = box.follow()
    while box.client().get("/v1/devices/terminal1").body.get("reason") not in (
            "wrong-protocol", "no-answer", "unplugged"):
        events.wait("device")
    assert box.client().sign_on("anna").pay(100).code == "device-not-ready"
    assert box.account("terminal1")["bookings"] == []


# -- what a person settles is settled by the evidence ------------------------------------------

def test_an_unknown_outcome_shows_its_evidence(make_box):
    box = make_box(devices=("terminal1",), sim={"terminal1": "zvt tcp 0 booking=keep"}).up()
    maria = box.client().sign_on("maria")
    maria.pay(100)
    box.person("terminal1 reverse last on")
    first = maria.pay(200)["id"]
    maria.pay(300)
    unknown = maria.cancel(first)  # it cancels the last one
    assert unknown.status == 504, unknown
    evidence = unknown["operation"]["evidence"]
    assert evidence["state"] == "result-ok" and evidence["numbers"]["amount"] == 300
    assert evidence["baseline"]["amount"] == 300
    shown = maria.get("/v1/operations/" + unknown["operation"]["id"])
    assert shown["evidence"] == evidence
    settled = maria.post(f"/v1/tills/1/operations/{shown['id']}/settle",
                         {"outcome": "ok", "reason": "it has a slip"})
    assert settled.status == 200 and "evidence" not in settled.body


def test_a_terminal_of_another_currency_takes_nothing(make_box):
    """Its own is 978 where nothing is said: the till's 7.00 PLN are not 7.00 EUR there."""
    zlotys = policy()
    zlotys["tills"][0]["currency"] = "PLN"
    box = make_box(devices=("terminal1",)).up(zlotys)
    anna = box.client().sign_on("anna")
    refused = anna.pay(700)
    assert (refused.status, refused.code, refused["reason"]) == \
        (503, "device-not-ready", "currency-differs")
    assert "another currency" in refused["detail"]
    assert box.account("terminal1")["bookings"] == []
