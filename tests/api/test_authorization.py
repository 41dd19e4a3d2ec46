# SPDX-License-Identifier: Apache-2.0
"""A supervisor's consent: whose, for what, once, and the reader's manners."""
import contextlib
import os
import time

from box import ANNAS_BADGE, MARIAS_BADGE, PIOTRS_BADGE, policy, swipe


def ask(client, key="k", **options):
    refused = client.open_drawer(key=key, **options)
    assert refused.code == "authorization-required", refused
    return refused["authorization"]


def test_asking_again_gets_the_same_pending(box):
    anna = box.client().sign_on("anna")
    first, second = ask(anna), ask(anna)
    assert first["id"] == second["id"]
    assert [e["kind"] for e in box.journal()].count("refused") == 1
    assert ask(anna, key="other")["id"] != first["id"]


def test_bound_to_its_parameters(box):
    anna = box.client().sign_on("anna")
    asked = ask(anna, reason="change")
    anna.approve(asked["id"])
    # the same key with another body: another question, the consent stays unspent
    other = anna.open_drawer(key="k", reason="lunch")
    assert other.code == "authorization-required"
    assert other["authorization"]["id"] != asked["id"]
    assert anna.open_drawer(key="k", reason="change")["outcome"] == "ok"
    # and now the key stands for what was done under it
    assert anna.open_drawer(key="k", reason="lunch").code == "key-reused"


def test_never_by_the_requester(box):
    anna = box.client().sign_on("anna")
    asked = ask(anna)
    assert anna.approve(asked["id"], "anna").code == "own-authorization"
    assert anna.get(f"/v1/authorizations/{asked['id']}")["state"] == "pending"


def test_only_by_who_holds_all_that_is_missing(box):
    anna = box.client().sign_on("anna")
    asked = anna.report("z", key="z")["authorization"]
    assert anna.approve(asked["id"], "piotr").code == "may-not-authorize"
    assert [a["name"] for a in asked["approvers"]] == ["Maria"]
    assert sorted(a["name"] for a in ask(anna)["approvers"]) == ["Maria", "Piotr"]


def test_nobody_consents_to_what_was_not_shown(box):
    """What makes her an administrator can't hide behind what is harmless."""
    anna = box.client().sign_on("anna", till="2")
    maria = box.client().sign_on("maria", till="1")
    group = {"name": "Cashiers", "tills": ["1", "2", "@box"], "rights": {},
             "permissions": ["drawer.open", "report.daily", "report.periodic", "card.cancel",
                             "price.change", "customer.edit", "stock.reconcile",
                             "inventory.count_list", "inventory.count_open", "config.access"]}
    def put():
        return anna.request("PUT", "/v1/groups/cashiers", group, key="k")
    asked = put()["authorization"]
    assert "more rights for Anna, anna becomes an administrator, group cashiers: " \
        "+till @box +config.access" in asked["sentence"].replace("+config.access +till @box",
                                                                 "+till @box +config.access")
    assert "more change" in asked["sentence"]
    change = asked["changes"]["groups"]["changed"][0]["changes"]
    assert sorted(change["permissions"]["added"]) == sorted(group["permissions"])
    path = "/v1/authorizations/" + asked["id"]
    assert maria.get(path)["changes"] == asked["changes"] == anna.get(path)["changes"]
    assert "changes" not in box.client().get(path).body
    assert "badge" not in asked["how"]
    assert anna.post(path + "/arm").code == "no-reader"
    anna.approve(asked["id"])
    assert put().status == 200
    new = {"name": "Eve", "groups": ["managers"], "role": "manager", "password": "12345678"}
    asked = maria_less(box).request("PUT", "/v1/operators/eve", new, key="e")["authorization"]
    assert "eve becomes an administrator, operator eve added: role manager +managers" \
        in asked["sentence"], asked["sentence"]


def maria_less(box):
    """Somebody who may not administer."""
    return box.client().sign_on("piotr", till="1", session=False)


def test_denied_and_withdrawn(box):
    anna = box.client().sign_on("anna")
    asked = ask(anna)
    answer = anna.post(f"/v1/authorizations/{asked['id']}/deny",
                       {"login": "maria", "password": "maria-runs-the-shop"})
    assert answer["state"] == "denied"
    assert anna.approve(asked["id"]).code == "authorization-denied"
    second = ask(anna)
    assert second["id"] != asked["id"]
    assert anna.request("DELETE", f"/v1/authorizations/{second['id']}").status == 204
    assert anna.approve(second["id"]).code == "authorization-withdrawn"
    assert box.account("drawer1")["openings"] == 0


def test_a_waiting_request_hears_the_denial(box):
    events, anna = box.follow(), box.client().sign_on("anna")
    waiting = anna.later(anna.open_drawer, key="k", wait=30)
    asked = events.wait("refused")["authorization"]
    anna.post(f"/v1/authorizations/{asked}/deny",
              {"login": "maria", "password": "maria-runs-the-shop"})
    assert waiting.result().code == "authorization-denied"


def test_it_expires(make_box):
    box = make_box(devices=("drawer1",), settings="consent-seconds = 1").up()
    anna = box.client().sign_on("anna")
    asked = ask(anna)
    watched = anna.get(f"/v1/authorizations/{asked['id']}?wait=10")
    assert watched["state"] == "expired"
    assert anna.approve(asked["id"]).code == "authorization-expired"
    waiting = anna.open_drawer(key="k2", wait=10)
    assert waiting.code == "authorization-expired"


def test_a_swipe_when_nobody_asked_is_nothing(box):
    events, anna = box.follow(), box.client().sign_on("anna")
    asked = ask(anna)  # a refusal alone does not arm the reader
    box.person(f"reader1 badge {MARIAS_BADGE}")
    assert events.wait("reader.ignored")["why"] == "nobody asked for a badge"
    assert anna.get(f"/v1/authorizations/{asked['id']}")["state"] == "pending"
    assert box.account("drawer1")["openings"] == 0


def test_the_first_second_does_not_count(box):
    events, anna = box.follow(), box.client().sign_on("anna")
    asked = ask(anna)
    armed = anna.post(f"/v1/authorizations/{asked['id']}/arm")
    assert armed["state"] == "armed"
    assert armed["badge_counts"] is False and armed["badge_objection"]
    assert 55 <= armed["armed_for"] <= 60
    events.wait("prompt.shown", authorization=asked["id"])
    box.person(f"reader1 badge {MARIAS_BADGE}")
    events.wait("reader.ignored", why="too soon after the reader was asked")
    swipe(box, PIOTRS_BADGE)
    events.wait("authorization.approved")
    assert anna.open_drawer(key="k")["outcome"] == "ok"


def test_the_second_after_a_waiter_left_does_not_count_either(box):
    events, anna = box.follow(), box.client().sign_on("anna")
    asked = ask(anna)
    anna.post(f"/v1/authorizations/{asked['id']}/arm")
    anna.request("DELETE", f"/v1/authorizations/{asked['id']}")
    box.person(f"reader1 badge {MARIAS_BADGE}")
    events.wait("reader.ignored", why="too soon after the reader was last asked")


def test_one_waiter_at_a_time_and_tills_take_turns(box):
    anna = box.client().sign_on("anna", till="1")
    asked = ask(anna)
    anna.post(f"/v1/authorizations/{asked['id']}/arm")
    client = box.client()
    busy = client.post("/v1/sign-ons", {"till": "2", "badge": True}, wait=5)
    assert busy.code == "reader-busy" and 0 < busy["retry_after"] <= 60
    assert busy.headers["Retry-After"] == str(busy["retry_after"])
    anna.request("DELETE", f"/v1/authorizations/{asked['id']}")
    # till 2 was told to wait, so till 1 does not jump the queue
    again = ask(anna, key="k2")
    assert anna.post(f"/v1/authorizations/{again['id']}/arm").code == "reader-busy"
    events = box.follow()
    signing = client.later(client.post, "/v1/sign-ons", {"till": "2", "badge": True}, wait=20)
    events.wait("reader.armed", till="2")
    swipe(box, ANNAS_BADGE)
    assert signing.result()["operator"]["name"] == "Anna"


def test_an_approving_swipe_never_signs_on(box):
    events, anna = box.follow(), box.client().sign_on("anna")
    asked = ask(anna)
    anna.post(f"/v1/authorizations/{asked['id']}/arm")
    client = box.client()
    assert client.post("/v1/sign-ons", {"till": "1", "badge": True}, wait=5).code == "reader-busy"
    swipe(box, MARIAS_BADGE, events)
    events.wait("authorization.approved")
    assert "sign-on" not in [e["kind"] for e in box.journal(after=events_last(box, "refused"))]


def test_no_badge_counts_while_the_display_is_dead(box):
    events, anna = box.follow(), box.client().sign_on("anna")
    box.person("display1 unplug")
    while anna.get("/v1/tills/1")["prompt"] != "not-ready":
        events.wait("device")
    asked = ask(anna)
    assert asked["prompt"] == "not-ready" and asked["how"] == ["password"]
    assert asked["badge_counts"] is False and "display" in asked["badge_objection"]
    armed = anna.post(f"/v1/authorizations/{asked['id']}/arm")
    why = "the display of this till could not show what is asked"
    assert armed["badge_counts"] is False and armed["badge_objection"] == why
    events.wait("prompt.not-shown", authorization=asked["id"], display="display1")
    swipe(box, MARIAS_BADGE)
    events.wait("reader.ignored", why=why)
    assert anna.get(f"/v1/authorizations/{asked['id']}")["state"] == "armed"
    # there is still the password; or the display comes back
    assert anna.approve(asked["id"])["state"] == "approved"
    assert anna.open_drawer(key="k")["outcome"] == "ok"
    again = anna.later(anna.open_drawer, key="k2", wait=30)
    events.wait("prompt.not-shown")
    box.person("display1 plug")
    swipe(box, MARIAS_BADGE, events)
    assert again.result()["outcome"] == "ok"


def test_a_display_that_went_blank_asks_again(box):
    events, anna = box.follow(), box.client().sign_on("anna")
    asking = anna.later(anna.open_drawer, key="k", wait=30)
    events.wait("prompt.shown")
    box.street.wait("OPEN DRAWER")
    box.street.forget()
    box.person("display1 power cut")
    box.street.wait("OPEN DRAWER")
    swipe(box, MARIAS_BADGE)
    assert asking.result()["outcome"] == "ok"


def arm_and_show(box):
    events, anna = box.follow(), box.client().sign_on("anna")
    anna.request("PUT", "/v1/tills/1/display", {"lines": ["Kawa"]})
    asked = ask(anna)
    anna.post(f"/v1/authorizations/{asked['id']}/arm")
    events.wait("prompt.shown")
    box.street.wait("OPEN DRAWER")
    return events, anna


def test_no_question_is_left_on_the_display_at_the_end(box):
    arm_and_show(box)
    client = box.client()
    signing = client.later(client.post, "/v1/sign-ons", {"till": "2", "badge": True})
    assert signing.result().code == "reader-busy"
    box.stop()
    box.street.wait("Kawa")
    assert box.account("display1")["lines"][0].startswith("Kawa")


def test_a_stale_question_is_gone_after_the_next_start(box):
    arm_and_show(box)
    box.kill()
    assert box.account("display1")["lines"][0].startswith("OPEN DRAWER")
    box.start().wait_ready()
    box.street.wait("display1: |                    |")
    assert box.account("display1")["lines"][0].strip() == ""


def test_the_end_of_the_sign_on_takes_the_question_off(box):
    events, anna = arm_and_show(box)
    anna.request("DELETE", "/v1/sign-ons/current")
    events.wait("reader.disarmed", why="ended")
    box.street.wait("Kawa")


def test_who_waits_for_a_badge_hears_that_the_daemon_stops(box):
    events, client = box.follow(), box.client()
    signing = client.later(client.post, "/v1/sign-ons", {"till": "2", "badge": True})
    events.wait("reader.armed")
    box.daemon.terminate()
    assert signing.result().code == "stopping"


def events_last(box, kind):
    return [e for e in box.journal() if e["kind"] == kind][-1]["seq"]


def test_a_second_request_gets_the_reader_by_itself(box):
    events, anna = box.follow(), box.client().sign_on("anna")
    first = anna.later(anna.open_drawer, key="f1", reason="one", wait=30)
    events.wait("prompt.shown")
    second = anna.later(anna.open_drawer, key="f2", reason="two", wait=30)
    busy = events.wait("authorization.remark", why="reader-busy")
    assert busy["retry_after"] > 0
    swipe(box, MARIAS_BADGE)
    assert first.result()["outcome"] == "ok"
    events.wait("reader.armed", authorization=busy["authorization"])
    swipe(box, MARIAS_BADGE, events)
    assert second.result()["outcome"] == "ok"


def test_who_waits_is_told_that_the_reader_was_pulled(box):
    events, anna = box.follow(), box.client().sign_on("anna")
    asking = anna.later(anna.open_drawer, key="k", wait=30)
    armed = events.wait("reader.armed")
    box.person("reader1 unplug")
    events.wait("reader.disarmed", authorization=armed["authorization"], why="device-gone")
    asked = anna.get(f"/v1/authorizations/{armed['authorization']}")
    assert asked["how"] == ["password"] and "reader" in asked["badge_objection"]
    box.person("reader1 plug")
    events.wait("reader.armed", authorization=armed["authorization"])
    swipe(box, MARIAS_BADGE, events)
    assert asking.result()["outcome"] == "ok"


def test_badges_that_will_not_do_leave_the_question_open(box):
    events, anna = box.follow(), box.client().sign_on("anna")
    asking = anna.later(anna.report, "z", key="z", wait=30)
    events.wait("reader.armed")
    swipe(box, "13005D1DA5", events)
    events.wait("unknown-badge")
    box.person(f"reader1 badge {ANNAS_BADGE}")
    events.wait("authorization.not-taken", why="own-authorization")
    box.person(f"reader1 badge {PIOTRS_BADGE}")
    events.wait("authorization.not-taken", why="may-not-authorize")
    assert not asking.done()
    box.person(f"reader1 badge {MARIAS_BADGE}")
    assert asking.result()["outcome"] == "ok"


def test_a_client_that_leaves_does_not_get_the_drawer_opened(box):
    events, anna = box.follow(), box.client().sign_on("anna")
    from box import UnixConnection
    connection = UnixConnection(box.socket, 10)
    connection.request("POST", "/v1/tills/1/drawer/open", body=b'{"reason": "change"}',
                       headers={"Authorization": "Bearer " + anna.token,
                                "Content-Type": "application/json",
                                "Idempotency-Key": "k", "Prefer": "wait=30"})
    events.wait("reader.armed")
    connection.close()
    events.wait("reader.disarmed")  # a badge shown now is not for this question
    swipe(box, MARIAS_BADGE)
    events.wait("reader.ignored")
    asked = ask(anna)["id"]
    anna.approve(asked)
    assert box.account("drawer1")["openings"] == 0
    # but the consent is there for the same request to come again
    assert anna.open_drawer(key="k")["outcome"] == "ok"
    assert box.account("drawer1")["openings"] == 1


def test_a_request_that_waited_in_vain_lets_the_reader_go(box):
    events, anna = box.follow(), box.client().sign_on("anna")
    assert anna.open_drawer(key="k", wait=1).code == "authorization-required"
    events.wait("reader.disarmed")
    second = anna.later(anna.open_drawer, key="k2", wait=20)
    events.wait("reader.armed")
    swipe(box, MARIAS_BADGE, events)
    assert second.result()["outcome"] == "ok"
    pending = [e["authorization"] for e in box.journal(kind="refused")]
    assert anna.get(f"/v1/authorizations/{pending[0]}")["state"] == "pending"


def test_two_requests_at_once_spend_it_once(box):
    anna = box.client().sign_on("anna")
    asked = ask(anna)
    anna.approve(asked["id"])
    tries = [anna.later(anna.open_drawer, key="k") for _ in range(8)]
    answers = [t.result() for t in tries]
    assert {a.status for a in answers} == {200}
    assert len({a["id"] for a in answers}) == 1
    assert box.account("drawer1")["openings"] == 1


def told_of(box, client, device, field, value):
    """Waits until the daemon knows that of the device."""
    with contextlib.closing(box.follow()) as events:
        while client.get(f"/v1/devices/{device}")["status"].get(field) != value:
            events.wait("device")


def test_nobody_is_asked_for_a_report_without_paper(box):
    anna = box.client().sign_on("anna")
    box.person("printer1 paper out")
    told_of(box, anna, "printer1", "paper", "out")
    refused = anna.report("z", key="z")
    assert (refused.code, refused["reason"]) == ("device-not-ready", "paper-out"), refused
    assert "refused" not in [e["kind"] for e in box.journal()]
    box.person("printer1 paper ok")
    told_of(box, anna, "printer1", "paper", "ok")
    assert anna.report("z", key="z").code == "authorization-required"


def test_paper_that_runs_out_spends_no_consent(box):
    anna = box.client().sign_on("anna")
    asked = anna.report("z", key="z")["authorization"]["id"]
    anna.approve(asked)
    box.person("printer1 paper out")
    told_of(box, anna, "printer1", "paper", "out")
    assert anna.report("z", key="z").code == "device-not-ready"
    assert anna.get(f"/v1/authorizations/{asked}")["state"] == "approved"
    box.person("printer1 paper ok")
    told_of(box, anna, "printer1", "paper", "ok")
    assert anna.report("z", key="z")["outcome"] == "ok"
    assert anna.get(f"/v1/authorizations/{asked}")["state"] == "spent"


def test_nobody_is_asked_for_a_drawer_whose_printer_is_offline(box):
    anna = box.client().sign_on("anna")
    box.person("drawer1 paper out")
    told_of(box, anna, "drawer1", "online", False)
    told_of(box, anna, "drawer1", "paper", "out")
    refused = anna.open_drawer(key="k")
    assert (refused.code, refused["reason"]) == ("device-not-ready", "paper-out"), refused
    box.person("drawer1 paper ok")
    told_of(box, anna, "drawer1", "online", True)
    anna.approve(ask(anna)["id"])
    assert anna.open_drawer(key="k")["outcome"] == "ok"


def test_without_a_reader_there_is_still_the_password(make_box):
    box = make_box(devices=("drawer1",)).up()
    anna = box.client().sign_on("anna")
    asked = ask(anna)
    assert asked["how"] == ["password"] and asked["prompt"] == "none"
    assert anna.post(f"/v1/authorizations/{asked['id']}/arm").code == "no-reader"
    assert anna.approve(asked["id"])["state"] == "approved"


def test_wrong_passwords_in_a_row_are_slowed_down_and_kept_over_a_restart(box):
    anna = box.client().sign_on("anna")
    asked = ask(anna)
    codes = [anna.approve(asked["id"], "maria", "wrong-password").code for _ in range(5)]
    assert codes[:4] == ["wrong-credentials"] * 4 and codes[4] == "slow-down", codes
    box.stop()
    box.start().wait_ready()
    last = anna.approve(ask(anna)["id"], "maria", "wrong-password")
    assert last.code in ("slow-down", "wrong-credentials")
    assert [e["kind"] for e in box.journal()].count("wrong-credentials") >= 4
