# SPDX-License-Identifier: Apache-2.0
"""Two tills at one fiscal printer: what concerns both of them waits until nobody works at the
other one (docs/policy.md, X-shared-device)."""
import uuid

import pytest
from box import policy

CLARA = "clara-sees-one-till"
CLOCK = {"time": "2026-11-22T10:30", "reason": "summer time"}


def shop():
    """Clara may print reports, and sees the first till alone."""
    document = policy()
    document["operators"].append({"login": "clara", "name": "Clara", "groups": ["managers"],
                                  "password": CLARA, "restricted": True, "view_tills": [],
                                  "access_tills": ["1"], "no_foreign_session": False,
                                  "single_session": False})
    return document


@pytest.fixture
def shared(make_box):
    return make_box(devices=("printer1",), tills={"printer1": '"1", "2"'}).up(shop())


def on(box, who="maria", till="1"):
    return box.client().sign_on(who, CLARA if who == "clara" else None, till=till, session=False)


def set_clock(client):
    return client.post("/v1/tills/1/fiscal/clock", CLOCK, key=uuid.uuid4().hex)


def at_the_second_till(box):
    assert on(box, "anna", till="2").open_session(0).status == 200


def test_a_report_waits_for_the_other_till(shared):
    maria = on(shared)
    at_the_second_till(shared)
    answer = maria.report("z")
    assert (answer.status, answer.code, answer["tills"]) == (409, "sessions-open", ["2"])
    assert answer["detail"] == "Close the session at Back till first."
    answer = set_clock(maria)
    assert (answer.code, answer["tills"]) == ("sessions-open", ["2"])
    assert maria.report("x").status == 200  # which closes nothing
    assert not shared.account("printer1")["z_reports"]
    elsewhere = on(shared, till="2")
    session = elsewhere.get("/v1/tills/2/session")["session"]["id"]
    closing = elsewhere.post(f"/v1/tills/2/sessions/{session}/count", {"counted": 0, "force": True},
                             key=uuid.uuid4().hex)
    assert closing.status == 200
    assert maria.report("z").code == "sessions-open"  # it is only being counted
    closed = elsewhere.post(f"/v1/tills/2/sessions/{session}/close",
                            {"withdrawal": 0, "force": True}, key=uuid.uuid4().hex)
    assert closed.status == 200
    assert maria.report("z").status == 200
    assert set_clock(maria).status == 200


def test_one_s_own_session_is_no_hindrance(shared):
    maria = on(shared)
    assert maria.open_session(0).status == 200
    shared.person("printer1 receipt 12.34")
    assert maria.report("z").status == 200


def test_what_may_not_be_viewed_has_no_name(shared):
    at_the_second_till(shared)
    answer = on(shared, "clara").report("z")
    assert (answer.code, answer["tills"]) == ("sessions-open", [])
    assert "Back till" not in answer.raw.decode()


def test_a_consent_is_not_asked_for_in_vain(shared):
    at_the_second_till(shared)
    assert on(shared, "anna").report("z").code == "sessions-open"
    assert not [e for e in shared.journal() if e["kind"] == "refused"]


def test_nobody_begins_while_the_day_is_closed(shared):
    shared.person("printer1 receipt 12.34")
    shared.person("printer1 slow dailyrep 3000")
    events = shared.follow()
    maria = on(shared)
    closing = maria.later(maria.report, "z")
    events.wait("intent", action="report.z")
    anna = on(shared, "anna", till="2")
    answer = anna.open_session(0)
    assert (answer.status, answer.code, answer["device"]) == (409, "printer-closing", "printer1")
    assert closing.result().status == 200
    assert anna.open_session(0).status == 200


def test_tills_with_printers_of_their_own_do_not_care(make_box):
    box = make_box(devices=("printer1",)).up(shop())
    at_the_second_till(box)
    box.person("printer1 receipt 12.34")
    assert on(box).report("z").status == 200
