# SPDX-License-Identifier: Apache-2.0
"""The daemon is killed between intent and outcome; the device had moved, or not.

After the restart the device is asked, and where it can tell the outcomes
differ. What the simulator's own account says is the truth; the daemon's word
is held against it.
"""
import time

from box import PATIENCE


def outcome_after_restart(box, client, operation):
    box.start().wait_ready()
    for _ in range(3):  # a recovery may need the device for a while
        answer = client.get(f"/v1/operations/{operation}?wait=60")
        if answer.body.get("operation"):
            answer.body = answer["operation"]
        if answer["state"] == "ended":
            return answer.body
    raise AssertionError(answer)


def last(box, kind):
    return [e for e in box.journal() if e["kind"] == kind][-1]


def begin(box, call, *args, **options):
    """Begins an action in the background; returns when its intent is durable."""
    events = box.follow()
    later = box.client().later(call, *args, **options)
    return events, later, events.wait("intent")["operation"]


def drop(later):
    """Whoever waited lost the connection; that is all they know."""
    later.thread.join(PATIENCE)
    assert later.error is not None or later.answer.status >= 500 or later.answer.status == 202


# --- drawer ----------------------------------------------------------------------


def test_drawer_killed_after_the_pulse(make_box):
    box = make_box(devices=("drawer1",)).up()
    maria = box.client().sign_on("maria")
    box.person("drawer1 delay 300")  # the answers that would confirm it
    events, later, operation = begin(box, maria.open_drawer, key="k")
    box.street.wait("springs open")
    box.kill()
    drop(later)
    box.person("drawer1 delay 0")
    ended = outcome_after_restart(box, maria, operation)
    assert ended["outcome"] == "ok", ended
    assert box.account("drawer1")["openings"] == 1
    assert maria.open_drawer(key="k")["id"] == operation  # and never again under that key
    assert box.account("drawer1")["openings"] == 1


def test_drawer_killed_before_the_pulse(make_box):
    box = make_box(devices=("drawer1",)).up()
    maria = box.client().sign_on("maria")
    box.person("drawer1 silence on")
    events, later, operation = begin(box, maria.open_drawer, key="k")
    box.kill()
    drop(later)
    box.person("drawer1 silence off")
    ended = outcome_after_restart(box, maria, operation)
    # closed before and closed now: it may have been opened and shut meanwhile,
    # and an ESC/POS printer keeps no count, so nobody can know
    assert ended["outcome"] == "unknown", ended
    assert box.account("drawer1")["openings"] == 0
    assert last(box, "outcome")["recovered"] is True


# --- fiscal printer -------------------------------------------------------------------


def test_printer_killed_while_the_z_report_is_printed(make_box):
    box = make_box(devices=("printer1",)).up()
    maria = box.client().sign_on("maria")
    box.person("printer1 slow dailyrep 3000")
    events, later, operation = begin(box, maria.report, "z", key="k")
    box.street.wait("RAPORT FISKALNY DOBOWY")
    box.kill()
    drop(later)
    ended = outcome_after_restart(box, maria, operation)
    assert ended["outcome"] == "ok", ended
    assert len(box.account("printer1")["z_reports"]) == 1
    assert maria.report("z", key="k")["id"] == operation
    assert len(box.account("printer1")["z_reports"]) == 1


def test_printer_killed_before_anything_was_sent(make_box):
    box = make_box(devices=("printer1",)).up()
    maria = box.client().sign_on("maria")
    box.person("printer1 silence on")
    events, later, operation = begin(box, maria.report, "z", key="k")
    box.kill()
    drop(later)
    box.person("printer1 silence off")
    ended = outcome_after_restart(box, maria, operation)
    assert ended["outcome"] == "failed", ended
    assert box.account("printer1")["z_reports"] == []


def test_printer_killed_after_a_request_that_never_arrived(make_box):
    box = make_box(devices=("printer1",)).up()
    maria = box.client().sign_on("maria")
    box.person("printer1 lose request dailyrep")
    events, later, operation = begin(box, maria.report, "z", key="k")
    events.wait("evidence", operation=operation)
    box.kill()
    drop(later)
    ended = outcome_after_restart(box, maria, operation)
    assert ended["outcome"] == "failed", ended
    assert box.account("printer1")["z_reports"] == []


# --- card terminal ----------------------------------------------------------------


def test_terminal_killed_after_the_payment_was_booked(make_box):
    box = make_box(devices=("terminal1",), sim={
        "terminal1": "zvt tcp 0 commit=answer booking=keep receipt-lines=40"}).up()
    anna = box.client().sign_on("anna")
    events, later, operation = begin(box, anna.pay, 4711, key="k")
    # baseline and result are saved before the result is acknowledged, and the
    # acknowledgement is the commit vote (docs/protocols.md 8.1)
    events.wait("evidence", operation=operation)
    events.wait("evidence", operation=operation)
    wait_for(lambda: box.account("terminal1")["bookings"])
    box.kill()
    later.thread.join(PATIENCE)
    ended = outcome_after_restart(box, anna, operation)
    assert ended["outcome"] == "ok" and ended["result"]["amount"] == 4711, ended
    again = anna.pay(4711, key="k")
    assert again["id"] == operation
    assert box.account("terminal1")["net"]["4711"] == 1
    assert len(box.account("terminal1")["bookings"]) == 1


def wait_for(condition):
    """For what nobody tells of: asks the simulator's account again."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never came"


def box_with_slow_customer(make_box):
    box = make_box(devices=("terminal1",), sim={"terminal1": "zvt tcp 0 auto=no"}).up()
    return box, box.client().sign_on("anna")


def pay_by_hand(box, client, amount):
    events = box.follow()
    paying = client.later(client.pay, amount)
    events.wait("operation.progress")
    for command in ("insert card", "pin", "approve", "remove card"):
        box.person(f"terminal1 {command}")
    return paying.result()


def test_terminal_killed_while_the_customer_hesitates(make_box):
    box, anna = box_with_slow_customer(make_box)
    assert pay_by_hand(box, anna, 100)["outcome"] == "ok"
    events, later, operation = begin(box, anna.pay, 4711, key="k")
    events.wait("operation.progress")
    box.kill()
    drop(later)  # the terminal sees the connection go, and gives up
    ended = outcome_after_restart(box, anna, operation)
    assert ended["outcome"] == "failed", ended
    assert [b["amount"] for b in box.account("terminal1")["bookings"]] == [100]
    # known to be nothing: the terminal takes money again
    assert pay_by_hand(box, anna, 200)["outcome"] == "ok"


def test_terminal_killed_before_anything_was_sent(make_box):
    box = make_box(devices=("terminal1",)).up()
    anna = box.client().sign_on("anna")
    box.person("terminal1 silence on")
    events, later, operation = begin(box, anna.pay, 4711, key="k")
    box.kill()
    drop(later)
    box.person("terminal1 silence off")
    ended = outcome_after_restart(box, anna, operation)
    assert ended["outcome"] == "failed", ended
    assert box.account("terminal1")["bookings"] == []


def test_an_unknown_payment_holds_the_terminal_until_a_person_settles_it(make_box):
    box, anna = box_with_slow_customer(make_box)
    events, later, operation = begin(box, anna.pay, 4711, key="k")
    events.wait("operation.progress")
    box.kill()
    drop(later)
    # this terminal never had a transaction before, so it has nothing to compare
    # with: docs/protocols.md 8.5 R4, never guess
    ended = outcome_after_restart(box, anna, operation)
    assert ended["outcome"] == "unknown", ended
    held = anna.pay(100)
    assert held.code == "outcome-open" and held["operation_id"] == operation, held
    box.stop()
    box.start().wait_ready()
    assert anna.pay(100).code == "outcome-open"  # after a restart, too
    settle = f"/v1/tills/1/operations/{operation}/settle"
    body = {"outcome": "failed", "reason": "no slip, no booking in the terminal's journal"}
    refused = anna.post(settle, body)
    assert refused.code == "authorization-required"
    assert [m["id"] for m in refused["missing"]] == ["payment.accept_unvalidated"]
    assert anna.approve(refused["authorization"]["id"], "piotr").code == "may-not-authorize"
    assert anna.approve(refused["authorization"]["id"]).status == 200
    # a consent to "failed" is none to "ok"
    assert anna.post(settle, {**body, "outcome": "ok"}).code == "authorization-required"
    settled = anna.post(settle, body)
    assert settled["outcome"] == "failed" and settled["reason"] == "settled"
    assert anna.post(settle, body).code == "operation-ended"
    assert last(box, "settled")["approver"]
    assert pay_by_hand(box, anna, 100)["outcome"] == "ok"


# --- all of them --------------------------------------------------------------------------


def test_the_journal_is_sound_after_a_kill(make_box):
    box = make_box(devices=("drawer1",)).up()
    maria = box.client().sign_on("maria")
    for _ in range(3):
        assert maria.open_drawer().status == 200
        box.person("drawer1 close")
        box.kill()
        box.start().wait_ready()
    assert maria.post("/v1/journal/verify")["sound"] is True
    assert box.account("drawer1")["openings"] == 3


