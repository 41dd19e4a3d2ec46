# SPDX-License-Identifier: Apache-2.0
"""Ways into the drawer that a cashier might think of, each tried.

Anna may sell, and may not open the drawer. The simulator counts what it did: however she asks,
it opens for nothing but what the till is set to open it for, once, and that is on record. Every
attempt is made at a till as it comes, and at one that opens its drawer whenever it can.

A cancelled receipt is not tried: there are no fiscal receipts yet. Once there are, their row of
drawer.opens_on is to be cheated here: a receipt that is begun and cancelled, and one of 0.01.
"""
import os
import shutil
import time
import uuid

import pytest
from box import ANNA, ANNAS_BADGE, MARIA, MARIAS_BADGE, policy, swipe
from elsewhere import OtherClient

GENEROUS = {"drawer": {"opens_on": ["receipt_cash", "refund_cash", "session_open",
                                    "session_close", "day_end"],
                       "deposit_from": 0, "withdrawal_from": 0}}


def shop(**options):
    """Anna, as in every shop; Zoe has no rights but to end shifts and days, and can't sell."""
    document = policy()
    document["groups"].append({"id": "closers", "name": "Closers", "tills": ["1", "2"],
                               "permissions": ["day.end", "shift.end_difference",
                                               "shift.end_without_withdrawal",
                                               "shift.start_difference"]})
    document["operators"].append({"login": "zoe", "name": "Zoe", "groups": ["closers"],
                                  "password": ANNA})
    for till in document["tills"]:
        till.update(options)
    return document


@pytest.fixture(params=["as it comes", "generous"])
def till(request, make_box):
    """A box, and whether its tills open their drawers whenever they can."""
    box = make_box(devices=("drawer1", "display1", "reader1", "terminal1")).up(
        shop(**(GENEROUS if request.param == "generous" else {})))
    box.generous = request.param == "generous"
    return box


def on(box, who="anna", till="1", **options):
    return box.client(**options).sign_on(who, ANNA if who == "zoe" else None, till=till,
                                         session=False)


def new():
    return uuid.uuid4().hex


def post(client, path, body, **options):
    options.setdefault("key", new())
    return client.post(f"/v1/tills/{client.till}/{path}", body, **options)


def open_for(client, event, **options):
    return post(client, "drawer/open", {"event": event}, **options)


def deposit(client, amount=1):
    return post(client, "cash", {"direction": "in", "amount": amount, "reason": "change"})["id"]


def change(client, what, body=None):
    session = client.get(f"/v1/tills/{client.till}/session")["session"]["id"]
    return post(client, f"sessions/{session}/{what}", body or {})


def openings(box):
    """How often it opened; and each of them has its intent on record."""
    count = box.account("drawer1")["openings"]
    assert count == len([e for e in box.journal(kind="intent") if e["action"] == "drawer.open"])
    return count


def shut(box):
    """If it is open somebody shuts it, so that the next opening is one."""
    try:
        box.person("drawer1 close")
    except AssertionError as error:
        assert "it is closed" in str(error)


# -- asking for it, by hand -----------------------------------------------------------

def test_just_asking(till):
    """Again and again, in every session there is: she is asked for a supervisor each time."""
    anna = on(till)
    for number in range(3):
        assert anna.open_drawer(reason=f"change {number}").code == "authorization-required"
    anna.open_session(0)
    assert anna.open_drawer().code == "authorization-required"
    change(anna, "closing")
    assert anna.open_drawer().code == "authorization-required"
    assert openings(till) == 0 and len(till.journal(kind="refused")) == 5


def test_authorizing_herself(till):
    """With her own password, and her own badge at the reader."""
    anna, events = on(till), till.follow()
    asked = anna.open_drawer()["authorization"]["id"]
    assert anna.approve(asked, "anna").code == "own-authorization"
    anna.post(f"/v1/authorizations/{asked}/arm")
    swipe(till, ANNAS_BADGE, events)
    events.wait("authorization.not-taken", why="own-authorization")
    assert openings(till) == 0


def test_a_reason_that_is_an_event_and_an_event_that_is_a_reason(till):
    """Both fields, neither, and the one in place of the other."""
    anna = on(till)
    anna.open_session(0)
    event = deposit(anna)
    for body in ({"reason": "change", "event": event}, {}, {"reason": event, "event": "x"},
                 {"reason": "change", "permission": "drawer.open"}):
        assert post(anna, "drawer/open", body).code == "bad-body"
    assert anna.open_drawer(reason=event).code == "authorization-required"
    assert openings(till) == 0


# -- events that cost nothing ------------------------------------------------------------

def test_a_deposit_of_a_cent(till):
    """0.01 into the drawer opens it only where the site says so from nothing up; each cent opens
    it once, and stands in the book."""
    anna = on(till)
    anna.open_session(0)
    for number in range(3):
        event = deposit(anna)
        assert open_for(anna, event).status == (200 if till.generous else 409)
        shut(till)
        assert open_for(anna, event).code == "event-unusable"
    assert openings(till) == (3 if till.generous else 0)
    assert len(till.journal(kind="cash.in")) == 3


def test_one_deposit_for_many_openings(till):
    """Under other keys, all at once, and after a restart."""
    anna = on(till)
    anna.open_session(0)
    event = deposit(anna, 50000)
    tries = [anna.later(open_for, anna, event) for _ in range(8)]
    assert sum(t.result().status == 200 for t in tries) == till.generous
    shut(till)
    till.stop()
    till.start().wait_ready("drawer1")
    assert open_for(anna, event).code == "event-unusable"
    assert openings(till) == till.generous


def test_taking_a_deposit_back(till):
    """In and out again to open it twice for nothing: out takes a supervisor."""
    anna = on(till)
    anna.open_session(0)
    deposit(anna)
    out = post(anna, "cash", {"direction": "out", "amount": 1, "reason": "change"})
    assert out.code == "authorization-required"
    assert open_for(anna, out["authorization"]["id"]).code == "event-unusable"
    assert openings(till) == 0


def test_sessions_opened_and_closed_over_and_over(till):
    """An empty till asks for nothing at either end. Where that opens the drawer it is one session
    an opening, each on record with her name."""
    anna = on(till)
    for _ in range(2):
        for event in (anna.open_session(0), change(anna, "closing")):
            assert open_for(anna, event["id"]).status == (200 if till.generous else 409)
            shut(till)
        change(anna, "count", {"counted": 0})
        assert change(anna, "close", {"withdrawal": 0}).status == 200
    assert openings(till) == (4 if till.generous else 0)
    assert len(till.journal(kind="session.close")) == 2


def test_repeated_counts(till):
    """A recount does not open it, nor does beginning to close again."""
    anna = on(till)
    anna.open_session(0)
    begun = change(anna, "closing")["id"]
    assert open_for(anna, begun).status == (200 if till.generous else 409)
    for counted in (1, 2, 3):
        event = change(anna, "count", {"counted": counted})["id"]
        assert open_for(anna, event).code == "event-unusable"
    assert change(anna, "count", {"counted": 4}).code == "count-limit"
    assert change(anna, "closing").code == "session-closing"
    assert open_for(anna, begun).code == "event-unusable"
    assert openings(till) == till.generous


def test_ends_of_a_day(till):
    """Who may end days opens it once a day; a day takes a session to begin."""
    zoe = on(till, "zoe")
    for _ in range(2):
        assert post(zoe, "day/end", {}).code == "day-not-open"
        zoe.open_session(0)
        change(zoe, "count", {"counted": 0})
        event = post(zoe, "day/end", {})["id"]
        assert open_for(zoe, event).status == (200 if till.generous else 409)
        shut(till)
        assert open_for(zoe, event).code == "event-unusable"
    assert openings(till) == (2 if till.generous else 0)


# -- things that are no events -------------------------------------------------------------

def test_a_declared_sale(till):
    """What only the app says was sold opens nothing, whatever it comes to."""
    anna = on(till)
    anna.open_session(0)
    for amount in (1, 999999):
        event = post(anna, "declared", {"kind": "sale", "amount": amount})["id"]
        assert open_for(anna, event).code == "event-unusable"
    assert openings(till) == 0


def test_other_things_that_were_done(till):
    """A card payment, a lock, a question of the app's, an opening before, an authorization."""
    anna = on(till)
    anna.open_session(0)
    maria = on(till, "maria")
    asked = post(maria, "check", {"action": "drawer.open"})
    opened = maria.open_drawer()
    shut(till)
    anna = on(till)
    paid = anna.pay(100)
    question = anna.open_drawer()["authorization"]["id"]
    for event in (paid["id"], asked["id"], opened["id"], question, "nothing", "1", new()):
        assert open_for(anna, event).code == "event-unusable"
    change(anna, "lock")
    anna = on(till)
    unlocked = change(anna, "unlock")["id"]
    assert open_for(anna, unlocked).code == "event-unusable"
    assert openings(till) == 1  # Maria's


def test_an_event_of_the_other_till(till):
    """What happens at one till opens nothing at another."""
    anna = on(till, till="2")
    events = [anna.open_session(0)["id"], deposit(anna)]
    anna = on(till)
    anna.open_session(0)
    for event in events:
        assert open_for(anna, event).code == "event-unusable"
    assert openings(till) == 0


def test_a_report_as_an_event_and_an_event_as_a_report(till):
    """The event of a drawer prints nothing, and that of a report opens nothing."""
    anna = on(till)
    event = anna.open_session(0)["id"]
    for kind in ("x", "periodic", "z"):
        body = {"kind": kind, "event": event}
        assert post(anna, "reports", body).code in ("bad-body", "event-unusable",
                                                    "no-such-device")
    assert openings(till) == 0


# -- waiting for a better moment -------------------------------------------------------------

def test_an_event_from_before_the_lock(till):
    """While she is away nobody opens it for what she did, and nobody else after."""
    anna = on(till)
    anna.open_session(0)
    event = deposit(anna)
    change(anna, "lock")
    assert open_for(anna, event).code == "sign-on-required"
    anna = on(till)
    assert open_for(anna, event).code == ("session-locked" if till.generous else "event-unusable")
    change(anna, "unlock")
    assert open_for(anna, event).status == (200 if till.generous else 409)
    assert openings(till) == till.generous


def test_an_event_saved_up_until_the_session_is_over(till):
    """A deposit of the morning opens nothing in the evening, nor in the next session's name."""
    anna = on(till)
    anna.open_session(0)
    event = deposit(anna, 300)
    change(anna, "count", {"counted": 300})
    maria = on(till, "maria")
    change(maria, "close", {"withdrawal": 300, "force": True})
    anna = on(till)
    assert open_for(anna, event).code == ("session-needed" if till.generous else "event-unusable")
    assert openings(till) == 0


def test_a_drawer_that_was_out_of_paper_when_it_should_have_opened(till):
    """Nothing happened then, so the event is good for one more try, and not for two."""
    anna = on(till)
    anna.open_session(0)
    event = deposit(anna)
    till.person("drawer1 unplug")
    codes = set()
    while "device-not-ready" not in codes and "event-unusable" not in codes:
        codes.add(open_for(anna, event).code)
    till.person("drawer1 plug")
    till.wait_ready("drawer1")
    if till.generous and None not in codes:
        open_for(anna, event)
        shut(till)
        assert open_for(anna, event).code == "event-unusable"
    assert openings(till) <= till.generous


# -- badges, and consents to something else --------------------------------------------------

def test_a_badge_that_was_meant_for_something_else(till):
    """Maria's badge for a float that differs is no badge for the drawer, now or later."""
    anna, events = on(till), till.follow()
    key = new()
    asking = anna.later(anna.open_session, 700, key=key, wait=20)
    question = events.wait("refused")["authorization"]
    events.wait("reader.armed", authorization=question)
    other = anna.open_drawer()["authorization"]["id"]
    swipe(till, MARIAS_BADGE, events)
    assert asking.result().status == 200
    assert anna.get(f"/v1/authorizations/{other}")["state"] == "pending"
    assert anna.open_drawer().code == "authorization-required"
    assert anna.get(f"/v1/authorizations/{question}")["state"] == "spent"
    assert openings(till) == 0


def test_a_consent_to_the_app_s_own_question(till):
    """"May she open the drawer?", asked as a question of the app's, is no consent to open it."""
    anna = on(till)
    key = new()
    question = {"action": "drawer.open", "detail": "change"}
    asked = post(anna, "check", question, key=key)["authorization"]["id"]
    anna.approve(asked)
    assert anna.open_drawer(key=key).code == "authorization-required"
    assert post(anna, "check", question, key=key).status == 200
    assert anna.open_drawer().code == "authorization-required"
    assert anna.open_drawer(key=key).code == "key-reused"
    assert openings(till) == 0


def test_a_consent_for_one_reason_and_an_opening_for_another(till):
    """It is bound to the words that Maria saw, to the key, and to once."""
    anna = on(till)
    key = new()
    anna.approve(anna.open_drawer(key=key, reason="change")["authorization"]["id"])
    assert anna.open_drawer(key=key, reason="something else").code == "authorization-required"
    assert anna.open_drawer(key=key, reason="change").status == 200
    shut(till)
    assert anna.open_drawer(key=key, reason="change").status == 200  # the same one: no pulse
    assert anna.open_drawer(reason="change").code == "authorization-required"
    assert openings(till) == 1


def test_a_consent_from_before_the_session_was_changed(till):
    """What was consented to in one session is not spent in the next."""
    anna = on(till)
    anna.open_session(0)
    key = new()
    anna.approve(anna.open_drawer(key=key)["authorization"]["id"])
    change(anna, "count", {"counted": 0})
    change(anna, "close", {"withdrawal": 0})
    anna.open_session(0)
    assert anna.open_drawer(key=key).code == "authorization-required"
    assert openings(till) == 0


def test_somebody_elses_sign_on(till):
    """Maria's token is good at her till, for her app's uid, until she is signed off; and a lock
    signs her off as well."""
    maria = on(till, "maria")
    maria.open_session(0)
    anna = till.client(token=maria.token, till="2")
    assert anna.open_drawer().code == "sign-on-required"
    change(maria, "lock")
    assert till.client(token=maria.token).open_drawer().code == "sign-on-required"
    assert openings(till) == 0


# -- a second app on the box -----------------------------------------------------------------

@pytest.mark.skipif(os.getuid() != 0, reason="needs another uid")
def test_a_second_app_on_the_box(make_box):
    """A program of her own: it acts for no till, so nothing exists for it; and one that acts for
    the till has no more rights than she has, and no second opening for the same event."""
    document = shop(**GENEROUS)
    document["tills"][0]["clients"] = {"users": [os.getuid(), 65534]}
    box = make_box(devices=("drawer1",), socket='mode = "0666"').up(document)
    anna = on(box)
    anna.open_session(0)
    event = deposit(anna)
    stranger = OtherClient(box, uid=65533, token=anna.token)
    assert open_for(stranger, event).code == "not-found"
    assert stranger.post("/v1/sign-ons", {"till": "1", "login": "anna",
                                          "password": ANNA}).code == "not-found"
    second = OtherClient(box, token=anna.token)
    assert open_for(second, event).code == "sign-on-required"
    second.sign_on("anna", session=False)
    assert second.open_drawer().code == "authorization-required"
    key = new()
    assert open_for(anna, event, key=key).status == 200
    shut(box)
    assert open_for(second, event, key=key).code == "event-unusable"
    assert openings(box) == 1


# -- records that come back from the past ------------------------------------------------------

@pytest.mark.parametrize("options", [{}, GENEROUS], ids=["as it comes", "generous"])
def test_a_backup_that_is_put_back(make_box, options):
    """To have the same deposit open the drawer twice: a database from before the opening does not
    know of it, but what it knows of is over, and old keys are known to be lost."""
    box = make_box(devices=("drawer1",), settings='head-file = "{dir}/head"').up(shop(**options))
    anna = on(box)
    anna.open_session(0)
    event, key = deposit(anna), new()
    box.stop()
    shutil.copytree(box.dir / "state", box.dir / "backup")
    box.start().wait_ready("drawer1")
    opened = open_for(anna, event, key=key)
    assert opened.status == (200 if options else 409)
    shut(box)
    deposit(anna)  # so that there is something to be missed in either case
    box.stop()
    shutil.rmtree(box.dir / "state")
    shutil.copytree(box.dir / "backup", box.dir / "state")
    box.start().wait_ready("drawer1")
    assert open_for(anna, event).code == "rolled-back"
    box.client().post("/v1/setup/confirm-rollback", {"reason": "the disk broke"})
    assert open_for(anna, event).code == "event-unusable"
    again = open_for(anna, event, key=key)
    assert again.code == ("outcome-lost" if options else "event-unusable")
    assert box.account("drawer1")["openings"] == (1 if options else 0)


def test_pulling_the_plug_after_an_opening(till):
    """The record of it was there before the drawer moved."""
    anna = on(till)
    anna.open_session(0)
    event, key = deposit(anna), new()
    first = open_for(anna, event, key=key).status
    shut(till)
    till.kill()
    till.start().wait_ready("drawer1")
    assert open_for(anna, event, key=key).status == first
    assert open_for(anna, event).code == "event-unusable"
    assert openings(till) == till.generous


def test_pulling_the_plug_while_it_opens(till):
    """Killed at any moment of it, and asked again under other keys: it opens once at most."""
    anna = on(till)
    anna.open_session(0)
    event = deposit(anna)
    for delay in (0, 0.002, 0.01, 0.05):
        later = anna.later(open_for, anna, event)
        time.sleep(delay)  # wherever that is, nothing below depends on it
        till.kill()
        till.start().wait_ready("drawer1")
        later.thread.join()
        shut(till)
    open_for(anna, event)
    assert till.account("drawer1")["openings"] <= till.generous


# -- guessing ---------------------------------------------------------------------------------

def test_guessing_a_supervisor_s_password(till):
    """Guessing Maria's password at the till gets slower with each try."""
    anna = on(till)
    asked = anna.open_drawer()["authorization"]["id"]
    codes = [anna.approve(asked, "maria", f"guess {n}").code for n in range(6)]
    assert codes[0] == "wrong-credentials" and codes[-1] == "slow-down"
    assert openings(till) == 0
    assert MARIA not in str(till.journal())
