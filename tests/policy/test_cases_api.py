# SPDX-License-Identifier: Apache-2.0
"""The cases of cases.tsv over the socket, as a POS app asks: POST .../check."""
import os
import uuid

import pytest

from box import Client
from cases import BOX, read_cases, read_policy

# A daemon slows down who is refused more often at a stretch.
REFUSALS = 25


def password(login):
    return f"{login}-tells-nobody"


def document(people):
    """The fixture, with somebody who may set up a box, for those who ask here."""
    policy = read_policy()
    for till in policy["tills"]:
        till["clients"] = {"users": [os.getuid()]}
    policy["operators"] = [{**operator, "password": password(operator["login"])}
                           for operator in policy["operators"]
                           if operator["login"] in people | {"adam"}]
    return policy


def may_sign_on(operator, till):
    """Whoever is active and not kept away (docs/policy.md, section 5)."""
    free = operator.get("role") == "manager" or not operator.get("restricted")
    return operator.get("active", True) and (free or till in operator["access_tills"])


def cases():
    """Those that an app can ask for: at a till, by somebody who can sign on there."""
    people = {o["login"]: o for o in read_policy()["operators"]}
    actions = {"payment", "payment.cancel", "report.x", "report.z", "balance.read", "cash.in",
               "cash.out", "session.report", "receipt"}  # asked by doing them
    found = [c for c in read_cases() if c.decision and c.till != BOX and c.action not in actions
             and may_sign_on(people[c.operator], c.till)]
    assert found
    return sorted(found, key=lambda c: (c.operator, c.till))


def shares():
    """The cases, cut so that no box has to refuse too often."""
    share, refused = [], 0
    for case in cases():
        refused += case.kind != "allowed"
        if refused > REFUSALS:
            yield share
            share, refused = [], 1
        share.append(case)
    yield share


def fault(client, case):
    """What is wrong with the answer to one question; None if nothing is."""
    answer = client.post(f"/v1/tills/{case.till}/check", {"action": case.action},
                         key=uuid.uuid4().hex)
    if case.kind == "allowed":
        good = answer.status == 200 and answer["result"]["allowed"] is True
        return None if good else answer
    if answer.status != 403 or answer.code != "authorization-required":
        return answer
    client.request("DELETE", f"/v1/authorizations/{answer['authorization']['id']}")
    all_of, any_of = ([m["id"] for m in answer.body.get(field, ())]
                      for field in ("missing", "missing_any"))
    wanted, other = (any_of, all_of) if case.kind == "missing-any" else (all_of, any_of)
    return None if sorted(wanted) == sorted(case.missing) and not other else answer


@pytest.mark.parametrize("share", shares(), ids=lambda share: f"from line {share[0].number}")
def test_asked_over_the_socket(make_box, share):
    box = make_box(devices=()).start().set_up(document({case.operator for case in share}))
    client, faults = Client(box), []
    for case in share:
        if (client.till, client.token and client.login) != (case.till, case.operator):
            client = Client(box, till=case.till)
            client.sign_on(case.operator, password(case.operator), session=False)
            client.login = case.operator
        answer = fault(client, case)
        if answer is not None:
            faults.append(f"{case} {case.kind} {case.rest}: {answer}")
    assert not faults, "\n".join(faults)
