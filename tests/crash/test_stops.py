# SPDX-License-Identifier: Apache-2.0
"""The real binary, real files, real signals: at every call by which the daemon touches the world
(reads a request, writes and syncs a record, writes to and reads from a device, answers) it is
killed or stopped; then it is started again, and what it says is held against what tillsim's
devices really did. TILLD_STOPS=all takes really every call; else of many in a row only some.
"""
import collections
import contextlib
import signal
import time
import uuid

import pytest
from box import PATIENCE
from stops import (DEVICES, KILL, STOP, Stops, again, at_rest, check_after, library, make_stopped,
                   points_of, prepare, some, told, wait_for)
from truth import act, ended, is_true, moved

__all__ = ["library", "make_stopped"]  # fixtures


@pytest.mark.parametrize("device", DEVICES)
def test_killed_at_every_call(make_stopped, device, capsys):
    """kill -9 before each of them: between any two of what it does to the world."""
    box, tally, hits = make_stopped(device), collections.Counter(), 0
    points = points_of(box, device)
    for point in points:
        prepare(box, device)
        before, key = moved(box, device), uuid.uuid4().hex
        box.stops.arm(KILL, point)
        later = box.maria.later(act, box.maria, device, key)
        wait_for(lambda: box.daemon.poll() is not None or later.done())
        if box.stops.hit:
            box.daemon.wait(PATIENCE)
            later.thread.join(PATIENCE)
            hits += 1
            again(box)
        box.stops.off()
        check_after(box, device, key, before, tally)
    told(capsys, "killed", device, tally, len(points))
    assert hits >= len(points) * 0.7, "too few of the calls came again"
    assert box.client().post("/v1/journal/verify")["sound"] is True


@pytest.mark.parametrize("device", DEVICES)
def test_stopped_at_every_call(make_stopped, device, capsys):
    """SIGSTOP there, and later it goes on as if nothing had been: done, once, and told."""
    box, tally = make_stopped(device), collections.Counter()
    points = points_of(box, device)[::2]
    for point in points:
        prepare(box, device)
        before, key = moved(box, device), uuid.uuid4().hex
        box.stops.arm(STOP, point)
        later = box.maria.later(act, box.maria, device, key)
        wait_for(lambda: box.stops.hit or later.done())
        time.sleep(0.05)  # it lasts a while
        box.daemon.send_signal(signal.SIGCONT)
        answer = later.result()
        box.stops.off()
        operation = ended(box, answer)
        is_true(box, device, operation, before)
        assert operation["outcome"] == "ok", (point, operation)
        tally["ok"] += 1
        at_rest(box, device)
    told(capsys, "stopped", device, tally, len(points))
    assert box.client().post("/v1/journal/verify")["sound"] is True


def test_killed_while_it_starts(make_stopped):
    """At each call of a start after a crash; the next one finds all as it was."""
    box = make_stopped("drawer1")
    assert act(box.maria, "drawer1", "k").status == 200
    box.kill()
    points = []
    with box.stops.watched(points):
        again(box)
    box.kill()
    for point in some([p for p in points if p[0] != "read"]):
        box.stops.arm(KILL, point)
        box.start(ready=False, env=box.stops.env)
        with contextlib.suppress(AssertionError):
            box.log.wait("ready at", patience=PATIENCE)
        wait_for(lambda: box.daemon.poll() is not None or not box.stops.hit)
        if box.daemon.poll() is None:
            box.kill()
        box.stops.off()
    again(box)
    assert act(box.maria, "drawer1", "k")["outcome"] == "ok"
    assert moved(box, "drawer1") == 1
    assert box.client().get("/v1")["rolled_back"] is False
    assert box.client().post("/v1/journal/verify")["sound"] is True


def test_killed_while_it_is_set_up(make_box, library):
    """At each call: it is set up, or can be; its keys are never lost to it."""
    first = make_box(devices=())
    first.stops = Stops(first.dir, library)
    first.start(env=first.stops.env)
    points = []
    with first.stops.watched(points):
        first.set_up()
    last = {point[:2]: point for point in points}  # and the first of each kind
    for point in [p for p in points if p[0] != "read" and (p[2] == 0 or p in last.values())]:
        box = make_box(devices=())
        box.stops = Stops(box.dir, library)
        box.start(env=box.stops.env)
        box.stops.arm(KILL, point)
        with contextlib.suppress(Exception):
            box.set_up()
        if not box.stops.hit:
            continue
        box.daemon.wait(PATIENCE)
        box.stops.off()
        box.start()
        if not box.client().get("/v1")["set_up"]:
            box.set_up()
        assert box.client().sign_on("anna", session=False).token
        assert box.client().post("/v1/journal/verify")["sound"] is True, point
        box.stop()
