# SPDX-License-Identifier: Apache-2.0
"""The tour's third part: sessions, business days and cash. A sign-on ends the one before, of
whomever, so each part signs on whoever does the next thing.
"""
import shutil
import uuid

from box import MARIA, PIOTR
from tour import MARIAS_WORD, NOTHING, OLGAS_WORD, display, look_back, people, until

BEAS_WORD = {"login": "bea", "password": "bea-keeps-to-herself"}
# What is about a session, and what is not: the end of the path, and a body.
CHANGES = {"closing": {}, "count": {"counted": 0}, "close": {"withdrawal": 0}, "lock": {},
           "unlock": {}, "hand-over": {"to": "maria"}}
OTHERS = {"sessions": {"counted": 77}, "day/end": {"report": True},
          "cash": {"direction": "out", "amount": 5, "reason": "bread", "reference": "no. 2"},
          "declared": {"kind": "refund", "amount": 5, "reference": "no. 3"}}


def shop():
    """Bea keeps to her own sessions; Piotr may not work at the second till; the drawer opens
    whenever it can."""
    document = people()
    document["groups"][2]["permissions"].append("refund.validate")
    document["groups"][-1]["rights"] = {"receipt": ["read", "add"]}  # may use force, and no more
    document["operators"].append({"name": "Bea", "groups": ["cashiers"], "restricted": True,
                                  "view_tills": [], "access_tills": ["1", "2"],
                                  "no_foreign_session": True, "single_session": True,
                                  **BEAS_WORD})
    document["operators"][1].update(restricted=True, view_tills=["1", "2"], access_tills=["1"])
    document["tills"][0].update(
        drawer={"opens_on": ["session_open", "session_close", "day_end"], "deposit_from": 0,
                "withdrawal_from": 0},
        limits={"maximum": 100000}, day_end_includes_report=True)
    return document


def on(box, who="maria", till="1"):
    words = {"olga": OLGAS_WORD, "bea": BEAS_WORD}.get(who, {})
    return box.client().sign_on(who, words.get("password"), till=till, session=False)


def at(client):
    """The open session's id."""
    return client.get("/v1/tills/1/session").body.get("session", {}).get("id", NOTHING)


def do(client, what, body=None, till="1", session=None, **options):
    """Any of CHANGES, OTHERS, and what is only looked at."""
    base = f"/v1/tills/{till}"
    session = session or (at(client) if client.token and till == "1" else NOTHING)
    if what == "balance":
        return client.get(f"{base}/balance", **options)
    if what == "report":
        return client.get(f"{base}/sessions/{session}", **options)
    options.setdefault("key", uuid.uuid4().hex)
    if what in CHANGES:
        path, usual = f"{base}/sessions/{session}/{what}", CHANGES[what]
    else:
        path, usual = f"{base}/{what}", OTHERS[what]
    return client.post(path, usual if body is None else body, **options)


def expect(answer, code=None):
    assert answer.code == code, answer
    return answer


def consented(client, what, body=None):
    key = uuid.uuid4().hex
    question = expect(do(client, what, body, key=key), "authorization-required")
    client.approve(question["authorization"]["id"])
    return expect(do(client, what, body, key=key))


# -- one part after the other ---------------------------------------------------

def strangers(box):
    stranger, able = box.client(), on(box)
    stranger.get("/v1/tills/1/session")
    stranger.get("/v1/tills/1/sessions")
    for what in (*CHANGES, *OTHERS, "balance", "report"):
        expect(do(stranger, what), "sign-on-required")
        expect(do(able, what, till="nowhere"), "not-found")
        if what not in ("balance", "report"):
            expect(do(able, what, key=None), "key-missing")
    box.client().post("/v1/sign-ons", {"till": "2", "login": "piotr", "password": PIOTR})


def nothing_open(box):
    able = on(box)
    able.get("/v1/tills/1/session")
    for what in CHANGES:
        expect(do(able, what), "session-closed")
    for what in ("cash", "declared"):
        expect(do(able, what), "session-needed")
    expect(able.pay(1), "session-needed")
    for method in ("PUT", "DELETE"):
        expect(display(able, method), "session-needed")
    expect(do(able, "day/end", {}), "day-not-open")


def waits(box, what, setting):
    """A request waits for a consent that is denied, then for one that is withdrawn."""
    for end in ("deny", "withdraw"):
        events, asker = box.follow(), on(box, "olga")
        asking = asker.later(do, asker, what, wait=20)
        question = "/v1/authorizations/" + events.wait("refused")["authorization"]
        if end == "deny":
            setting["seen"] = on(box, till="2").get(question)["figures"] if what == "close" else 0
            asker.post(question + "/deny", MARIAS_WORD)
        else:
            asker.request("DELETE", question)
        assert asking.result().status == 410
        events.close()


def in_the_way(box, code, who, but=()):
    """Whatever the state of the session is in the way of."""
    client = on(box, who)
    for what in (*CHANGES, "day/end", "cash", "declared"):
        if what not in but:
            expect(do(client, what), code)
    expect(client.pay(1), code)
    for method in ("PUT", "DELETE"):
        expect(display(client, method), code)


def a_morning(box):
    asker = on(box, "olga")
    expect(do(asker, "sessions"), "authorization-required")
    waits(box, "sessions", {})
    client = on(box, "anna")
    opened = consented(client, "sessions")
    able = on(box)
    expect(do(able, "sessions", {"counted": 1}), "session-exists")
    bea = on(box, "bea", till="2")
    expect(do(bea, "sessions", {"counted": 0}, till="2"))
    bea = on(box, "bea")
    expect(do(bea, "sessions"), "session-elsewhere")
    client = on(box, "anna")
    client.get("/v1/tills/1")
    expect(event(client, opened["id"]))
    expect(event(client, opened["id"]), "event-unusable")
    expect(event(client, NOTHING), "event-unusable")


def event(client, operation, **options):
    return client.post("/v1/tills/1/drawer/open", {"event": operation}, key=uuid.uuid4().hex,
                       **options)


def somebody_else(box):
    able = on(box)
    deposit = {"direction": "in", "amount": 100, "reason": "change"}
    moved = expect(do(able, "cash", deposit, key="deposit"))
    expect(do(able, "cash", {**deposit, "amount": 101}, key="deposit"), "key-reused")
    in_the_way(box, "session-foreign", "bea")
    expect(event(on(box, "bea"), moved["id"]), "session-foreign")
    locked = expect(do(on(box), "lock", {"force": True}, key="lock"))
    assert locked["result"]["session"]["locked"]
    in_the_way(box, "session-locked", "anna", but=("unlock",))
    anna = on(box, "anna")
    expect(event(anna, moved["id"]), "session-locked")
    expect(do(on(box), "lock", {"reason": "x"}, key="lock"), "key-reused")
    anna = on(box, "anna")
    expect(do(anna, "unlock", key="unlock"))
    expect(do(anna, "unlock", {"reason": "x"}, key="unlock"), "key-reused")
    expect(do(anna, "unlock"), "session-not-locked")


def cash(box):
    anna = on(box, "anna")
    expect(anna.pay(100))
    for method in ("PUT", "DELETE"):
        until(200, display, anna, method)
    for what in ("cash", "declared"):
        expect(do(on(box, "olga"), what), "authorization-required")
        waits(box, what, {})
    consented(on(box, "anna"), "cash")
    able = on(box)
    expect(do(able, "declared", {"kind": "sale", "amount": 150000}, key="sale"))
    expect(do(able, "declared", {"kind": "sale", "amount": 1}, key="sale"), "key-reused")
    for what in ("balance", "report"):
        waits(box, what, {})
        see(on(box, "olga"), what)
        in_advance(box, what)
        expect(do(on(box), what))
    on(box).get("/v1/tills/1/sessions?limit=5")


def see(client, what):
    """By a consent."""
    question = expect(do(client, what), "authorization-required")
    client.approve(question["authorization"]["id"])
    expect(do(client, what))


def in_advance(box, what):
    """By a token, once."""
    action = {"balance": "balance.read", "report": "session.report"}[what]
    given = on(box, till="2").post("/v1/authorizations", {
        "requester": "olga", "till": "1", "action": action, "password": MARIA})
    olga, headers = on(box, "olga"), {"Tilld-Authorization": given["token"]}
    expect(do(olga, what, headers=headers))
    expect(do(olga, what, headers=headers), "authorization-spent")


def an_evening(box):
    anna = on(box, "anna")
    expect(do(anna, "hand-over", {"to": "maria"}, key="give"))
    able = on(box)
    expect(do(able, "hand-over", {"to": "anna"}, key="give"), "key-reused")
    expect(do(able, "unlock"))
    expect(do(able, "close"), "not-counted")
    expect(do(able, "day/end"), "not-counted")
    begun = expect(do(able, "closing", key="closing"))
    expect(do(able, "closing", {"reason": "x"}, key="closing"), "key-reused")
    expect(event(able, begun["id"]))
    for what in ("closing", "hand-over", "cash", "declared"):
        expect(do(able, what), "session-closing")
    expect(able.pay(1), "session-closing")
    for method in ("PUT", "DELETE"):
        expect(display(able, method), "session-closing")
    for number in range(3):
        expect(do(able, "count", {"counted": 200000 + number}, key=f"count-{number}"))
    expect(do(able, "count", {"counted": 1}, key="count-0"), "key-reused")
    expect(do(able, "count"), "count-limit")
    olga = on(box, "olga")
    expect(do(olga, "close", {"withdrawal": 0, "force": True}), "authorization-required")
    usual, CHANGES["close"] = CHANGES["close"], {"withdrawal": 1, "force": True}
    setting = {}
    waits(box, "close", setting)
    CHANGES["close"] = usual
    assert setting["seen"]["counted"] == 200002
    olga = on(box, "olga")
    session = at(olga)
    key = uuid.uuid4().hex
    for _ in range(2):
        answer = do(olga, "close", {"withdrawal": 1, "force": True, "reason": "left"}, key=key,
                    session=session)
        if answer.code:
            olga.approve(answer["authorization"]["id"])
    expect(do(olga, "close", {"withdrawal": 2}, key=key, session=session), "key-reused")
    for who in ("anna", "maria"):
        able = on(box, who)
        expect(do(able, "report", session=session))
        able.get("/v1/tills/1/sessions")
    expect(event(able, begun["id"]), "session-needed")


def a_night(box):
    expect(do(on(box, "olga"), "day/end"), "authorization-required")
    waits(box, "day/end", {})
    able = on(box)
    ended = expect(do(able, "day/end", {"counted": 200001, "withdrawal": 1, "report": True},
                      key="end"))
    expect(do(able, "day/end", {}, key="end"), "key-reused")
    expect(event(able, ended["id"]))
    for _ in range(2):
        able.report("z", event=ended["id"])
    able.report("x", event=ended["id"])
    opened = expect(do(able, "sessions", {"counted": 200000}, key="open"))
    expect(do(able, "sessions", {"counted": 1}, key="open"), "key-reused")
    expect(able.report("z", event=opened["id"]), "event-unusable")
    expect(do(able, "count", {"counted": 0}))
    expect(do(able, "day/end", {"reason": "short of time"}))
    able.get("/v1/tills/1/session")


def a_day(make_box):
    box = make_box(devices=("drawer1", "printer1", "terminal1", "display1")).up(shop())
    box.follow()
    for part in (strangers, nothing_open, a_morning, somebody_else, cash, an_evening, a_night):
        part(box)
    box.journal()


# -- and what goes wrong ------------------------------------------------------------

def nobody_answers(make_box):
    box = make_box(devices=(), settings="consent-seconds = 1").up(shop())
    expect(do(on(box), "sessions", {"counted": 100}))
    await_nobody(box, "cash", "declared", "balance", "report")
    expect(do(on(box), "count", {"counted": 99}))
    usual, CHANGES["close"] = CHANGES["close"], {"withdrawal": 0, "force": True}
    await_nobody(box, "close")
    CHANGES["close"] = usual
    expect(do(on(box), "close"))
    await_nobody(box, "sessions", "day/end")


def await_nobody(box, *asked):
    """Each question's time is over; then there are too many of them."""
    asker = on(box, "olga")
    asking = [asker.later(until, "authorization-expired", do, asker, what, wait=20)
              for what in asked]
    for one in asking:
        one.result()
    # what has no key is the same question again: others have to be too many for it
    for what in asked:
        while do(asker, what).code != "too-many-requests":
            until("too-many-requests", do, asker, asked[0])


def the_past(make_box):
    """Whatever was done after the backup, under its key, is not known any more."""
    box = make_box(devices=(), settings='head-file = "{dir}/head"').start().set_up(shop())
    box.stop()
    shutil.copytree(box.dir / "state", box.dir / "backup")
    box.start()
    able, done = on(box), {}
    for what, body in (("sessions", {"counted": 0}), ("cash", None), ("declared", None),
                       ("lock", None), ("unlock", None), ("hand-over", None), ("unlock", None),
                       ("closing", None), ("count", None), ("close", None), ("day/end", {})):
        if what in done:
            expect(do(able, what, body))
            continue
        if what == "declared":
            body = {"kind": "sale", "amount": 1}
        if what == "cash":
            body = {"direction": "in", "amount": 1, "reason": "x"}
        session = at(able)
        expect(do(able, what, body, key="lost" + what, session=session))
        done[what] = (body, session)
        able = on(box)
    box.stop()
    shutil.rmtree(box.dir / "state")
    shutil.copytree(box.dir / "backup", box.dir / "state")
    box.start()
    able = on(box)
    for what in done:
        expect(do(able, what), "rolled-back")
    able.post("/v1/setup/confirm-rollback", {"reason": "a backup"})
    for what, (body, session) in done.items():
        expect(do(able, what, body, key="lost" + what, session=session), "outcome-lost")


PARTS = (a_day, nobody_answers, the_past)
