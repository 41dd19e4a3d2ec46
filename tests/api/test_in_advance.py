# SPDX-License-Identifier: Apache-2.0
"""Consents given in advance and from elsewhere, over the socket and by tillctl."""
import os
import re
import time

import pytest

from box import ANNA, MARIA, MARIAS_PIN, PIOTR, policy
from elsewhere import OtherClient, Tillctl

OTHER = 65534
A_DRAWER = {"requester": "anna", "till": "1", "action": "drawer.open", "password": MARIA}


def at_the_back(box, login="maria"):
    """Signed on at till 2, so that sign-ons of the same uid at till 1 stay."""
    return box.client().sign_on(login, till="2")


def give(supervisor, **what):
    given = supervisor.post("/v1/authorizations", {**A_DRAWER, **what})
    assert given.status == 201, given
    return given


def opens(client, token, key):
    return client.open_drawer(key=key, headers={"Tilld-Authorization": token})


# -- in advance -----------------------------------------------------------------

def test_it_stands_for_the_consent_once(box):
    anna, maria = box.client().sign_on("anna"), at_the_back(box)
    token = give(maria)["token"]
    done = opens(anna, token, "k")
    assert done["outcome"] == "ok", done
    assert opens(anna, token, "k")["id"] == done["id"]
    assert opens(anna, token, "k2").code == "authorization-spent"
    intents = box.journal(kind="intent")
    assert [e["how"] for e in intents] == ["token"]
    assert "refused" not in [e["kind"] for e in box.journal()]
    box.kill()
    box.start().wait_ready()
    assert opens(anna, token, "k3").code == "authorization-spent"
    assert box.account("drawer1")["openings"] == 1


def test_many_at_once_spend_it_once(box):
    anna, token = box.client().sign_on("anna"), give(at_the_back(box))["token"]
    tries = [anna.later(opens, anna, token, f"k{i}") for i in range(6)]
    codes = sorted(str(t.result().code) for t in tries)
    assert codes.count("None") == 1, codes
    assert set(codes) <= {"None", "authorization-spent", "slow-down"}, codes
    assert box.account("drawer1")["openings"] == 1


def test_a_token_is_kept_as_a_hash(box):
    anna, maria = box.client().sign_on("anna"), at_the_back(box)
    first, second = give(maria)["token"], give(maria)["token"]
    assert opens(anna, first, "k")["outcome"] == "ok"
    assert opens(anna, second + "x", "k2").code == "authorization-not-found"
    assert "token" not in maria.get("/v1/tokens")["tokens"][0]
    exported = box.client().get("/v1/journal/export").raw
    box.stop()
    kept = [path.read_bytes() for path in (box.dir / "state").iterdir() if path.is_file()]
    for token in (first, second):
        for place in (*kept, exported, "\n".join(box.log.seen).encode()):
            assert token.encode() not in place


def test_a_waiting_request_with_a_token_asks_nobody(box):
    anna, token = box.client().sign_on("anna"), give(at_the_back(box))["token"]
    assert anna.open_drawer(key="k", wait=20,
                            headers={"Tilld-Authorization": token})["outcome"] == "ok"


# -- from elsewhere -----------------------------------------------------------------

def test_authorized_from_another_till(box):
    anna, maria = box.client().sign_on("anna"), at_the_back(box)
    waiting = anna.later(anna.open_drawer, key="k", wait=20)
    listed = []
    while not listed:
        listed = maria.get("/v1/authorizations")["authorizations"]
    path = f"/v1/authorizations/{listed[0]['id']}"
    assert maria.post(path + "/approve", {"pin": MARIAS_PIN})["state"] == "approved"
    assert waiting.result()["outcome"] == "ok"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
def test_by_a_client_that_may_not_act_for_that_till(make_box):
    document = policy()
    document["tills"][1]["clients"] = {"users": [OTHER]}
    box = make_box(devices=("drawer1",), socket='mode = "0666"').up(document)
    anna, maria = box.client().sign_on("anna"), OtherClient(box, OTHER, till="2")
    refused = anna.open_drawer(key="k")
    path = f"/v1/authorizations/{refused['authorization']['id']}"
    assert maria.get(path).code == "authorization-not-found"
    maria.sign_on("maria", MARIA, till="2")
    assert maria.get(path)["state"] == "pending"  # what she may answer she may look at
    assert [a["id"] for a in maria.get("/v1/authorizations?till=1")["authorizations"]] == \
        [refused["authorization"]["id"]]
    assert maria.post(path + "/approve", {"password": MARIA})["state"] == "approved"
    assert anna.open_drawer(key="k")["outcome"] == "ok"
    assert opens(anna, give(maria)["token"], "k2")["outcome"] == "ok"


# -- guessing -----------------------------------------------------------------------

def test_an_unknown_login_takes_as_long(box):
    """The least that each takes, by turns, until they are alike: on a busy machine that
    takes some rounds, and where a password is not looked at it never comes."""
    maria = box.client().sign_on("maria", till="2")
    least = {"maria": 60.0, "nobody-of-that-name": 60.0}
    for _ in range(12):
        for login in least:
            begun = time.monotonic()
            answer = box.client().post("/v1/sign-ons", {"till": "1", "login": login,
                                                        "password": "wrong-password"})
            least[login] = min(least[login], time.monotonic() - begun)
            assert answer.code == "wrong-credentials", answer
        known, unknown = least.values()
        if known / 2 < unknown < known * 2:
            return
        for guess in maria.get("/v1/guesses")["guesses"]:
            maria.request("DELETE", f"/v1/guesses/{guess['subject']}")
    raise AssertionError(least)


# -- tillctl ------------------------------------------------------------------------

def test_given_and_used_on_the_command_line(box):
    till, back = Tillctl(box, "1").sign_on("anna", ANNA), Tillctl(box, "2").sign_on("maria", MARIA)
    token = back("token", "give", "--for", "anna", "--action", "drawer.open", "--at", "1",
                 "--minutes", "5", "--amount", "12.30", "--reason", "stocktaking",
                 "--password-stdin", line=MARIA).strip()
    assert re.fullmatch("[a-z2-7]{52}", token)
    listed = back("token", "list")
    assert "drawer.open" in listed and "Anna" in listed and "12.30 EUR" in listed, listed
    assert "Done" in till("drawer", "open", "--reason", "change", "--token-stdin", line=token)
    till("drawer", "open", "--reason", "change", "--token-stdin", line=token, ends=3)
    back("token", "give", "--for", "anna", "--action", "drawer.open", "--at", "1",
         "--pin", "--pin-stdin", line=MARIAS_PIN)
    identity = back("token", "list").splitlines()[1].split()[0]
    assert back("token", "revoke", identity) == "Revoked.\n"
    back("token", "revoke", identity, ends=3)
    back("token", "give", "--for", "anna", ends=64)
    assert box.account("drawer1")["openings"] == 1


def test_answered_from_elsewhere_on_the_command_line(box):
    till, back = Tillctl(box, "1").sign_on("anna", ANNA), Tillctl(box, "2").sign_on("maria", MARIA)
    action = ("drawer", "open", "--reason", "change", "--key", "k")
    till(*action, "--wait", "0", ends=3)
    identity = back("authorize", "--list").splitlines()[1].split()[0]
    assert "Anna asks to open the drawer" in back("authorize", "--list", "--at", "1")
    assert back("authorize", "--list", "--at", "2") == ""
    assert till("supervisors", identity) == "Maria\nPiotr\n"
    assert till("supervisors", identity, "pio") == "Piotr\n"
    assert "Authorized, once" in back("authorize", identity, "--elsewhere", "--password-stdin",
                                      line=MARIA)
    assert "Done" in till(*action)
    till("drawer", "open", "--reason", "lunch", "--wait", "0", ends=3)
    identity = back("authorize", "--list").splitlines()[1].split()[0]
    assert "Refused" in back("authorize", identity, "--elsewhere", "--deny", "--pin-stdin",
                             line=MARIAS_PIN)
    back("authorize", identity, "--elsewhere", "--login", "maria", ends=64)
    back("authorize", "--elsewhere", ends=64)


def test_sign_ons_and_guesses_on_the_command_line(box):
    till, back = Tillctl(box, "1").sign_on("piotr", PIOTR), Tillctl(box, "2").sign_on("maria", MARIA)
    rows = back("sign-ons").splitlines()[1:]
    assert len(rows) == 2 and "this one" in rows[0], rows
    piotrs = next(row.split()[0] for row in rows if "Piotr" in row)
    assert back("sign-ons", "end", piotrs) == "Ended.\n"
    till("whoami", ends=4)
    assert box.journal(kind="sign-off")[-1]["why"] == "revoked"
    box.client().post("/v1/sign-ons", {"till": "1", "login": "piotr", "password": "wrong"})
    listed = back("guesses")
    assert "Piotr" in listed
    subject = next(line.split()[-1] for line in listed.splitlines() if "Piotr" in line)
    assert back("guesses", "clear", subject) == "Forgotten.\n"
    back("guesses", "clear", subject, ends=1)
    assert subject not in back("guesses")
