# SPDX-License-Identifier: Apache-2.0
"""The tour's third part: people, groups, tills, badges and the policy, changed by those who
may, by consent, by root and by a back office."""
import json
import subprocess
import uuid

from box import ANNAS_BADGE, BUILD, MARIA, MARIAS_PIN, policy, swipe
from elsewhere import OtherClient
from tour import MARIAS_WORD, OTHER, ROOT, maria, olga, people, until

RIGHTS = ("read", "add", "modify", "delete")
OBJECTS = ("receipt", "sales_invoice", "receipt_correction", "invoice_correction",
           "cash_deposit", "cash_withdrawal", "cash_report", "sales_complaint",
           "warehouse_movement", "receiving_report", "advance_invoice", "tax_free")
GROUP = {"name": "New", "tills": ["1"], "rights": {"receipt": ["read"]}}


def crowd():
    """Everybody that there can be: restricted, inactive, idle, and too many to be told."""
    document = people()
    document["groups"].append({"id": "nowhere", "permissions": ["drawer.open"]})
    document["groups"].append({"id": "void", "tills": ["1"], "rights": {"receipt": ["add"]}})
    document["operators"] += [
        {"login": "zoe", "active": False, "restricted": True, "view_tills": ["1"],
         "access_tills": ["1"], "no_foreign_session": True, "single_session": True,
         "groups": ["nowhere", "void"]},
        {"login": "idle", "groups": ["nowhere"]},
        *({"login": f"lead{n}", "groups": ["leaders"]} for n in range(25)),
    ]
    return document


def multitude():
    document = crowd()
    document["groups"] += [
        {"id": f"group-{n}", "tills": ["1"], "rights": {o: RIGHTS for o in OBJECTS}}
        for n in range(300)]
    document["operators"] += [{"login": f"clerk-{n}"} for n in range(600)]
    return document


def change(client, method, path, body=None, key="", **options):
    """key: a new one, unless it is said; None: none."""
    return client.request(method, path, body, key=uuid.uuid4().hex if key == "" else key,
                          **options)


def by_consent(asker, method, path, body=None, **options):
    key = uuid.uuid4().hex
    question = change(asker, method, path, body, key, **options)
    asker.approve(question["authorization"]["id"])
    answer = change(asker, method, path, body, key, **options)
    assert answer.status == 200, answer
    return answer


def changes(handle):
    """Every change, in an order in which all of them go well."""
    entry = {"name": "New", "groups": ["newcomers"]}
    return (
        ("PUT", "/v1/operators/new", entry),
        ("PUT", "/v1/operators/new/password", {"password": "a-word-for-now"}),
        ("PUT", "/v1/operators/new/pin", {"pin": "1234"}),
        ("DELETE", "/v1/operators/new/pin", None),
        ("PUT", f"/v1/badges/{handle}", {"label": "lost", "active": False, "until": None}),
        ("DELETE", f"/v1/badges/{handle}", None),
        ("PUT", "/v1/groups/new", GROUP),
        ("DELETE", "/v1/groups/new", None),
        ("PUT", "/v1/tills/9/policy", {"name": "Nine", "clients": {"users": [OTHER]}}),
        ("DELETE", "/v1/tills/9/policy", None),
        ("DELETE", "/v1/operators/new/name", None),
        ("DELETE", "/v1/operators/idle", None),
    )


OWN = (("PUT", "/v1/operators/maria/password", {"password": MARIA}),
       ("PUT", "/v1/operators/maria/pin", {"pin": MARIAS_PIN}),
       ("DELETE", "/v1/operators/maria/pin", None))

LOOKS = ("/v1/policy", "/v1/policy/lint", "/v1/operators?limit=3", "/v1/operators/zoe",
         "/v1/groups", "/v1/groups/void", "/v1/tills/1/policy",
         "/v1/policy/explain?operator=anna&till=1&action=drawer.open",
         "/v1/policy/explain?operator=olga&till=1&action=trade_document.new",
         "/v1/policy/explain?operator=maria&till=1&action=operation.settle",
         "/v1/policy/explain?operator=maria&till=@box&action=policy.replace")


def enroll(box, client, login, badge, key=""):
    events = box.follow()
    asking = client.later(change, client, "POST", f"/v1/operators/{login}/badges",
                          {"label": "blue"}, key, wait=20)
    swipe(box, badge, events)
    events.close()
    return asking.result()


def administration(make_box):
    box = make_box(devices=("display1", "reader1"), socket='mode = "0666"').up(crowd())
    events = box.follow()
    able, stranger = maria(box), box.client()
    for path in LOOKS:
        stranger.get(path)
        able.get(path)
    enrolled = enroll(box, able, "olga", "0000004711")
    assert enroll(box, able, "olga", ANNAS_BADGE).code == "badge-taken"
    change(able, "POST", "/v1/operators/olga/badges", {}, None)
    change(stranger, "POST", "/v1/operators/olga/badges", {})
    for method, path, body in changes(enrolled["result"]["badge"]):
        change(stranger, method, path, body)
        change(able, method, path, body, None)
        assert change(able, method, path, body).status == 200, path
    for method, path, body in OWN:
        assert change(able, method, path, body).code == "own-secret", path
    the_whole(box, able, stranger)
    by_others(box)
    if ROOT:
        OtherClient(box, OTHER).post("/v1/setup/recover", {"login": "m", "password": "12345678"})
    maria(box)
    box.client().post("/v1/setup/recover", {"login": "maria", "password": MARIA})
    events.wait("sign-off", why="secret changed")
    box.follow("?after=0").wait("recovered")
    box.journal()


def the_whole(box, able, stranger):
    document, path = multitude(), "/v1/policy"
    own = next(o for o in document["operators"] if o["login"] == "maria")
    assert change(able, "PUT", path, document, headers={"If-Match": "*"}).code == "own-secret"
    del own["password"], own["pin"]
    etag = able.get(path).headers["ETag"]
    compared = able.request("PUT", path + "?dry_run=true", document)
    assert "more" in compared["changes"]["operators"]
    change(stranger, "PUT", path, document, headers={"If-Match": "*"})
    change(able, "PUT", path, document, None, headers={"If-Match": "*"})
    change(able, "PUT", path, document)
    assert change(able, "PUT", path, document, headers={"If-Match": etag}).status == 200
    assert change(able, "PUT", path, document,
                  headers={"If-Match": etag}).code == "policy-changed"
    change(able, "PUT", path, raw=b"[", headers={"If-Match": "*"})
    assert "more" in able.get("/v1/policy/lint").body
    assert change(able, "DELETE", "/v1/operators/maria").code == "last-administrator"
    in_use = change(able, "DELETE", "/v1/tills/1/policy")
    assert (in_use.code, in_use["till"]) == ("till-in-use", "1")
    change(able, "PUT", "/v1/groups/void", GROUP, "again")
    change(able, "PUT", "/v1/groups/void", {}, "again")


def by_others(box):
    stands = maria(box).get("/v1/policy").body
    asker = olga(box)
    by_consent(asker, "PUT", "/v1/groups/void", GROUP)
    assert change(asker, "PUT", "/v1/operators/olga", {"groups": []}).code == "own-rights"
    whole = {part: stands[part] for part in ("tills", "groups", "operators")}
    whole["groups"] += [{"id": f"g-{n}", "tills": ["1"]} for n in range(300)]
    refused = change(asker, "PUT", "/v1/policy", whole, headers={"If-Match": "*"})
    assert refused.code == "change-too-large", refused
    for method, path, body in (("GET", "/v1/operators", None),
                               ("PUT", "/v1/policy?dry_run=true", policy())):
        question = asker.request(method, path, body)
        asker.approve(question["authorization"]["id"])
        assert asker.request(method, path, body).status == 200


# -- what is nobody's permission ------------------------------------------------------

def ones_own(make_box):
    box = make_box(devices=("drawer1",)).up(people())
    for what, old in (("password", MARIA), ("pin", MARIAS_PIN)):
        path, client = f"/v1/sign-ons/current/{what}", maria(box)
        body = {"old": old, "new": old}
        box.client().request("PUT", path, body)
        assert client.request("PUT", path, body).status == 204
        wrong = {"old": "wrong", "new": old}
        client.request("PUT", path, wrong)
        tries = [client.later(client.request, "PUT", path, wrong) for _ in range(5)]
        assert "too-many-requests" in {t.result().code for t in tries}
        until("slow-down", client.request, "PUT", path, wrong)
        box.stop()
        box.start()
        until(201, box.client().post, "/v1/sign-ons", {"till": "1", **MARIAS_WORD})
    box.journal()
    box.follow("?after=0").wait("own-pin")


def tillctl(*words):
    return subprocess.run([BUILD / "tillctl", *words], text=True, capture_output=True,
                          check=True).stdout


def a_bundle(make_box):
    box = make_box(devices=(), socket='mode = "0666"')
    box.settings = tillctl("policy", "key", box.dir / "office.key")
    box.start().set_up(people())
    client, plain = box.client(), box.dir / "policy.json"

    def bundle(number, document):
        plain.write_text(json.dumps(document))
        return json.loads(tillctl("policy", "sign", plain, "--key", box.dir / "office.key",
                                  "--number", str(number)))
    headless = policy()
    headless["groups"][2]["permissions"].remove("config.access")
    path, good = "/v1/policy/bundle", bundle(2, policy())
    if ROOT:
        OtherClient(box, OTHER).post(path, good)
    client.post(path, {**good, "version": 3})
    client.post(path, bundle(2, headless))
    client.sign_on("maria")  # and opens a session
    other = policy()
    other["tills"][0]["currency"] = "PLN"
    assert client.post(path, bundle(2, other)).code == "till-in-use"
    assert client.post(path, good).status == 200
    assert client.post(path, good).code == "bundle-outdated"
    box.journal()
    box.follow("?after=0").wait("policy.bundle")


PARTS = (administration, ones_own, a_bundle)
