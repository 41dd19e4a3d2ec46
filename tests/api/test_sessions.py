# SPDX-License-Identifier: Apache-2.0
"""Shifts, days and cash, as a shop lives with them: the real daemon, killed now and then.

What is decided, and how often what may be tried, is tests/unit/test_core_session.c and
test_core_blind.c; here is what an app sees of it.
"""
import os
import uuid

import pytest
from box import PIOTR, policy
from elsewhere import OtherClient
from tour import until

BEA = "bea-keeps-to-herself"
CARL = "carl-knows-one-till"


def shop(**options):
    """Bea keeps to her own sessions, of which she may have one; Carl knows the first till alone;
    Dora sees both and works at the second."""
    document = policy()
    restricted = {"groups": ["cashiers"], "restricted": True}
    document["operators"] += [
        {"login": "bea", "name": "Bea", "view_tills": ["1", "2"], "access_tills": ["1", "2"],
         "no_foreign_session": True, "single_session": True, "password": BEA, **restricted},
        {"login": "carl", "name": "Carl", "view_tills": [], "access_tills": ["1"],
         "password": CARL, **restricted},
        {"login": "dora", "name": "Dora", "view_tills": ["1"], "access_tills": ["2"],
         "password": CARL, **restricted},
        {"login": "lena", "name": "Lena", "groups": ["cashiers"], "restricted": False,
         "view_tills": [], "access_tills": [], "no_foreign_session": True,
         "single_session": True, "password": CARL},
    ]
    document["tills"][0].update(options)
    return document


def on(box, who="maria", till="1"):
    return box.client().sign_on(who, {"bea": BEA, "carl": CARL, "dora": CARL, "lena": CARL}.get(who),
                                till=till, session=False)


def new():
    return uuid.uuid4().hex


def current(client):
    return client.get(f"/v1/tills/{client.till}/session").body.get("session")


def change(client, what, body=None, key=None, **options):
    return client.post(f"/v1/tills/{client.till}/sessions/{current(client)['id']}/{what}",
                       body or {}, key=key or new(), **options)


def cash(client, direction, amount):
    return client.post(f"/v1/tills/{client.till}/cash",
                       {"direction": direction, "amount": amount, "reason": "change"}, key=new())


def end_day(client, **body):
    return client.post(f"/v1/tills/{client.till}/day/end", body, key=new())


def shown(client, *lines):
    return client.request("PUT", f"/v1/tills/{client.till}/display", {"lines": list(lines)})


@pytest.fixture
def shop_box(make_box):
    return make_box(devices=("terminal1", "display1")).up(shop())


# -- a shift ------------------------------------------------------------------------

def test_a_shift_from_float_to_z(make_box):
    """As the API's introduction tells it."""
    box = make_box(devices=("drawer1", "printer1", "terminal1")).up(
        shop(drawer={"opens_on": ["session_close"]}, day_end_includes_report=True))
    maria = on(box)
    session = maria.open_session(15000)["result"]["session"]
    assert session["state"] == "open" and session["owner"]["name"] == "Maria"
    assert maria.pay(1234).status == 200
    assert cash(maria, "out", 500).status == 200
    closing = change(maria, "closing")
    opened = maria.post("/v1/tills/1/drawer/open", {"event": closing["id"]}, key=new())
    assert opened.status == 200 and opened["event"] == closing["id"]
    change(maria, "count", {"counted": 14500})
    closed = change(maria, "close", {"withdrawal": 4500})["result"]["session"]
    assert closed["state"] == "closed" and closed["forced"] is False
    ended = end_day(maria)
    assert ended["result"]["day"]["state"] == "ended"
    z = maria.report("z", event=ended["id"])
    assert z.status in (200, 409) and z.code in (None, "refused-by-device")  # nothing was sold
    assert maria.get("/v1/tills/1/balance")["balance"] == 10000
    report = maria.get(f"/v1/tills/1/sessions/{session['id']}")
    assert report["session"]["float"] == 15000 and report["session"]["withdrawal"] == 4500
    assert report["figures"]["difference"] == 0
    assert report["figures"]["witnessed"]["withdrawal"] == {"entries": 2, "amount": 5000}
    assert report["counters"]["drawer_by_hand"] == 0


def test_a_till_has_one_session_and_days_are_numbered(shop_box):
    maria = on(shop_box)
    first = maria.open_session(0)["result"]
    assert first["day"]["number"] == 1 and maria.open_session(0).code == "session-exists"
    change(maria, "count", {"counted": 0})
    change(maria, "close", {"withdrawal": 0})
    second = maria.open_session(0)["result"]
    assert second["day"] == first["day"]
    change(maria, "count", {"counted": 0})
    assert end_day(maria)["result"]["session"]["id"] == second["session"]["id"]
    assert end_day(maria).code == "day-not-open"
    assert maria.open_session(0)["result"]["day"]["number"] == 2
    listed = maria.get("/v1/tills/1/sessions")["sessions"]
    assert [one["number"] for one in listed] == [3, 2, 1]
    page = maria.get("/v1/tills/1/sessions?limit=1&before=3")["sessions"]
    assert [one["number"] for one in page] == [2]


def test_nothing_is_sold_without_a_session(shop_box):
    anna = on(shop_box, "anna")
    assert anna.pay(100).code == shown(anna, "x").code == "session-needed"
    assert cash(anna, "in", 5).code == "session-needed"
    assert anna.open_session(0).status == 200
    assert anna.pay(100).status == shown(anna, "x").status == 200
    assert len(shop_box.account("terminal1")["bookings"]) == 1


def test_by_hand_a_sign_on_suffices(make_box):
    box = make_box(devices=("drawer1", "terminal1", "printer1")).up(shop())
    maria = on(box)
    maria.open_session(0)
    paid = maria.pay(100)["id"]
    change(maria, "count", {"counted": 0})
    change(maria, "close", {"withdrawal": 0})
    assert maria.open_drawer().status == maria.cancel(paid).status == 200
    assert maria.report("x").status == 200


# -- what is asked for ----------------------------------------------------------------

def test_a_float_that_differs(shop_box):
    anna = on(shop_box, "anna")
    key = new()
    asked = anna.open_session(5000, key=key)
    assert asked.code == "authorization-required"
    assert [m["id"] for m in asked["missing"]] == ["shift.start_difference"]
    assert asked["detail"] == "Anna asks to open a session, 50.00 EUR counted, at Front till."
    anna.approve(asked["authorization"]["id"])
    assert anna.open_session(5000, key=key).status == 200
    assert current(anna)["owner"]["name"] == "Anna"


def test_the_end_of_a_shift(shop_box):
    """A difference, and an end without a withdrawal, ask for each; taking out for its own."""
    anna = on(shop_box, "anna")
    anna.open_session(0)
    cash(anna, "in", 300)
    change(anna, "count", {"counted": 290})
    kept = change(anna, "close", {"withdrawal": 0})
    assert {m["id"] for m in kept["missing"]} == {"shift.end_difference",
                                                  "shift.end_without_withdrawal"}
    taken = change(anna, "close", {"withdrawal": 290})
    assert {m["id"] for m in taken["missing"]} == {"shift.end_difference", "cash_withdrawal.read",
                                                   "cash_withdrawal.add"}
    change(anna, "count", {"counted": 300})
    right = change(anna, "close", {"withdrawal": 0})
    assert [m["id"] for m in right["missing"]] == ["shift.end_without_withdrawal"]
    assert "3.00 EUR counted and 0.00 EUR withdrawn" in right["detail"]


def test_nothing_out_of_nothing_asks_nothing(shop_box):
    anna = on(shop_box, "anna")
    anna.open_session(0)
    change(anna, "count", {"counted": 0})
    assert change(anna, "close", {"withdrawal": 0}).status == 200


def test_the_end_of_a_day(shop_box):
    anna = on(shop_box, "anna")
    anna.open_session(0)
    assert end_day(anna).code == "not-counted"
    change(anna, "count", {"counted": 5})
    asked = end_day(anna, report=True)
    assert {m["id"] for m in asked["missing"]} == {
        "day.end", "report.daily", "shift.end_difference", "shift.end_without_withdrawal"}


def test_documents_of_differences(make_box):
    box = make_box(devices=()).up(shop(document_for_difference="shift"))
    maria = on(box)
    maria.open_session(100)
    [entry] = [e for e in box.journal(kind="session.open")]
    assert entry["blind"]["cash"] == [{"kind": "float", "amount": 100, "document": True}]
    anna = on(box, "anna")
    change(anna, "count", {"counted": 0, "force": True})
    asked = change(anna, "close", {"withdrawal": 0, "force": True})
    assert {m["id"] for m in asked["missing"]} == {
        "shift.end_difference", "cash_withdrawal.read", "cash_withdrawal.add"}


def test_cash_in_and_out(shop_box):
    anna = on(shop_box, "anna")
    anna.open_session(0)
    assert cash(anna, "in", 700).status == 200
    asked = cash(anna, "out", 700)
    assert [m["id"] for m in asked["missing"]] == ["cash_withdrawal.read", "cash_withdrawal.add"]
    maria = on(shop_box)
    assert cash(maria, "out", 200).status == 200
    assert maria.get("/v1/tills/1/balance")["balance"] == 500


def test_limits(make_box):
    box = make_box(devices=()).up(shop(limits={"minimum": 100, "maximum": 1000}))
    anna = on(box, "anna")
    question = anna.open_session(500)
    assert question.code == "authorization-required"
    on(box).open_session(500)
    anna = on(box, "anna")
    assert [m["id"] for m in cash(anna, "in", 501)["missing"]] == ["balance.exceed_limit"]
    assert cash(anna, "in", 500).status == 200
    events = box.follow()
    declared = anna.post("/v1/tills/1/declared", {"kind": "sale", "amount": 1}, key=new())
    assert declared.status == 200 and declared["result"]["declared"] is True
    events.wait("balance.alarm", operation=declared["id"])
    box.follow("?after=0").wait("balance.alarm", operation=declared["id"])
    entry = box.journal(kind="declared")[0]
    assert entry["declared"] is True and entry["blind"]["limits"] == ["maximum"]


# -- counts are blind -------------------------------------------------------------------

def test_who_counts_is_told_nothing_and_who_consents_is(shop_box):
    events = shop_box.follow()
    maria = on(shop_box)
    maria.open_session(7777000)
    anna = on(shop_box, "anna")
    told = [change(anna, "count", {"counted": 7700100, "force": True}),
            change(anna, "close", {"withdrawal": 1, "force": True}),
            anna.get("/v1/tills/1/session"), anna.get("/v1/tills/1/sessions"),
            anna.get("/v1/tills/1"), anna.get(f"/v1/tills/1/sessions/{current(anna)['id']}")]
    question = "/v1/authorizations/" + told[1]["authorization"]["id"]
    told.append(anna.get(question))
    assert anna.get("/v1/tills/1/balance").code == "authorization-required"
    events.wait("refused", action="balance.read")
    everything = " ".join(str(t.body) for t in told) + str(events.seen)
    for figure in ("7777000", "77770.00", "76900", "769.00", "7700099", "blind"):
        assert figure not in everything.replace(told[1]["detail"], ""), figure
    supervisor = on(shop_box, till="2")
    assert supervisor.get(question)["figures"] == {"counted": 7700100, "expected": 7777000,
                                                   "difference": -76900}


def test_three_counts_and_all_of_them_on_record(shop_box):
    maria = on(shop_box)
    maria.open_session(10)
    for counted in (7, 8, 9):
        assert change(maria, "count", {"counted": counted}).status == 200
    assert change(maria, "count", {"counted": 10}).code == "count-limit"
    assert [e["blind"]["counted"] for e in shop_box.journal(kind="session.count")] == [7, 8, 9]


# -- whose session it is -------------------------------------------------------------------

def test_another_ones_session(shop_box):
    """Whoever is restricted to their own keeps out; others use it, and both are on record."""
    on(shop_box, "anna").open_session(0)
    bea = on(shop_box, "bea")
    refused = bea.pay(100)
    assert refused.code == "session-foreign" and "Anna has it open at Front till" in refused["detail"]
    assert refused["session"]["owner"]["name"] == "Anna"
    lena = on(shop_box, "lena")
    assert lena.pay(100).status == 200
    intent = shop_box.journal(kind="intent")[-1]
    assert intent["session_owner"] != intent["operator"]


def test_one_session_at_a_time(shop_box):
    on(shop_box, "bea").open_session(0)
    second = on(shop_box, "bea", till="2").open_session(0)
    assert second.code == "session-elsewhere"
    assert second["session"]["till"] == "1" and "at Front till since 20" in second["detail"]
    assert on(shop_box, "lena", till="2").open_session(0).status == 200
    bea = on(shop_box, "bea")
    change(bea, "count", {"counted": 0})
    change(bea, "close", {"withdrawal": 0})
    lena = on(shop_box, "lena")
    assert lena.open_session(0).status == 200  # her second: the switch is off


def test_what_one_sees_and_where_one_may_work(shop_box):
    words = {"till": "2", "login": "carl", "password": CARL}
    assert shop_box.client().post("/v1/sign-ons", words).code == "not-found"
    words = {"till": "1", "login": "dora", "password": CARL}
    assert shop_box.client().post("/v1/sign-ons", words).code == "till-not-allowed"
    carl, dora = on(shop_box, "carl"), on(shop_box, "dora", till="2")
    for client, tills in ((carl, ["1"]), (dora, ["1", "2"]), (shop_box.client(), ["1", "2"])):
        for path in ("/v1", "/v1/tills"):
            assert [t["id"] for t in client.get(path)["tills"]] == tills
    for path in ("", "/drawer", "/session", "/sessions", "/balance"):
        assert carl.get("/v1/tills/2" + path).code == "not-found"
    assert carl.get("/v1/events?till=2").code == "not-found"
    assert dora.get("/v1/tills/1").status == 200


def test_events_are_of_tills_that_one_sees(shop_box):
    carl = on(shop_box, "carl")
    events = shop_box.follow(headers={"Authorization": "Bearer " + carl.token})
    everything = shop_box.follow()
    on(shop_box, "lena", till="2").open_session(0)
    everything.wait("session.open", till="2")
    carl.open_session(0)
    events.wait("session.open", till="1")
    assert not [e for e in events.seen if e["data"].get("till") == "2"]


def test_devices_of_tills_that_one_does_not_see(make_box):
    box = make_box(devices=("drawer1", "reader1"),
                   tills={"drawer1": '"2"', "reader1": '"1", "2"'}).up(shop())
    carl, maria = on(box, "carl"), on(box, till="2")
    assert [(d["name"], d["tills"]) for d in carl.get("/v1/devices")["devices"]] == \
        [("reader1", ["1"])]
    assert carl.get("/v1/devices/drawer1").code == "not-found"
    assert carl.get("/v1/devices/reader1")["tills"] == ["1"]
    assert {d["name"] for d in maria.get("/v1/devices")["devices"]} == {"drawer1", "reader1"}
    assert maria.get("/v1/devices/reader1")["tills"] == ["1", "2"]


def test_ones_own_session_at_a_till_that_one_sees_no_longer(shop_box):
    on(shop_box, "bea", till="2").open_session(0)
    maria = on(shop_box)
    bea = {k: v for k, v in maria.get("/v1/operators/bea")["operator"].items()
           if k not in ("has_password", "has_pin")}
    bea.update(view_tills=[], access_tills=["1"])
    assert maria.request("PUT", "/v1/operators/bea", bea, key=new()).status == 200
    refused = on(shop_box, "bea").open_session(0)
    assert refused.code == "session-elsewhere"
    assert "session" not in refused.body and "Back till" not in refused.raw.decode()


@pytest.mark.skipif(os.getuid() != 0, reason="needs another uid")
def test_an_operation_of_a_till_that_one_does_not_see(make_box):
    document = shop()
    for till in document["tills"]:
        till["clients"] = {"users": [65534]}
    box = make_box(devices=(), socket='mode = "0666"').up(document)
    lena = OtherClient(box, till="2").sign_on("lena", CARL, session=False)
    operation = "/v1/operations/" + lena.open_session(0)["id"]
    carl = OtherClient(box).sign_on("carl", CARL, session=False)
    assert carl.get(operation).code == "not-found"
    assert lena.get(operation).status == 200


def test_a_manager_is_never_bound(make_box):
    document = shop()
    document["operators"][2].update(restricted=True, view_tills=[], access_tills=[],
                                    no_foreign_session=True, single_session=True)
    box = make_box(devices=("terminal1",)).up(document)
    on(box, "anna").open_session(0)
    maria = on(box)
    assert maria.pay(100).status == 200
    assert on(box, till="2").open_session(0).status == 200
    assert len(on(box).get("/v1/tills")["tills"]) == 2


def test_no_consent_lifts_a_restriction(shop_box):
    """There is nothing to consent to: these refusals come without a question."""
    on(shop_box, "anna").open_session(0)
    bea = on(shop_box, "bea")
    for answer in (bea.pay(5), cash(bea, "in", 5), change(bea, "count", {"counted": 0}),
                   change(bea, "close", {"withdrawal": 0, "force": True}), end_day(bea)):
        assert answer.code == "session-foreign" and "authorization" not in answer.body
    assert not shop_box.journal(kind="refused")


def test_a_forced_close(shop_box):
    on(shop_box, "anna").open_session(0)
    maria = on(shop_box)
    assert change(maria, "count", {"counted": 0}).code == "session-foreign"  # by mistake
    change(maria, "count", {"counted": 0, "force": True, "reason": "went home"})
    closed = change(maria, "close", {"withdrawal": 0, "force": True, "reason": "went home"})
    assert closed["result"]["session"]["forced"] is True
    entry = shop_box.journal(kind="session.close")[0]
    assert entry["forced"] is True and entry["reason"] == "went home"
    assert entry["session_owner"] != entry["operator"]


def test_locked_and_handed_over(shop_box):
    anna = on(shop_box, "anna")
    anna.open_session(0)
    assert change(anna, "lock").status == 200
    assert anna.pay(100).code == "sign-on-required"
    assert on(shop_box, "lena").pay(100).code == "session-locked"
    anna = on(shop_box, "anna")
    assert change(anna, "unlock").status == anna.pay(100).status == 200
    assert change(anna, "hand-over", {"to": "lena"}).status == 200
    assert anna.pay(100).code == "session-locked"
    lena = on(shop_box, "lena")
    assert change(lena, "unlock").status == lena.pay(100).status == 200
    assert current(lena)["owner"]["name"] == "Lena" and current(lena)["opened_by"]["name"] == "Anna"


# -- keys, restarts, and the power ----------------------------------------------------------

def test_each_step_once_for_its_key(shop_box):
    maria = on(shop_box)
    key = new()
    first = maria.open_session(100, key=key)
    again = maria.later(maria.open_session, 100, key=key)
    assert maria.open_session(100, key=key)["id"] == again.result()["id"] == first["id"]
    assert maria.open_session(101, key=key).code == "key-reused"
    shop_box.stop()
    shop_box.start()
    assert maria.open_session(100, key=key)["id"] == first["id"]
    assert len(shop_box.journal(kind="session.open")) == 1


def test_found_as_it_was_left_when_the_power_goes_at_each_step(shop_box):
    maria, key = on(shop_box), new()

    def cut(answer, repeat):
        """The power goes right after; whoever did not hear the answer asks again."""
        assert answer.status == 200, answer
        before = maria.get("/v1/tills/1/session").body
        shop_box.kill()
        shop_box.start()
        assert maria.get("/v1/tills/1/session").body == before
        again = repeat()
        assert again.status == 200 and again["id"] == answer["id"]

    def step(what, body):
        path = f"/v1/tills/1/sessions/{session}/{what}"
        key = new()
        cut(maria.post(path, body, key=key), lambda: maria.post(path, body, key=key))

    cut(maria.open_session(200, key=key), lambda: maria.open_session(200, key=key))
    session = current(maria)["id"]
    key = new()
    body = {"direction": "in", "amount": 50, "reason": "change"}
    cut(maria.post("/v1/tills/1/cash", body, key=key),
        lambda: maria.post("/v1/tills/1/cash", body, key=key))
    step("closing", {})
    step("count", {"counted": 249})
    step("count", {"counted": 250})
    step("close", {"withdrawal": 50})
    assert maria.get("/v1/tills/1/balance")["balance"] == 200
    key = new()
    cut(maria.post("/v1/tills/1/day/end", {}, key=key),
        lambda: maria.post("/v1/tills/1/day/end", {}, key=key))
    assert len(shop_box.journal(kind="session.count")) == 2


def test_the_power_goes_while_a_step_is_taken(shop_box):
    """Then it is taken, or it is not: never half, and never twice."""
    maria = on(shop_box)
    maria.open_session(0)
    for number in range(4):
        key = new()
        body = {"direction": "in", "amount": 1 << number, "reason": "change"}
        sent = maria.later(maria.post, "/v1/tills/1/cash", body, key=key)
        shop_box.kill()
        shop_box.start()
        try:
            sent.result()
        except OSError:
            pass  # nobody heard the answer
        assert maria.post("/v1/tills/1/cash", body, key=key).status == 200
    assert maria.get("/v1/tills/1/balance")["balance"] == 15
    assert len(shop_box.journal(kind="cash.in")) == 4


def test_floats_are_not_found_out_by_pulling_the_plug(shop_box):
    maria = on(shop_box)
    maria.open_session(900)
    change(maria, "count", {"counted": 900})
    change(maria, "close", {"withdrawal": 0})
    anna = on(shop_box, "anna")
    for counted in (1, 2, 3):
        assert anna.open_session(counted).code == "authorization-required"
    shop_box.kill()
    shop_box.start()
    for counted in (899, 900, 901):
        assert anna.open_session(counted).code == "authorization-required"


@pytest.mark.skipif(os.getuid() != 0, reason="needs another uid")
def test_two_apps_at_one_till_open_one_session(make_box):
    document = shop()
    document["tills"][0]["clients"] = {"users": [os.getuid(), 65534]}
    box = make_box(devices=(), socket='mode = "0666"').up(document)
    anna, other = on(box, "anna"), OtherClient(box)
    other.sign_on("lena", CARL, session=False)
    both = [anna.later(anna.open_session, 0), other.later(other.open_session, 0)]
    assert sorted(str(b.result().code) for b in both) == ["None", "session-exists"]
    assert len(box.journal(kind="session.open")) == 1
    # what the one asks for under a key, the other can't ask for
    key = new()
    assert cash_under(anna, key).status == cash_under(other, key).status == 200
    assert len(box.journal(kind="cash.in")) == 2


def cash_under(client, key):
    return client.post("/v1/tills/1/cash", {"direction": "in", "amount": 1, "reason": "x"}, key=key)


def test_piotr_may_authorize_but_not_start(shop_box):
    """Who consents has to hold what is missing, whatever else they may."""
    anna = on(shop_box, "anna")
    asked = anna.open_session(5)
    answer = anna.approve(asked["authorization"]["id"], "piotr", PIOTR)
    assert answer.code == "may-not-authorize"
    assert until(200, anna.approve, asked["authorization"]["id"]).status == 200
