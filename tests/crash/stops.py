# SPDX-License-Identifier: Apache-2.0
"""Stops a daemon at a call that it makes to libc, and looks what is true afterwards.

No mode of the daemon's: stops.c is loaded into it, and stands between it and libc.
"""
import collections
import contextlib
import itertools
import mmap
import os
import pathlib
import struct
import subprocess
import time
import uuid

import pytest
from box import PATIENCE
from truth import act, ended, is_true, moved

HERE = pathlib.Path(__file__).resolve().parent
MOST = 20  # and a few, of the points of one action
ALL = os.environ.get("TILLD_STOPS") == "all"  # really every call: takes minutes

CALM = {"drawer1": 'driver = "escpos-drawer" sensor = "low-is-open" poll = 10000 '
                   'kicks-per-minute = 120',
        "printer1": 'driver = "posnet-printer" poll = 60000'}
SIM = {"printer1": "posnet pty {dir}/printer1 speed=fast"}

OFF, WATCH, KILL, STOP, FAIL = range(5)


class Stops:
    """What the test and stops.c both have: struct stops."""

    HEAD = "=IIIII32s32sI"
    TRACE = 60000

    def __init__(self, folder, library):
        self.path = folder / "stops"
        self.path.write_bytes(bytes(struct.calcsize(self.HEAD) + self.TRACE))
        with self.path.open("r+b") as file:
            self.map = mmap.mmap(file.fileno(), 0)
        self.env = {"LD_PRELOAD": str(library), "STOPS_FILE": str(self.path)}

    def _put(self, mode, error=0, for_good=0, left=0, call="", where=""):
        # the mode last: from then on it counts
        self.map[4:struct.calcsize(self.HEAD)] = struct.pack(
            self.HEAD, 0, error, for_good, left, 0, call.encode(), where.encode(), 0)[4:]
        self.map[0:4] = struct.pack("=I", mode)

    def arm(self, mode, point, **options):
        call, where, number = point
        self._put(mode, call=call, where=where, left=number, **options)

    def off(self):
        self.map[0:4] = struct.pack("=I", OFF)

    @property
    def hit(self):
        return struct.unpack("=I", self.map[16:20])[0] > 0

    @contextlib.contextmanager
    def watched(self, points):
        """All calls made meanwhile go into points: (call, where, number)."""
        self._put(WATCH)
        yield
        self.off()
        size = struct.calcsize(self.HEAD)
        length = struct.unpack("=I", self.map[size - 4:size])[0]
        lines = self.map[size:size + min(length, self.TRACE)].decode().splitlines()
        counts = collections.Counter()
        for line in lines:
            call, where = line.split(" ", 1)
            points.append((call, where, counts[line]))
            counts[line] += 1


@pytest.fixture(scope="session")
def library(tmp_path_factory):
    made = tmp_path_factory.mktemp("stops") / "stops.so"
    done = subprocess.run([*os.environ.get("CC", "cc").split(), "-shared", "-fPIC", "-O1", "-o",
                           made, HERE / "stops.c"], capture_output=True, text=True)
    if done.returncode:
        pytest.skip("there is no compiler here: " + done.stderr[:200])
    return made


@pytest.fixture
def make_stopped(make_box, library):
    """A box whose daemon can be stopped at any call; with Maria signed on."""
    def make(device, folder=None, **options):
        options.setdefault("config", CALM)
        box = make_box(folder=folder, devices=(device,), sim=SIM, **options)
        box.stops = Stops(box.dir, library)
        box.start(env=box.stops.env).set_up().wait_ready()
        box.maria = box.client().sign_on("maria")
        return box
    return make


def again(box):
    box.start(env=box.stops.env).wait_ready()


def at_rest(box, device):
    """As a person would leave it: the drawer shut."""
    if device == "drawer1":
        with contextlib.suppress(AssertionError):
            box.person("drawer1 close")


def prepare(box, device):
    """A Z has to have something to report."""
    if device == "printer1":
        box.person("printer1 receipt 1.00")


def points_of(box, device):
    """All calls of one action, in their order, each with how many like it come before."""
    points = []
    prepare(box, device)
    with box.stops.watched(points):
        assert act(box.maria, device, uuid.uuid4().hex).status == 200
    at_rest(box, device)
    assert {call for call, _, _ in points} >= {"read", "write", "sync"}
    assert {where for _, where, _ in points} >= {"client", "device", "tilld.db-wal",
                                                 "head.intents"}
    return some(points)


def some(points):
    """Of the same call many times in a row the first, one in the middle, and the last; and of
    what is left so many, evenly spread, with the first of every kind among them."""
    if ALL:
        return points
    kept = []
    for _, run in itertools.groupby(points, key=lambda point: point[:2]):
        run = list(run)
        kept += [run[i] for i in sorted({0, len(run) // 2, len(run) - 1})]
    step = max(1, -(-len(kept) // MOST))
    return [point for at, point in enumerate(kept) if point[2] == 0 or at % step == 0]


def settle(box, operation, times):
    """What can't be told by anybody but a person is settled as the simulator knows it."""
    body = {"outcome": "ok" if times else "failed", "reason": "looked"}
    answer = box.maria.post(f"/v1/tills/1/operations/{operation['id']}/settle", body,
                            key=uuid.uuid4().hex)
    assert answer.status == 200, answer


def check_after(box, device, key, before, tally):
    """The record of that key is true, and the key never moves anything a second time."""
    intents = [e for e in box.journal(kind="intent") if e.get("key") == key]
    times = moved(box, device) - before
    assert len(intents) <= 1 and times <= len(intents), (intents, times)
    at_rest(box, device)
    answer = act(box.maria, device, key)
    for _ in range(5):
        if answer.status != 409 or answer.code not in ("device-busy", "outcome-open"):
            break
        answer = act(box.maria, device, key)
    operation = ended(box, answer)
    assert not intents or operation["id"] == intents[0]["operation"]
    is_true(box, device, operation, before)
    tally[operation["outcome"]] += 1
    if operation["outcome"] == "unknown":
        settle(box, operation, moved(box, device) - before)
    at_rest(box, device)


def wait_for(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)  # nothing tells of a process that is stopped


DEVICES = ["drawer1", "printer1", "terminal1"]


def told(capsys, what, device, tally, count):
    with capsys.disabled():
        print(f"# {what}, {device}: {count} points, outcomes {dict(tally)}")
