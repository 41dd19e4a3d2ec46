# SPDX-License-Identifier: Apache-2.0
"""All that docs/policy.md leaves to apps, on request, the whole way over the socket: asked
for and refused, consented to by a badge at the reader, allowed and spent by that; and asked
for again, refused again.

No badge counts in its first second, and a daemon refuses so often only: so several boxes are
asked at the same time, each of them with several tills that have a reader each.
"""
import concurrent.futures
import os
import uuid

from box import Client, swipe
from cases import PAGE, RIGHTS, Page, named

TILLS = "12345"
PER_BOX = 3 * len(TILLS)  # each is refused twice: thirty at a stretch are
BOXES_AT_ONCE = 4
NINA, SUE = "nina-has-no-rights", "sue-has-all-of-them"
SUES_BADGE, SUES_PIN = "0110185C5B", "2580"
PIN_NEEDED = {"card.cancel", "refund.validate", "config.access"}  # A-strength-default


class Ask:
    """A name that an app can ask for, and what docs/policy.md says that it takes."""

    def __init__(self, name, takes, any_of=False):
        self.name, self.takes, self.any_of = name, takes, any_of
        self.key, self.second = uuid.uuid4().hex, uuid.uuid4().hex
        self.till = self.client = self.id = self.second_id = self.operation = None

    @property
    def how(self):
        return "badge+pin" if PIN_NEEDED & set(self.takes) else "badge"

    def post(self, key):
        return self.client.post(f"/v1/tills/{self.till}/check",
                                {"action": self.name, "detail": "no. 7"}, key=key)


def asks():
    page = Page(PAGE.read_text())
    for row in page.having("permission"):
        if "app" in row["by"].split(", "):
            yield Ask(row.name("permission"), [row.name("permission")])
    for row in page.having("object"):
        read = f"{row.name('object')}.read"
        for right in RIGHTS:
            yield Ask(f"{row.name('object')}.{right}",
                      sorted({read, f"{row.name('object')}.{right}"}))
    for row in page.having("ask"):
        assert row["by"] == "app", row.id
        yield Ask(row.name("ask"), named(row["takes"]), row["takes"].startswith("any of "))


def document():
    """Nina may do nothing at all; Sue may do everything."""
    page = Page(PAGE.read_text())
    everything = {
        "permissions": [row.name("permission") for row in page.having("permission")],
        "rights": {row.name("object"): list(RIGHTS) for row in page.having("object")}}
    return {
        "tills": [{"id": till, "name": f"Till {till}", "clients": {"users": [os.getuid()]}}
                  for till in TILLS],
        "groups": [{"id": "all", "name": "All", "tills": [*TILLS, "@box"], **everything}],
        "operators": [
            {"login": "nina", "name": "Nina", "groups": [], "password": NINA},
            {"login": "sue", "name": "Sue", "groups": ["all"], "password": SUE,
             "pin": SUES_PIN, "badges": ["em4100:" + SUES_BADGE.lower()]}]}


def readers(make_box):
    """A box where each till has a reader of its own."""
    names = [f"reader{till}" for till in TILLS]
    return make_box(devices=names, sim={n: f"em4100 pty {{dir}}/{n}" for n in names},
                    config={n: 'driver = "em4100-reader"' for n in names},
                    tills={n: f'"{n[-1]}"' for n in names}).up(document())


# -- the steps --------------------------------------------------------------------------

def refused(ask, key):
    """The id of the authorization that is asked for, with what the page says is missing."""
    answer = ask.post(key)
    assert answer.code == "authorization-required", (ask.name, answer)
    missing = {"missing": [], "missing_any": [], **answer.body}
    wanted, other = ("missing_any", "missing") if ask.any_of else ("missing", "missing_any")
    assert sorted(m["id"] for m in missing[wanted]) == sorted(ask.takes), (ask.name, answer)
    assert not missing[other], (ask.name, answer)
    asked = answer["authorization"]
    assert asked["action"] == ask.name and [p["name"] for p in asked["approvers"]] == ["Sue"]
    assert asked["sentence"] == answer["detail"]
    assert asked["sentence"].startswith("Nina asks to "), asked
    assert asked["sentence"].endswith(f" at Till {ask.till} (no. 7)."), asked
    return asked["id"]


def armed(ask):
    path = f"/v1/authorizations/{ask.id}"
    state = ask.client.post(f"{path}/arm")
    assert state["state"] == "armed", (ask.name, state)
    assert state["badge"] == ("pin" if ask.how == "badge+pin" else "alone"), (ask.name, state)
    if state["badge"] == "pin":
        assert ask.client.post(f"{path}/pin", {"pin": SUES_PIN})["pin_given"], ask.name


def swiped(box, together):
    """A badge is held to each of the readers, a second after the last was armed; one after the
    other, since a daemon checks one PIN at a time."""
    for ask in together:
        if ask is together[0]:
            swipe(box, SUES_BADGE, reader=f"reader{ask.till}")
        else:
            box.person(f"reader{ask.till} badge {SUES_BADGE}")
        state = ask.client.get(f"/v1/authorizations/{ask.id}?wait=20")
        assert state["state"] == "approved", (ask.name, state)


def spent(ask):
    for _ in range(2):  # under its key it is the same answer, and is done once
        answer = ask.post(ask.key)
        assert answer.status == 200, (ask.name, answer)
        assert answer["action"] == "check" and answer["outcome"] == "ok"
        assert answer["result"] == {"action": ask.name, "allowed": True}
        assert ask.operation in (None, answer["id"])
        ask.operation = answer["id"]
    assert ask.client.get(f"/v1/authorizations/{ask.id}")["state"] == "spent"
    ask.second_id = refused(ask, ask.second)
    assert ask.second_id != ask.id
    ask.client.request("DELETE", f"/v1/authorizations/{ask.second_id}")


# -- the record -------------------------------------------------------------------------

def recorded(ask, entries, people):
    """Refused, approved, allowed by that; refused again: nothing else, in that order."""
    mine = [e for e in entries if e.get("action") == ask.name]
    assert [(e["kind"], e["authorization"]) for e in mine] == [
        ("refused", ask.id), ("authorization.approved", ask.id), ("check", ask.id),
        ("refused", ask.second_id), ("authorization.withdrawn", ask.second_id)], ask.name
    assert {e["till"] for e in mine} == {ask.till}
    assert {e["operator"] for e in mine} == {people["Nina"]}
    field = "missing_any" if ask.any_of else "missing"
    for entry in (mine[0], mine[3]):
        assert sorted(entry[field]) == sorted(ask.takes), entry
    consent, check = mine[1], mine[2]
    for entry in (consent, check):
        assert (entry["approver"], entry["how"]) == (people["Sue"], ask.how), entry
    assert (check["key"], check["operation"]) == (ask.key, ask.operation)
    assert check["detail"] == "no. 7"


def people(box):
    page = Client(box).get("/v1/journal?limit=1000")
    return {name: person for person, name in page["names"].items()}


# -- all of it --------------------------------------------------------------------------

def share_of(box, share):
    """Some of the names: as many at a time as there are readers."""
    clients = {till: Client(box, till=till).sign_on("nina", NINA, session=False) for till in TILLS}
    for start in range(0, len(share), len(TILLS)):
        together = share[start:start + len(TILLS)]
        for till, ask in zip(TILLS, together):
            ask.till, ask.client = till, clients[till]
            ask.id = refused(ask, ask.key)
            armed(ask)
        swiped(box, together)
        for ask in together:
            spent(ask)
    entries, names = box.journal(), people(box)
    for ask in share:
        recorded(ask, entries, names)


def test_asked_approved_spent_and_asked_again(make_box):
    everything = list(asks())
    assert len({ask.name for ask in everything}) == len(everything) > 100
    shares = [everything[i:i + PER_BOX] for i in range(0, len(everything), PER_BOX)]
    with concurrent.futures.ThreadPoolExecutor(BOXES_AT_ONCE) as pool:
        for done in [pool.submit(lambda s: share_of(readers(make_box), s), share)
                     for share in shares]:
            done.result()
    assert all(ask.operation for ask in everything)
