# SPDX-License-Identifier: Apache-2.0
"""Devices that talk nonsense, say nothing, come and go."""
import pytest

from box import ANNAS_BADGE, MARIAS_BADGE, swipe
from truth import DEVICES, act, ended, is_true, moved

# -- the line -----------------------------------------------------------------------------

@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("fault, heal", [
    ("garbage 300", None), ("split on", "split off"), ("double reply 5", None),
    ("delay 30", "delay 0")])
def test_what_a_line_may_do(make_box, device, fault, heal):
    box = make_box(devices=(device,), sim={
        "printer1": "posnet pty {dir}/printer1 speed=fast"}).up()
    maria = box.client().sign_on("maria")
    box.person(f"{device} {fault}")
    answer = act(maria, device, "k")
    if answer.code == "device-not-ready":  # thrown out by the noise, nothing was begun
        assert answer["reason"] in ("garbled", "unplugged", "wrong-protocol"), answer
        assert moved(box, device) == 0
        box.wait_ready()
        answer = act(maria, device, "k")
    operation = ended(box, answer)
    assert operation["outcome"] == "ok", operation
    is_true(box, device, operation, 0)
    if heal:
        box.person(f"{device} {heal}")


@pytest.mark.parametrize("device", ["drawer1", "terminal1"])
def test_silence_before_anything_was_sent_is_a_failure(make_box, device):
    box = make_box(devices=(device,)).up()
    events, maria = box.follow(), box.client().sign_on("maria")
    box.person(f"{device} silence on")
    answer = act(maria, device, "k")
    assert answer.status in (502, 503), answer
    if answer.status == 502:
        assert answer["reason"] == "no-answer"
        is_true(box, device, ended(box, answer), 0)
        assert act(maria, device, "k")["operation"]["id"] == answer["operation"]["id"]
    while box.client().get(f"/v1/devices/{device}")["state"] in ("ready", "busy"):
        events.wait("device")
    state = box.client().get("/v1/tills/1")["devices"][device[:-1]]
    assert state["device_state"] not in ("ready", "busy") and state.get("stale") is not False
    assert act(maria, device, "k2").code == "device-not-ready"
    box.person(f"{device} silence off")
    box.wait_ready()
    assert ended(box, act(maria, device, "k2"))["outcome"] == "ok"


# -- one and the others ---------------------------------------------------------------------

def test_one_lost_device_does_not_disturb_another(make_box):
    box = make_box().up()
    events, maria = box.follow(), box.client().sign_on("maria")
    for device in ("printer1", "terminal1", "display1", "reader1"):
        box.person(f"{device} unplug")
    assert maria.open_drawer().status == 200
    assert maria.request("PUT", "/v1/tills/1/display",
                         {"lines": ["x"]}).code in ("device-not-ready", "failed")
    states = {d["name"]: d["state"] for d in box.client().get("/v1/devices")["devices"]}
    assert states["drawer1"] in ("ready", "busy")
    for device in ("printer1", "terminal1", "display1", "reader1"):
        box.person(f"{device} plug")
    box.wait_ready()
    assert maria.pay(100).status == 200
    events.close()


# -- the reader and the display ---------------------------------------------------------------

def test_a_noisy_reader(make_box):
    box = make_box(devices=("drawer1", "reader1")).up()
    events, anna = box.follow(), box.client().sign_on("anna")
    opening = anna.later(anna.open_drawer, wait=60)
    events.wait("reader.armed")
    box.person("reader1 garbage 500")
    box.person("reader1 noise")
    box.person("reader1 bad badge")
    swipe(box, "13005D1DA5")
    events.wait("unknown-badge")
    assert not opening.done()
    box.person(f"reader1 badge {MARIAS_BADGE}")
    assert opening.result().status == 200
    assert "bad badge" not in str(box.journal())


def test_the_reader_is_unplugged_while_somebody_waits_for_a_badge(make_box):
    box = make_box(devices=("drawer1", "reader1")).up()
    events, client = box.follow(), box.client()
    signing = client.later(client.post, "/v1/sign-ons", {"till": "2", "badge": True}, wait=60)
    events.wait("reader.armed")
    box.person("reader1 unplug")
    assert signing.result().code == "badge-timeout"
    assert client.post("/v1/sign-ons", {"till": "2", "badge": True}).code == "no-reader"
    box.person("reader1 plug")
    box.wait_ready("reader1")
    signing = client.later(client.post, "/v1/sign-ons", {"till": "2", "badge": True}, wait=60)
    events.wait("reader.armed")
    swipe(box, ANNAS_BADGE)
    assert signing.result().status == 201


def test_the_reader_is_unplugged_while_a_consent_is_waited_for(make_box):
    box = make_box(devices=("drawer1", "reader1", "display1")).up()
    events, anna = box.follow(), box.client().sign_on("anna")
    opening = anna.later(anna.open_drawer, wait=60)
    asked = events.wait("refused")["authorization"]
    events.wait("reader.armed")
    box.person("reader1 unplug")
    events.wait("reader.disarmed")
    state = anna.get(f"/v1/authorizations/{asked}").body
    assert state["state"] == "pending" and "password" in state["how"]
    assert anna.approve(asked).status == 200  # the password still will do
    assert opening.result().status == 200


def test_the_display_is_unplugged_while_it_asks(make_box):
    box = make_box(devices=("drawer1", "reader1", "display1")).up()
    events, anna = box.follow(), box.client().sign_on("anna")
    opening = anna.later(anna.open_drawer, wait=60)
    events.wait("prompt.shown")
    box.street.wait("OPEN DRAWER")
    box.person("display1 unplug")
    events.wait("prompt.not-shown")
    swipe(box, MARIAS_BADGE)  # of what nobody can read
    events.wait("reader.ignored", why="the display of this till could not show what is asked")
    assert not opening.done()
    box.person("display1 plug")
    swipe(box, MARIAS_BADGE, events)  # it asks again, and a second later a badge counts
    assert opening.result().status == 200
    assert anna.request("PUT", "/v1/tills/1/display", {"lines": ["Next"]})["deferred"] is False
    box.street.wait("Next")


def test_devices_that_are_never_there(make_box):
    """Ports that do not exist: it starts, says so, and refuses with words that help."""
    box = make_box(devices=("drawer1", "terminal1"))
    box.ports = {"drawer1": "/dev/nothing", "terminal1": "127.0.0.1:1"}
    box.sim = False  # nobody plays them
    box.write_config()
    box.start().set_up()
    box.sim = None
    maria = box.client().sign_on("maria")
    refused = maria.open_drawer()
    assert refused.code == "device-not-ready" and refused["reason"] == "port-missing"
    assert "Plug its cable in" in refused["advice"]
    refused = maria.pay(100)
    assert refused.code == "device-not-ready" and refused["device"] == "terminal1"
    assert box.client().get("/v1/tills/1/drawer")["drawer"] == "unknown"


def test_a_drawer_that_rests_says_how_long(make_box):
    box = make_box(devices=("drawer1",), config={
        "drawer1": 'driver = "escpos-drawer" sensor = "low-is-open" kicks-per-minute = 1'}).up()
    maria = box.client().sign_on("maria")
    assert maria.open_drawer().status == 200
    resting = maria.open_drawer(key="k")
    assert (resting.code, resting["reason"]) == ("failed", "drawer-resting")
    assert 50 < resting["retry_after"] <= 70
    assert resting.headers["Retry-After"] == str(resting["retry_after"])
    assert maria.open_drawer(key="k")["retry_after"] <= resting["retry_after"]
