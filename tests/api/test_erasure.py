# SPDX-License-Identifier: Apache-2.0
"""Somebody who is erased: what they did stays on record, and who they were is nowhere any more,
in nothing that the daemon tells, and in no file of its own.
"""
import json

from box import policy

WORD = "zbyszeks-own-word"
WHO = {"login": "zbyszek77", "name": "Zbigniew Nadolny", "password": WORD,
       "groups": ["cashiers"], "badges": ["em4100:0000004711"]}
TRACES = ("zbyszek", "zbigniew", "nadolny", WORD, "0000004711")


def busy(box):
    """All that leaves something behind."""
    client = box.client()
    client.post("/v1/sign-ons", {"till": "1", "login": WHO["login"], "password": "wrong-word"})
    client.sign_on(WHO["login"], WORD)
    client.pay(500)
    asked = client.open_drawer(key="k")
    client.approve(asked["authorization"]["id"])
    opened = client.open_drawer(key="k")
    assert opened.status == 200, opened
    session = client.get("/v1/tills/1/session")["session"]["id"]
    client.post(f"/v1/tills/1/sessions/{session}/count", {"counted": 0}, key="count")
    client.get("/v1/tills/1/sessions")
    return opened["id"]


def told(box, able, operation):
    """All that anybody is told, by name."""
    yield from box.log.seen
    for path in ("/v1", "/v1/tills", "/v1/tills/1", "/v1/tills/1/session",
                 "/v1/tills/1/sessions", "/v1/sign-ons", "/v1/guesses", "/v1/authorizations",
                 "/v1/tokens", "/v1/operators", "/v1/groups", "/v1/policy", "/v1/policy/lint",
                 f"/v1/operations/{operation}", "/v1/journal?limit=1000", "/v1/journal/export"):
        answer = able.get(path)
        assert answer.status == 200, (path, answer)
        yield path + answer.raw.decode()
    events = box.follow("?after=0")
    events.wait("operator.erase")
    yield str(events.seen)


def test_nothing_is_left_of_a_person(make_box):
    document = policy()
    document["operators"].append(WHO)
    box = make_box().up(document)
    operation = busy(box)
    able = box.client().sign_on("maria")
    traces = [t for t in TRACES if any(t in text.lower() for text in told_before(box, able))]
    assert {"zbyszek", "zbigniew"} <= set(traces)  # they can be found
    erased = able.request("DELETE", f"/v1/operators/{WHO['login']}/name", key="erase")
    assert erased.status == 200, erased
    for text in told(box, able, operation):
        for trace in TRACES:
            assert trace not in text.lower(), text
    box.stop()
    for file in (box.dir / "state").iterdir():
        content = file.read_bytes().lower()
        assert not [t for t in TRACES if t.encode() in content], file
    box.start()
    verdict = box.client().post("/v1/journal/verify", {})
    assert verdict["sound"], verdict
    entries = box.journal()
    assert any(e["kind"] == "wrong-credentials" and "operator" in e for e in entries)
    assert json.dumps(entries).count("former-") == 0


def told_before(box, able):
    for path in ("/v1/operators", "/v1/tills/1", "/v1/journal?limit=1000"):
        yield able.get(path).raw.decode()
