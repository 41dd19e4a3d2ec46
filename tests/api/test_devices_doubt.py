# SPDX-License-Identifier: Apache-2.0
"""The line goes, or talks nonsense, while something may be moving: nobody guesses,
and what became of it is found out as soon as the device can be asked.
"""
import pytest

from truth import DEVICES, act, ended, is_true, under_way


def hold(box, device):
    """What it does next is done at once, and told so late that much can be done meanwhile."""
    if device == "drawer1":
        box.person("drawer1 delay 300")  # the sensor's word is still on its way
    elif device == "printer1":
        box.person("printer1 delay reply 20000 dailyrep")


@pytest.mark.parametrize("device", DEVICES)
def test_unplugged_in_the_middle_and_settled_when_it_is_back(make_box, device):
    box = make_box(devices=(device,)).up()
    events, maria = box.follow(), box.client().sign_on("maria")
    hold(box, device)
    acting = maria.later(act, maria, device, "k")
    under_way(box, events, device)
    box.person(f"{device} unplug")
    doubt = events.wait("operation.doubtful", device=device)
    assert doubt["reason"] == "unplugged"
    path = f"/v1/operations/{doubt['operation']}"
    # meanwhile: it is open, nobody guesses, and nothing else is begun
    assert maria.get(path)["state"] == "open"
    assert not acting.done()
    described = box.client().get(f"/v1/devices/{device}").body
    assert described["state"] in ("absent", "lost")
    assert described["operation"]["id"] == doubt["operation"]
    assert described["operation"]["recovering"] is True
    other = act(maria, device, "k2")
    assert other.code == "outcome-open" and other["operation_id"] == doubt["operation"]
    assert maria.request("DELETE", path).code == "not-abortable"
    settle = maria.post(f"/v1/tills/1{path[3:]}/settle", {"outcome": "ok", "reason": "it did"})
    assert settle.status == 409, settle  # the device has still to be asked
    assert maria.get(path)["state"] == "open"
    if device == "drawer1":
        box.person("drawer1 delay 0")
    box.person(f"{device} plug")
    operation = ended(box, acting.result())
    assert operation["id"] == doubt["operation"]
    is_true(box, device, operation, 0)
    assert box.journal(kind="outcome")[0]["recovered"] is True
    again = act(maria, device, "k")
    assert again.body.get("operation", again.body)["id"] == doubt["operation"]
    is_true(box, device, operation, 0)


@pytest.mark.parametrize("device", DEVICES)
def test_garbage_in_the_middle(make_box, device):
    box = make_box(devices=(device,)).up()
    events, maria = box.follow(), box.client().sign_on("maria")
    if device == "drawer1":
        box.person("drawer1 delay 100")
    acting = maria.later(act, maria, device, "k")
    under_way(box, events, device)
    box.person(f"{device} garbage 300")
    is_true(box, device, ended(box, acting.result()), 0)


def test_silence_after_the_pulse(make_box):
    box = make_box(devices=("drawer1",)).up()
    events, maria = box.follow(), box.client().sign_on("maria")
    box.person("drawer1 delay 200")
    opening = maria.later(maria.open_drawer, key="k")
    box.street.wait("click")
    box.person("drawer1 silence on")
    assert events.wait("operation.doubtful")["reason"] == "no-answer"
    box.person("drawer1 silence off")
    box.person("drawer1 delay 0")
    operation = ended(box, opening.result())
    assert operation["outcome"] == "ok"
    is_true(box, "drawer1", operation, 0)


@pytest.mark.parametrize("device", DEVICES)
def test_unplugged_before_the_point_of_no_return(make_box, device):
    """Two are wanted: what waits for its turn has certainly not happened."""
    box = make_box(devices=(device,), sim={"terminal1": "zvt tcp 0 auto=no"}).up()
    events, maria = box.follow(), box.client().sign_on("maria")
    hold(box, device)
    first = maria.later(act, maria, device, "k1")
    under_way(box, events, device)
    if device == "drawer1":
        box.person("drawer1 delay 1200")  # its driver looks for 1.5 s
    second = maria.later(act, maria, device, "k2")
    waiting = events.wait("intent", key="k2")["operation"]
    box.person(f"{device} unplug")
    answer = second.result()
    assert (answer.status, answer.code) == (502, "failed"), answer
    assert answer["operation"]["id"] == waiting
    assert answer["reason"] in ("unplugged", "port-missing", "connection-refused"), answer
    if device == "drawer1":
        box.person("drawer1 delay 0")
    box.person(f"{device} plug")
    is_true(box, device, ended(box, first.result()), 0)
