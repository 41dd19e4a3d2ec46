# SPDX-License-Identifier: Apache-2.0
"""A tour through everything that docs/openapi.yaml describes: each part makes
the daemon say all that can be said in some situation. What it says is held
against the description and noted by contract.py as it comes; test_contract.py
asks afterwards what is described and was not seen.
"""
import contextlib
import os
import time
import uuid

from box import (ANNA, ANNAS_BADGE, MARIA, MARIAS_BADGE, MARIAS_PIN, PATIENCE, PIOTRS_BADGE,
                 UnixConnection, exchange, policy, swipe)
from contract import CONTRACT
from elsewhere import OtherClient, first_answer, turned_away

ROOT = os.getuid() == 0
OTHER = 65534
NOTHING = "a" * 26
MARIAS_WORD = {"login": "maria", "password": MARIA}
ANNAS_WORD = {"login": "anna", "password": ANNA}
OLGAS_WORD = {"login": "olga", "password": "olga-is-new-here"}
ACTIONS = {"drawer": "drawer1", "report": "printer1", "payment": "terminal1",
           "cancel": "terminal1"}
EVERYTHING = (*ACTIONS, "check")  # that goes under a key


def people():
    """Olga may do nothing by herself; another uid may act for the tills too."""
    document = policy()
    document["groups"].append({"id": "newcomers", "name": "Newcomers", "tills": ["1", "2"]})
    document["groups"][2]["permissions"].append("price.change")
    document["operators"].append({"name": "Olga", "groups": ["newcomers"], **OLGAS_WORD})
    for till in document["tills"]:
        till["clients"] = {"users": [os.getuid(), OTHER]}
    return document


def olga(box, till="1"):
    return box.client().sign_on("olga", OLGAS_WORD["password"], till=till)


def maria(box):
    return box.client().sign_on("maria")


def act(client, what, payment=NOTHING, till=None, body=None, **options):
    """One of EVERYTHING, with the usual body or another one."""
    path, usual = {
        "drawer": ("drawer/open", {"reason": "change"}),
        "report": ("reports", {"kind": "periodic", "from_number": 1, "to_number": 1}),
        "payment": ("payments", {"amount": 100, "currency": "EUR", "reference": "no. 1"}),
        "cancel": (f"payments/{payment}/cancel", {"reason": "goods returned"}),
        "check": ("check", {"action": "price.change", "detail": "Coffee 250 g", "amount": 499,
                            "reference": "no. 1"}),
    }[what]
    options.setdefault("key", uuid.uuid4().hex)
    return client.post(f"/v1/tills/{till or client.till}/{path}", body or usual, **options)


def display(client, method, till="1"):
    return client.request(method, f"/v1/tills/{till}/display",
                          {"lines": ["one", "two"]} if method == "PUT" else None)


def idle(client, method, till="1"):
    return client.request(method, f"/v1/tills/{till}/display/idle",
                          {"lines": ["one", "two"]} if method == "PUT" else None)


def ask(client, what="drawer", payment=NOTHING, **options):
    """The path of an authorization that is asked for."""
    answer = act(client, what, payment, **options)
    assert answer.code == "authorization-required", answer
    return "/v1/authorizations/" + answer["authorization"]["id"]


def until(wanted, call, *args, **options):
    """Again and again, until it is answered with that status or code."""
    end = time.monotonic() + 10 * PATIENCE
    while True:
        answer = call(*args, **options)
        if wanted in (answer.status, answer.code):
            return answer
        assert time.monotonic() < end, f"never {wanted}: {answer}"


# -- a new box, and what any request may be answered ---------------------------

def mistakes(make_box):
    box = make_box(devices=(), socket='mode = "0666" connections-per-user = 4').start()
    client = box.client()
    client.get("/v1")
    client.get("/v1/tills")
    (box.dir / "keys").write_text("in the way")
    client.post("/v1/setup", {"policy": people()})
    (box.dir / "keys").unlink()
    client.post("/v1/setup", {"policy": {"tills": 5}})
    box.set_up(people())
    client.get("/v1")
    client.post("/v1/setup", {"policy": people()})
    client.post("/v1/setup/confirm-rollback", {"reason": "none"})
    for till in ("nowhere", "1"):
        client.post("/v1/sign-ons", {"till": till, **OLGAS_WORD})
    client.post("/v1/sign-ons", {"till": "2", "login": "maria", "pin": MARIAS_PIN})
    client.post("/v1/sign-ons", raw=b"{")
    client.post("/v1/sign-ons", raw=b" " * 70000)
    client.post("/v1/sign-ons", raw=b"{}", headers={"Content-Type": "text/plain"})
    client.get("/v1?a=b")
    client.get("/v1", headers={"Origin": "http://localhost"})
    client.get("/nothing")
    client.request("PATCH", "/v1")
    client.get("/v1/journal?limit=3&order=newest")
    client.get("/v1/journal/export")
    client.post("/v1/journal/verify")
    client.post("/v1/journal/archive")
    if ROOT:
        other = OtherClient(box, OTHER)
        other.post("/v1/setup", {"policy": {}})
        other.post("/v1/setup/confirm-rollback", {"reason": "none"})
        other.get("/v1/events?till=nowhere")
        for _ in range(2):  # not signed on, then as one who may not
            other.get("/v1/journal")
            other.get("/v1/journal/export")
            other.post("/v1/journal/verify")
            other.get("/v1/journal/segments")
            other.post("/v1/journal/archive")
            other.post("/v1/backup")
            other.sign_on("anna")
        stranger = OtherClient(box, OTHER, token=maria(box).token)
        assert stranger.get("/v1/sign-ons/current").code == "sign-on-required"
        assert "operator" in box.follow("?after=0").wait("wrong-sign-on")
    with contextlib.ExitStack() as stack:
        for _ in range(4):
            idle = stack.enter_context(contextlib.closing(UnixConnection(box.socket, 20)))
            exchange(idle, "GET", "/v1")
        CONTRACT.check("GET", "/v1", turned_away(box))


def too_late(make_box):
    """Half a request, and then nothing."""
    box = make_box(devices=()).start()
    with contextlib.closing(UnixConnection(box.socket, 60 * PATIENCE)) as connection:
        connection.connect()
        connection.sock.sendall(b"GET /v1 HTTP/1.1\r\nHost: tilld\r\n")
        answer = first_answer(connection)
        CONTRACT.check("GET", "/v1", answer)
        assert answer.code == "request-timeout" and not connection.sock.recv(1), answer


def guessing(make_box):
    box = make_box(devices=("drawer1",)).up(people())
    box.follow()
    client = olga(box)
    question = ask(client)
    client.approve(question.rsplit("/", 1)[1], "maria", "wrong")
    paths = ("/v1/sign-ons", question + "/approve", question + "/deny")
    for path in paths:
        body = {"login": "nobody", "password": "x", **({"till": "1"} if "sign" in path else {})}
        tries = [client.later(client.post, path, body) for _ in range(5)]
        assert "too-many-requests" in {t.result().code for t in tries}
        client.sign_on("olga", OLGAS_WORD["password"])  # a right one forgives the wrong ones
    for path in paths:
        until("slow-down", client.post, path, body | ({"till": "1"} if "sign" in path else {}))
    box.journal()


# -- badges, questions and their answers ---------------------------------------

def turns(box):
    """The display is not there, then it is; another till is next at the reader."""
    events, asker, other = box.follow(), olga(box), {"till": "2", "badge": True}
    question = ask(asker)
    box.person("display1 unplug")
    while asker.get("/v1/tills/1")["prompt"] != "not-ready":
        events.wait("device")
    assert asker.post(question + "/arm")["badge_counts"] is False
    events.wait("prompt.not-shown")
    box.person("display1 plug")
    events.wait("prompt.shown")
    assert box.client().post("/v1/sign-ons", other, wait=0).code == "reader-busy"
    waiting = asker.later(act, asker, "drawer", wait=1)
    events.wait("authorization.remark", why="reader-busy")
    assert waiting.result().code == "authorization-required"
    asker.request("DELETE", question)
    events.wait("reader.turn", till="2")
    assert box.client().post("/v1/sign-ons", other, wait=0).code == "badge-timeout"


def badges(box):
    events, client = box.follow(), box.client()
    box.person(f"reader1 badge {ANNAS_BADGE}")  # nobody asked for it
    events.wait("reader.ignored")
    signing = client.later(client.post, "/v1/sign-ons", {"till": "1", "badge": True}, wait=20)
    events.wait("prompt.shown")
    swipe(box, "13005D1DA5")
    events.wait("unknown-badge")
    box.person(f"reader1 badge {ANNAS_BADGE}")
    client.token = signing.result()["token"]
    for _ in range(2):
        client.get("/v1/sign-ons/current")
        client.request("DELETE", "/v1/sign-ons/current")
    client.post("/v1/sign-ons", {"till": "1", "badge": True}, wait=0)

    signing = client.later(client.post, "/v1/sign-ons", {"till": "1", "badge": True}, wait=20)
    events.wait("prompt.shown")
    swipe(box, MARIAS_BADGE)
    client.token = signing.result()["token"]
    assert act(client, "cancel", box.paid)["badge_too_weak"]

    asker = olga(box)  # cancels a payment by Maria's badge and PIN
    question = ask(asker, "cancel", box.paid, key="c")
    asker.post(question + "/arm")
    asker.get(question)
    client.post("/v1/sign-ons", {"till": "1", "badge": True})
    second = ask(asker)
    asker.post(second + "/arm")
    display(asker, "PUT")
    swipe(box, MARIAS_BADGE, events)
    events.wait("authorization.remark")
    asker.post(question + "/pin", {"pin": MARIAS_PIN})
    box.person(f"reader1 badge {PIOTRS_BADGE}")
    events.wait("authorization.not-taken")
    box.person(f"reader1 badge {MARIAS_BADGE}")
    events.wait("authorization.approved")
    assert act(asker, "cancel", box.paid, key="c").status == 200
    act(maria(box), "cancel", box.paid)
    asker = olga(box)
    question = ask(asker)
    asker.post(question + "/arm")
    swipe(box, "0000000001", events)
    for number in range(2, 12):  # faster than any hand: counted, not listed
        box.person(f"reader1 badge 00000000{number:02d}")
    events.wait("reader.ignored", why="badges come too fast; wait a moment")
    asker.request("DELETE", question)
    events.wait("unknown-badges")
    question = ask(asker)
    until(200, asker.post, question + "/arm")
    until("too-many-requests", asker.post, ask(asker, body={"reason": "3"}) + "/arm")
    until("too-many-requests", client.post, "/v1/sign-ons", {"till": "1", "badge": True}, wait=0)
    box.person("reader1 unplug")
    events.wait("reader.disarmed")
    asker.post(question + "/arm")
    client.post("/v1/sign-ons", {"till": "1", "badge": True})


def look_back(client, question):
    """At one that has ended, or that there is none."""
    client.get(question)
    client.request("DELETE", question)
    for way, body in (("arm", {}), ("pin", {"pin": "1"}), ("approve", MARIAS_WORD),
                      ("deny", MARIAS_WORD)):
        client.post(f"{question}/{way}", body)


def questions(box):
    asker, stranger = olga(box), box.client()
    question, later = ask(asker), olga(box)  # signing on again ends what was asked before
    later.request("DELETE", question)
    for way, body in (("arm", {}), ("pin", {"pin": "1"})):
        later.post(f"{question}/{way}", body)
    asker = later
    look_back(asker, "/v1/authorizations/" + NOTHING)
    question = ask(asker)
    stranger.request("DELETE", question)
    for word in ("approve", "deny"):
        asker.post(f"{question}/{word}", OLGAS_WORD)
        asker.post(f"{question}/{word}", ANNAS_WORD)
    for way, body in (("arm", {}), ("pin", {"pin": "1"})):
        stranger.post(f"{question}/{way}", body)
        asker.post(f"{question}/{way}", body)
    asker.post(question + "/approve", MARIAS_WORD)
    asker.post(question + "/deny", MARIAS_WORD)
    look_back(asker, question)
    question = ask(asker)
    asker.request("DELETE", question)
    look_back(asker, question)
    question = ask(asker, key="spent")
    asker.post(question + "/approve", MARIAS_WORD)
    act(asker, "drawer", key="spent")
    look_back(asker, question)


def checks(box):
    """What apps ask for; one of two rights would do for a new sales document."""
    asker = olga(box)
    for till in ("1", "2", "nowhere"):
        asker.get(f"/v1/tills/{till}/can")
    act(asker, "check", body={"action": "no.such.thing"})
    wanted = {"action": "trade_document.new"}
    question = ask(asker, "check", body=wanted, key="check")
    asker.get(question)
    asker.post(question + "/approve", MARIAS_WORD)
    for body in (wanted, wanted, {"action": "correction.new"}):
        act(asker, "check", key="check", body=body)
    act(maria(box), "check")
