# SPDX-License-Identifier: Apache-2.0
"""What the daemon says became of an operation, held against what the simulator's
own account says: ok only if it happened, failed and refused only if it did not,
and never a second movement.
"""

DEVICES = ("drawer1", "printer1", "terminal1")


def act(client, device, key):
    if device == "drawer1":
        return client.open_drawer(key=key)
    if device == "printer1":
        return client.report("z", key=key)
    return client.pay(100, key=key)


def moved(box, device):
    """How often it really happened."""
    account = box.account(device)
    if device == "drawer1":
        return account["openings"]
    if device == "printer1":
        return len(account["z_reports"])
    return account["net"].get("100", 0)


def under_way(box, events, device):
    """Until the point of no return has been passed."""
    if device == "drawer1":
        box.street.wait("click")
    elif device == "printer1":
        box.street.wait("RAPORT FISKALNY")
    else:
        events.wait("operation.progress", device=device)


def ended(box, answer):
    """The operation, when its outcome is known."""
    operation = answer.body.get("operation", answer.body)
    while operation["state"] == "open":
        operation = box.client().get(f"/v1/operations/{operation['id']}?wait=60").body
    return operation


def is_true(box, device, operation, before):
    """What is said is what happened, and it happened once at most."""
    times = moved(box, device) - before
    assert times <= 1
    assert operation["outcome"] != "ok" or times == 1
    assert operation["outcome"] not in ("failed", "refused") or times == 0
    said = [e for e in box.journal(operation=operation["id"]) if e["kind"] == "outcome"]
    assert [e["outcome"] for e in said] == [operation["outcome"]]
