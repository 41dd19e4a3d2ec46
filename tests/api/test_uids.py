# SPDX-License-Identifier: Apache-2.0
"""Who somebody is, is their uid. Needs root, to be several people."""
import json
import os
import subprocess
import sys

import pytest

from box import MARIA, policy
from elsewhere import OtherClient

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root can be others")

COOK, CLERK, GUEST, TECHNICIANS = 65531, 65532, 65533, 65530


def people():
    """The cook's uid may act for till 1, the clerk's for both, the guest's for none."""
    document = policy()
    document["tills"][0]["clients"] = {"users": [COOK, CLERK]}
    document["tills"][1]["clients"] = {"users": [CLERK]}
    return document


@pytest.fixture
def box(make_box):
    return make_box(devices=("drawer1",), socket='mode = "0666"',
                    settings=f'technicians = "{TECHNICIANS}"').up(people())


def as_(box, uid, **options):
    return OtherClient(box, uid, **options)


def test_a_till_that_one_may_not_act_for_does_not_exist(box):
    guest, cook, clerk = as_(box, GUEST), as_(box, COOK), as_(box, CLERK)
    assert [t["id"] for t in guest.get("/v1/tills")["tills"]] == []
    assert [t["id"] for t in cook.get("/v1/tills")["tills"]] == ["1"]
    assert [t["id"] for t in clerk.get("/v1/tills")["tills"]] == ["1", "2"]
    assert [t["id"] for t in cook.get("/v1")["tills"]] == ["1"]
    for path in ("/v1/tills/{}", "/v1/tills/{}/drawer", "/v1/events?till={}", "/v1/devices/{}"):
        there, nowhere = "drawer1" if "devices" in path else "1", "nowhere"
        answer, other = guest.get(path.format(there)), guest.get(path.format(nowhere))
        assert (answer.status, answer.code) == (404, "not-found"), path
        # not a word more than of one that is not there
        assert answer.raw == other.raw.replace(nowhere.encode(), there.encode()), path
    sign_on = [guest.post("/v1/sign-ons", {"till": till, "login": "anna", "password": "x"})
               for till in ("1", "nowhere")]
    assert sign_on[0].raw == sign_on[1].raw.replace(b"nowhere", b"1")
    assert guest.get("/v1/devices")["devices"] == []
    assert box.journal(kind="wrong-credentials") == []


FOLLOW = """
import json, socket, sys
line, seen, headers = socket.socket(socket.AF_UNIX), [], sys.argv[3:]
line.settimeout(20)
line.connect(sys.argv[1])
line.sendall("\\r\\n".join(["GET /v1/events?after=0 HTTP/1.1", "Host: x", *headers, "", ""]).encode())
for row in line.makefile("r", encoding="utf-8"):
    if row.startswith("data: "):
        seen.append(json.loads(row[6:]))
        if seen[-1].get("seq", 0) >= int(sys.argv[2]):
            break
json.dump(seen, sys.stdout)
"""


def told(box, uid, until, *headers):
    """All that such a client is told of what has happened up to there."""
    done = subprocess.run([sys.executable, "-I", "-c", FOLLOW, str(box.socket), str(until),
                           *headers], text=True, capture_output=True, cwd="/", user=uid,
                          group=uid, extra_groups=[], check=True)
    return {event["type"] for event in json.loads(done.stdout)}


def test_who_may_do_what_is_told_to_those_who_may_read_the_journal(box):
    maria = as_(box, COOK).sign_on("maria", session=False)
    group = {"name": "New", "tills": ["1"], "permissions": ["drawer.open"]}
    for method, path, body in (
            ("PUT", "/v1/groups/new", group),
            ("PUT", "/v1/operators/zoe", {"name": "Zoe", "groups": ["new"]}),
            ("PUT", "/v1/operators/zoe/pin", {"pin": "1234"}),
            ("DELETE", "/v1/operators/zoe", None), ("DELETE", "/v1/groups/new", None)):
        assert maria.request(method, path, body, key=path + method).status == 200, path
    given = maria.post("/v1/authorizations", {"requester": "anna", "till": "1",
                                              "action": "drawer.open", "password": MARIA})
    assert given.status == 201, given
    clerk = as_(box, CLERK)
    anna = clerk.sign_on("anna", session=False).token
    last = box.journal(kind="sign-on")[-1]["seq"]
    secret = {"group.put", "group.remove", "operator.put", "operator.remove", "operator.pin",
              "token.given", "setup"}
    for header in ((), ("Authorization: Bearer " + anna,)):
        seen = told(box, CLERK, last, *header)
        assert "sign-on" in seen
        assert seen & secret == ({"token.given"} if header else set()), seen
    seen = told(box, COOK, last, "Authorization: Bearer " + maria.token)
    assert secret - seen == {"setup"}, seen
    # of whom the hash would tell the sums of the newest entry, by trying
    assert "hash" not in clerk.get("/v1")["journal"]
    assert "hash" not in as_(box, COOK).get("/v1")["journal"]
    assert "hash" in maria.get("/v1")["journal"]


def test_a_group_of_the_process_counts_as_well(make_box):
    document = policy()
    for till in document["tills"]:
        till["clients"] = {"groups": [2001]}
    box = make_box(devices=(), socket='mode = "0666"').start().set_up(document)
    assert as_(box, GUEST).get("/v1/tills")["tills"] == []
    assert len(as_(box, GUEST, groups=(2000, 2001)).get("/v1/tills")["tills"]) == 2


def test_a_token_is_worth_nothing_to_another_uid(box):
    cook = as_(box, COOK).sign_on("anna")
    assert cook.get("/v1/sign-ons/current").status == 200
    thief = as_(box, CLERK)
    thief.token = cook.token
    assert thief.get("/v1/sign-ons/current").code == "sign-on-required"
    assert thief.open_drawer().code == "sign-on-required"
    assert thief.request("DELETE", "/v1/sign-ons/current").code == "sign-on-required"
    root = box.client()
    root.token = cook.token
    assert root.get("/v1/sign-ons/current").code == "sign-on-required"
    assert cook.get("/v1/sign-ons/current").status == 200  # nothing happened to it


def test_two_uids_at_one_till_have_a_sign_on_each(box):
    cook, clerk = as_(box, COOK).sign_on("anna"), as_(box, CLERK).sign_on("maria")
    assert cook.get("/v1/sign-ons/current")["operator"]["name"] == "Anna"
    assert clerk.get("/v1/sign-ons/current")["operator"]["name"] == "Maria"


def test_operations_of_another_uid_do_not_exist(box):
    clerk = as_(box, CLERK).sign_on("maria")
    opened = clerk.open_drawer(key="k")
    assert opened.status == 200
    path = "/v1/operations/" + opened["id"]
    assert clerk.get(path)["outcome"] == "ok"
    cook = as_(box, COOK).sign_on("anna")
    nothing = cook.get("/v1/operations/" + "a" * 26).raw.replace(b"a" * 26, b"ID")
    told = cook.get(path)
    assert told.status == 404 and told.raw.replace(opened["id"].encode(), b"ID") == nothing
    assert cook.get(path + "?wait=5").status == 404
    assert cook.request("DELETE", path).status == 404
    assert box.client().get(path)["outcome"] == "ok"  # root is a technician


def test_a_key_is_ones_own(box):
    clerk, cook = as_(box, CLERK).sign_on("maria"), as_(box, COOK).sign_on("maria")
    mine, theirs = clerk.open_drawer(key="k"), cook.open_drawer(key="k", reason="mine")
    assert mine.status == theirs.status == 200 and mine["id"] != theirs["id"]
    assert box.account("drawer1")["pulse_count"] == 2


def test_a_question_is_seen_by_those_of_the_till_and_answered_from_anywhere_there(box):
    cook = as_(box, COOK).sign_on("anna")
    question = "/v1/authorizations/" + cook.open_drawer(key="k")["authorization"]["id"]
    guest, clerk = as_(box, GUEST), as_(box, CLERK)
    assert guest.get(question).code == "authorization-not-found"
    word = {"login": "maria", "password": "maria-runs-the-shop"}
    assert guest.post(question + "/approve", word).code == "authorization-not-found"
    assert guest.post(question + "/deny", word).code == "authorization-not-found"
    assert clerk.get(question)["state"] == "pending"
    assert clerk.post(question + "/arm").code == "sign-on-required"
    assert clerk.request("DELETE", question).code == "sign-on-required"
    assert clerk.post(question + "/approve", word)["state"] == "approved"
    clerk.sign_on("anna")  # the same operator, the same key and body, another uid
    assert clerk.open_drawer(key="k").code == "authorization-required"
    assert cook.open_drawer(key="k").status == 200


def test_set_up_is_for_root_and_the_daemons_own_uid(make_box):
    box = make_box(devices=(), socket='mode = "0666"').start()
    manager = {"manager": {"login": "m", "name": "M", "password": "12345678"}}
    assert as_(box, GUEST).post("/v1/setup", manager).code == "not-allowed-uid"
    assert as_(box, GUEST).get("/v1/tills").code == "not-set-up"
    assert box.client().post("/v1/setup", manager).status == 201
    assert as_(box, GUEST).post("/v1/setup", manager).code == "not-allowed-uid"
    confirm = {"reason": "none"}
    assert as_(box, GUEST).post("/v1/setup/confirm-rollback", confirm).code == "not-allowed-uid"


def test_technicians_see_devices_and_events_and_move_nothing(box):
    technician = as_(box, GUEST, groups=(TECHNICIANS,))
    assert technician.get("/v1")["technician"] is True
    assert [d["name"] for d in technician.get("/v1/devices")["devices"]] == ["drawer1"]
    assert technician.get("/v1/devices/drawer1").status == 200
    opened = as_(box, CLERK).sign_on("maria").open_drawer()
    assert technician.get("/v1/operations/" + opened["id"]).status == 200
    assert technician.get("/v1/tills")["tills"] == []
    assert technician.get("/v1/tills/1").status == 404
    sign_on = technician.post("/v1/sign-ons", {"till": "1", "login": "maria",
                                               "password": "maria-runs-the-shop"})
    assert sign_on.status == 404
    assert technician.open_drawer().status == 404
    assert technician.get("/v1/journal").code == "sign-on-required"


def test_the_journal_is_for_those_with_config_access_at_the_box(box):
    cook, clerk = as_(box, COOK), as_(box, CLERK)
    for path in ("/v1/journal", "/v1/journal/export"):
        assert cook.get(path).code == "sign-on-required"
    cook.sign_on("piotr")
    clerk.sign_on("maria")
    for path in ("/v1/journal", "/v1/journal/export"):
        assert cook.get(path).code == "journal-not-allowed"
        assert clerk.get(path).status == 200
    assert cook.post("/v1/journal/verify").code == "journal-not-allowed"
    assert clerk.post("/v1/journal/verify")["sound"] is True


def test_what_one_uid_does_wrong_does_not_slow_down_another(box):
    cook, clerk = as_(box, COOK), as_(box, CLERK).sign_on("anna")
    wrong = {"till": "1", "login": "nobody", "password": "wrong"}
    while cook.post("/v1/sign-ons", wrong).code != "slow-down":
        pass
    assert as_(box, CLERK).sign_on("maria").token
    cook_floods = as_(box, COOK)
    cook_floods.token = clerk.token
    assert clerk.sign_on("anna").open_drawer().code == "authorization-required"


def test_the_sockets_file_decides_who_may_connect(make_box):
    box = make_box(devices=(), socket='mode = "0660"').start()
    box.dir.chmod(0o711)
    with pytest.raises(AssertionError, match="PermissionError"):
        as_(box, GUEST).get("/v1")
    grouped = make_box(devices=(), socket=f'mode = "0660"\n\tgroup = "{TECHNICIANS}"').start()
    grouped.dir.chmod(0o711)
    assert as_(grouped, GUEST, groups=(TECHNICIANS,)).get("/v1").status == 200
