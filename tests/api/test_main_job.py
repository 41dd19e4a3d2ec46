# SPDX-License-Identifier: Apache-2.0
"""Refused, authorized, done, on record: the main job, end to end."""
from box import MARIA, MARIAS_BADGE, MARIAS_PIN, PIOTRS_BADGE, ANNAS_BADGE, Client, swipe


def kinds(box, **query):
    return [entry["kind"] for entry in box.journal(**query)]


def test_refused_then_opened_by_badge_while_the_request_waits(box):
    events, anna = box.follow(), box.client().sign_on("anna")
    opening = anna.later(anna.open_drawer, key="k1", wait=30)
    events.wait("reader.armed")
    box.street.wait("OPEN DRAWER")
    box.street.wait("Anna, Front till")
    swipe(box, MARIAS_BADGE, events)
    done = opening.result()
    assert done.status == 200 and done["outcome"] == "ok", done
    assert done["result"]["drawer"] == "open"
    account = box.account("drawer1")
    assert account["openings"] == 1 and account["open"]
    # who, what, where and on whose permission: before the pulse, in order
    entries = [e for e in box.journal() if e.get("action") == "drawer.open"]
    assert [e["kind"] for e in entries] == ["refused", "authorization.approved", "intent",
                                            "outcome"]
    intent = entries[2]
    assert intent["how"] == "badge" and intent["approver"] != intent["operator"]
    assert intent["authorization"] == entries[0]["authorization"]
    assert entries[3]["outcome"] == "ok"


def test_a_consent_is_spent_once(box):
    anna = box.client().sign_on("anna")
    refused = anna.open_drawer(key="k1")
    assert refused.status == 403 and refused.code == "authorization-required"
    asked = refused["authorization"]["id"]
    assert anna.approve(asked).status == 200
    assert anna.open_drawer(key="k1")["outcome"] == "ok"
    # the same key again is the same operation, never a second pulse
    again = anna.open_drawer(key="k1")
    assert again.status == 200 and again["outcome"] == "ok"
    assert box.account("drawer1")["openings"] == 1
    # another key is another action
    assert anna.open_drawer(key="k2").code == "authorization-required"
    assert anna.get(f"/v1/authorizations/{asked}")["state"] == "spent"
    assert anna.approve(asked).code == "authorization-spent"
    assert box.account("drawer1")["openings"] == 1


def test_whoever_may_needs_nobody(box):
    maria = box.client().sign_on("maria")
    assert maria.open_drawer()["outcome"] == "ok"
    assert "refused" not in kinds(box)


def test_z_report_by_password(box):
    anna = box.client().sign_on("anna")
    refused = anna.report("z", key="z")
    assert refused["authorization"]["how"] == ["badge", "password"]
    assert [a["name"] for a in refused["authorization"]["approvers"]] == ["Maria"]
    assert anna.approve(refused["authorization"]["id"]).status == 200
    done = anna.report("z", key="z")
    assert done["outcome"] == "ok" and done["result"]["number"] >= 1, done
    before, after = done["result"]["counters"]["before"], done["result"]["counters"]["after"]
    assert after["daily_reports"] == before["daily_reports"] + 1
    assert box.account("printer1")["z_reports"] == [done["result"]["number"]]


def test_reports_of_all_kinds(box):
    maria = box.client().sign_on("maria")
    figures = maria.report("x")
    assert figures["outcome"] == "ok" and figures["result"]["printed"] is False
    assert maria.report("periodic", from_date="2026-11-01", to_date="2026-11-21").status == 200
    assert maria.report("periodic", from_number=1, to_number=2, summary=True).status == 200
    assert maria.report("z")["outcome"] == "ok"
    empty = maria.report("z")
    if empty.status == 200:  # the first all-zero report is allowed, the second never
        empty = maria.report("z")
    assert empty.status == 409 and empty["reason"] == "nothing-to-report", empty


def test_payment_and_its_cancellation(box):
    anna = box.client().sign_on("anna")
    paid = anna.pay(1234)
    assert paid["outcome"] == "ok", paid
    assert paid["result"]["amount"] == 1234 and paid["result"]["receipt"] > 0
    refused = anna.cancel(paid["id"], key="c")
    assert "cancel the card payment of 12.34 EUR" in refused["detail"]
    assert refused["authorization"]["badge"] == "pin"
    anna.approve(refused["authorization"]["id"])
    cancelled = anna.cancel(paid["id"], key="c")
    assert cancelled["outcome"] == "ok", cancelled
    twice = anna.cancel(paid["id"], key="d")
    assert twice.code == "payment-not-reversible"
    account = box.account("terminal1")
    assert account["net"].get("1234", 0) == 0
    assert [b["reversed"] for b in account["bookings"] if b["amount"] == 1234] == [True]
    assert account["violations"] == []


def test_what_the_app_calls_a_payment_comes_back_with_it(box):
    events, anna = box.follow(), box.client().sign_on("anna")
    body = {"amount": 1234, "reference": "Beleg 2026/118, Żółć"}
    paid = anna.post("/v1/tills/1/payments", body, key="k")
    assert paid.status == 200 and paid["reference"] == body["reference"]
    assert events.wait("intent")["parameters"]["reference"] == body["reference"]
    intent, = box.journal(kind="intent")
    assert intent["parameters"]["reference"] == body["reference"]
    assert "reference" not in anna.pay(100).body
    box.stop()
    box.start().wait_ready("terminal1")
    for again in (anna.get("/v1/operations/" + paid["id"]),
                  anna.post("/v1/tills/1/payments", body, key="k")):
        assert (again["id"], again["reference"]) == (paid["id"], body["reference"])
    assert anna.post("/v1/tills/1/payments", {**body, "reference": "another"},
                     key="k").code == "key-reused"


def test_a_cancellation_by_badge_needs_the_pin(box):
    events, anna = box.follow(), box.client().sign_on("anna")
    paid = anna.pay(500)
    cancelling = anna.later(anna.cancel, paid["id"], key="c", wait=30)
    events.wait("reader.armed")
    asked = events_authorization(box)
    box.street.wait("CANCEL CARD")
    box.street.wait("5.00 EUR, Anna")
    box.street.wait("Front till")
    swipe(box, MARIAS_BADGE, events)
    events.wait("authorization.remark")  # a copied badge alone does not move money
    assert not cancelling.done()
    assert anna.post(f"/v1/authorizations/{asked}/pin", {"pin": "0000"}).status == 200
    box.person(f"reader1 badge {PIOTRS_BADGE}")  # another badge frees the reader's memory
    box.person(f"reader1 badge {MARIAS_BADGE}")
    events.wait("authorization.remark", why="wrong-credentials")
    assert anna.post(f"/v1/authorizations/{asked}/pin", {"pin": "2580"}).status == 200
    box.person(f"reader1 badge {PIOTRS_BADGE}")
    box.person(f"reader1 badge {MARIAS_BADGE}")
    assert cancelling.result()["outcome"] == "ok"


def events_authorization(box):
    return [e for e in box.journal() if e["kind"] == "refused"][-1]["authorization"]


def test_the_display(box):
    anna = box.client().sign_on("anna")
    assert anna.request("PUT", "/v1/tills/1/display",
                        {"lines": ["Kawa 1 szt.", "Do zapłaty 9,99 €"]})["outcome"] == "sent"
    box.street.wait("Kawa 1 szt.")
    assert anna.request("DELETE", "/v1/tills/1/display").status == 200


def test_the_idle_text(make_box):
    box = make_box(devices=("display1",)).up()
    app = box.client()  # nobody is signed on
    path = "/v1/tills/1/display/idle"
    assert app.request("PUT", path, {"lines": ["Kasa 1", "czynna"]}).status == 204
    box.street.wait("czynna")
    anna = box.client().sign_on("anna")
    assert anna.request("PUT", "/v1/tills/1/display", {"lines": ["Kawa"]})["outcome"] == "sent"
    box.street.wait("Kawa")
    assert anna.request("DELETE", "/v1/tills/1/display").status == 200
    box.street.wait("czynna")
    assert app.request("DELETE", path).status == 204
    assert app.request("PUT", path, {"lines": ["\u202e"]}).code == "bad-body"
    assert app.request("PUT", "/v1/tills/2/display/idle", {"lines": ["x"]}).code == "no-such-device"


def test_what_the_app_shows_waits_while_consent_is_asked_for(box):
    events, anna = box.follow(), box.client().sign_on("anna")
    opening = anna.later(anna.open_drawer, wait=30)
    events.wait("reader.armed")
    box.street.wait("OPEN DRAWER")
    shown = anna.request("PUT", "/v1/tills/1/display", {"lines": ["Show your badge for", "candy"]})
    assert shown["deferred"] is True
    assert box.account("display1")["lines"][0].startswith("OPEN DRAWER")
    swipe(box, MARIAS_BADGE, events)
    assert opening.result()["outcome"] == "ok"
    box.street.wait("candy")


def test_a_drawer_opened_with_its_key_is_on_record(box):
    events = box.follow()
    box.person("drawer1 key")
    events.wait("drawer.unsolicited", device="drawer1")
    box.person("drawer1 close")
    events.wait("drawer.closed")
    assert box.client().get("/v1/tills/1/drawer")["drawer"] == "closed"


def test_a_copied_badge_moves_no_money(box):
    """Signed on by it, or shown for a consent, is the same: by default the PIN goes with it."""
    maria = box.client().sign_on("maria")
    paid = maria.pay(1000)["id"]
    events, thief = box.follow(), box.client()
    signing = thief.later(thief.post, "/v1/sign-ons", {"till": "1", "badge": True}, wait=20)
    events.wait("reader.armed", **{"for": "sign-on"}, prompt="display")
    swipe(box, MARIAS_BADGE, events)
    assert signing.result()["badge"] == "alone"
    thief.token = signing.result()["token"]
    refused = thief.cancel(paid)
    assert refused.code == "authorization-required" and refused["badge_too_weak"], refused
    may = thief.get("/v1/tills/1/can")["may"]
    assert (may["payment.cancel"], may["payment.refund"], may["drawer.open"]) == (False, False, True)
    taken = thief.request("PUT", "/v1/operators/maria/password", {"password": "stolen-by-badge"},
                          key="k", headers={"If-Match": "*"})
    assert taken.status == 403, taken
    signing = thief.later(thief.post, "/v1/sign-ons",
                          {"till": "1", "badge": True, "pin": MARIAS_PIN}, wait=20)
    events.wait("reader.armed", **{"for": "sign-on"}, prompt="display")
    swipe(box, MARIAS_BADGE, events)
    thief.token = signing.result()["token"]
    assert thief.cancel(paid).status == 200


def test_sign_on_by_badge(box):
    events, client = box.follow(), box.client()
    signing = client.later(client.post, "/v1/sign-ons", {"till": "1", "badge": True}, wait=20)
    events.wait("reader.armed", **{"for": "sign-on"}, prompt="display")
    box.street.wait("SIGN ON")
    swipe(box, ANNAS_BADGE, events)
    answer = signing.result()
    assert answer.status == 201 and answer["operator"]["name"] == "Anna"
    client.token = answer["token"]
    assert client.get("/v1/sign-ons/current")["operator"]["login"] == "anna"
    assert client.request("DELETE", "/v1/sign-ons/current").status == 204
    assert client.get("/v1/sign-ons/current").code == "sign-on-required"


def test_a_sign_on_is_its_tills_and_its_uids(box):
    anna = box.client().sign_on("anna", till="1")
    anna.till = "2"
    assert anna.open_drawer().code == "sign-on-required"
    again = Client(box).sign_on("anna", till="1")
    anna.till = "1"
    assert anna.open_drawer().code == "sign-on-required"  # replaced by the newer one
    assert again.open_drawer().code == "authorization-required"


def test_pin_signs_on_only_where_the_till_allows_it(box):
    body = {"login": "maria", "pin": "2580"}
    assert box.client().post("/v1/sign-ons", {"till": "1", **body}).code == "bad-body"
    assert box.client().post("/v1/sign-ons", {"till": "2", **body}).status == 201
    wrong = box.client().post("/v1/sign-ons", {"till": "2", "login": "maria", "pin": "0000"})
    assert wrong.code == "wrong-credentials"


def test_sign_ons_survive_a_restart_and_pendings_do_not(box):
    anna = box.client().sign_on("anna")
    asked = anna.open_drawer(key="k")["authorization"]["id"]
    box.stop()
    box.start().wait_ready()
    assert anna.get("/v1/sign-ons/current")["operator"]["name"] == "Anna"
    assert anna.get(f"/v1/authorizations/{asked}").code == "authorization-not-found"
    assert anna.open_drawer(key="k")["authorization"]["id"] != asked


def test_no_secret_reaches_the_files(box):
    anna = box.client().sign_on("anna")
    anna.post("/v1/sign-ons", {"till": "1", "login": "maria", "password": "a-wrong-password"})
    anna.post("/v1/sign-ons", {"till": "1", "login": "typed-a-password-here", "password": "x"})
    box.person(f"reader1 badge {MARIAS_BADGE}")
    box.stop()
    everything = "\n".join(box.log.seen).encode() + b"".join(
        f.read_bytes() for f in (box.dir / "state").rglob("*") if f.is_file())
    for secret in (MARIA, "a-wrong-password", "typed-a-password-here", anna.token,
                   MARIAS_BADGE, MARIAS_BADGE.lower()):
        assert secret.encode() not in everything, secret
    assert bytes.fromhex(MARIAS_BADGE) not in everything
