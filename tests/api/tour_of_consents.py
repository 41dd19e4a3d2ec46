# SPDX-License-Identifier: Apache-2.0
"""The tour's part about consents in advance and from elsewhere, about the lists of
sign-ons, and about wrong tries."""

from box import ANNA, MARIA, MARIAS_BADGE, MARIAS_PIN, PIOTR, swipe
from elsewhere import OtherClient
from tour import (MARIAS_WORD, NOTHING, OLGAS_WORD, OTHER, ROOT, act, ask, maria, olga, people,
                  until)

FOR_OLGA = {"requester": "olga", "till": "1", "action": "drawer.open"}


def give(supervisor, password=MARIA, **what):
    return supervisor.post("/v1/authorizations", {**FOR_OLGA, "password": password, **what})


def with_token(token):
    return {"Tilld-Authorization": token}


def every_action(box, client, token):
    """The same token with each of them."""
    headers = with_token(token)
    for what in ("drawer", "report", "payment", "cancel"):
        act(client, what, box.paid, headers=headers)


def tokens(make_box):
    box = make_box(socket='mode = "0666"').up(people())
    events, able = box.follow(), maria(box)
    box.paid = act(able, "payment")["id"]
    asker = olga(box)
    able = maria_again(box)
    given = give(able, amount=500, reason="stocktaking", minutes=30)
    able.get("/v1/tokens")
    spent = act(asker, "drawer", headers=with_token(given["token"]))
    assert spent.status == 200, spent
    events.wait("intent", how="token")
    assert act(asker, "drawer", headers=with_token(given["token"])).code == "authorization-spent"
    able.request("DELETE", f"/v1/tokens/{given['id']}")
    revoked = give(able)
    for _ in range(2):
        able.request("DELETE", f"/v1/tokens/{revoked['id']}")
    assert events.wait("token.revoked")["by_name"] == "Maria"
    able.request("DELETE", f"/v1/tokens/{NOTHING}")
    for_cancel = give(able, action="payment.cancel", amount=500)["token"]
    assert act(asker, "drawer", headers=with_token(for_cancel)).code == "authorization-mismatch"
    assert act(asker, "drawer", headers=with_token(NOTHING)).code == "authorization-not-found"
    assert act(asker, "drawer", headers=with_token(revoked["token"])).code == \
        "authorization-withdrawn"
    assert act(asker, "drawer", headers=with_token("x")).code == "slow-down"
    for client in (box.client(), able):
        client.get("/v1/guesses")
    listed = able.get("/v1/guesses")["guesses"]
    subject = next(g["subject"] for g in listed if g["kind"] == "token")
    assert able.request("DELETE", f"/v1/guesses/{subject}").status == 204
    able.request("DELETE", f"/v1/guesses/{subject}")
    events.wait("guesses.cleared", of="token")
    elsewhere(box, able, given)
    void(box, able, events)
    box.journal()


def maria_again(box):
    """From another till, so that olga's sign-on at the first stays."""
    return box.client().sign_on("maria", till="2")


def elsewhere(box, able, given):
    """Those who may give nothing, or not by what they say."""
    stranger = box.client()
    for body in ({}, {"requester": "nobody"}, {"till": "nowhere"}, {"requester": "maria"},
                 {"password": "wrong"}, {"action": "operation.settle"}):
        give(able, **body)
    able.post("/v1/authorizations", {**FOR_OLGA, "pin": MARIAS_PIN})
    give(stranger)
    stranger.get("/v1/tokens")
    stranger.request("DELETE", f"/v1/tokens/{given['id']}")
    stranger.get("/v1/authorizations")
    give(box.client().sign_on("anna", till="2"), password=ANNA)


def void(box, able, events):
    """What ends with a sign-on; whose it is not; too many of them, and of tries."""
    able = maria_again(box)
    asker = olga(box)
    mine = give(able, requester="anna")
    assert act(asker, "drawer", headers=with_token(mine["token"])).code == \
        "authorization-not-yours"
    doomed = give(able)
    asker.request("DELETE", "/v1/sign-ons/current")
    events.wait("token.void", why="signed-off")
    able.request("DELETE", f"/v1/tokens/{doomed['id']}")
    asker = olga(box)
    assert act(asker, "drawer", headers=with_token(doomed["token"])).code == \
        "authorization-expired"
    for _ in range(17):
        last = give(able)
    assert last.code == "too-many-requests", last
    until("slow-down", give, able, password="wrong")


def outdated(make_box):
    """Who has consented may no longer, by the time that it is used."""
    box = make_box(devices=("drawer1", "reader1")).up(people())
    given = give(box.client().sign_on("piotr", till="2"), password=PIOTR)
    events, asker = box.follow(), olga(box)
    question = ask(asker)
    asker.approve(question.rsplit("/", 1)[1], "piotr")
    able = maria_again(box)
    changed = able.request("PUT", "/v1/operators/piotr", {"name": "Piotr"}, key="idle")
    assert changed.status == 200, changed
    events.wait("authorization.outdated")
    for answer in (asker.post(question + "/arm"), asker.request("DELETE", question),
                   asker.approve(question.rsplit("/", 1)[1]),
                   asker.post(question + "/deny", MARIAS_WORD),
                   act(asker, "drawer", headers=with_token(given["token"]))):
        assert answer.code == "authorization-outdated", answer
    box.journal()


def answers_from_elsewhere(box):
    asker, stranger, able = olga(box), box.client(), maria_again(box)
    question = ask(asker)
    assert able.get("/v1/authorizations")["authorizations"]
    able.get("/v1/authorizations?till=1")
    for path in (question, "/v1/authorizations/" + NOTHING):
        stranger.get(path + "/supervisors")
        stranger.get(path + "/supervisors?phrase=mar")
    for word in ("approve", "deny"):
        stranger.post(f"{question}/{word}", {"password": MARIA})
    assert able.post(question + "/approve", {"pin": MARIAS_PIN})["state"] == "approved"
    second = ask(asker)
    assert able.post(second + "/deny", {"password": MARIA})["state"] == "denied"


def sign_ons(box):
    events, able, asker = box.follow(), maria_again(box), olga(box)
    for client in (asker, able):
        client.get("/v1/sign-ons")
    own = asker.get("/v1/sign-ons/current")["id"]
    able.request("DELETE", f"/v1/sign-ons/{own}")
    events.wait("sign-off", why="revoked", by_name="Maria")
    able.request("DELETE", f"/v1/sign-ons/{own}")
    if ROOT:
        other = OtherClient(box, OTHER)
        for till in (None, "1"):
            if till:
                other.sign_on("olga", OLGAS_WORD["password"], till=till)
            other.get("/v1/sign-ons")
            other.request("DELETE", f"/v1/sign-ons/{own}")
            other.get("/v1/guesses")
            other.request("DELETE", "/v1/guesses/uid:1@1")


def guesses(make_box):
    """One of every kind."""
    box = make_box(devices=("drawer1", "terminal1", "reader1"), socket='mode = "0666"').up(people())
    events, able = box.follow(), maria(box)
    paid = act(able, "payment")["id"]
    asker = olga(box)
    for login in ("piotr", "nobody-at-all"):
        box.client().post("/v1/sign-ons", {"till": "2", "login": login, "password": "wrong"})
    question = ask(asker, "cancel", paid)
    asker.post(question + "/arm")
    asker.post(question + "/pin", {"pin": "0000"})
    swipe(box, MARIAS_BADGE)
    events.wait("authorization.remark", why="wrong-credentials")
    act(asker, "drawer", headers=with_token(NOTHING))
    able = maria_again(box)
    listed = able.get("/v1/guesses")["guesses"]
    assert {g["kind"] for g in listed} == {"password", "badge-pin", "token", "client",
                                           "unknown-login"}, listed
    for guess in listed:
        able.request("DELETE", f"/v1/guesses/{guess['subject']}")
    box.journal()
    sign_ons(box)
    answers_from_elsewhere(box)
    box.journal()


PARTS = (tokens, guesses, outdated)
