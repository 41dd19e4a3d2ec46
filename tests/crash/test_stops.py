# SPDX-License-Identifier: Apache-2.0
"""The real binary, real files, real signals: at every call by which the daemon touches the world
(reads a request, writes and syncs a record, writes to and reads from a device, answers) it is
killed, or stopped, or the call fails; then it is started again, and what it says is held against
what tillsim's devices really did.

No mode of the daemon's: stops.c is loaded into it, and stands between it and libc.
"""
import collections
import contextlib
import json
import mmap
import os
import pathlib
import resource
import signal
import struct
import subprocess
import time
import uuid

import pytest
from box import PATIENCE, Box
from elsewhere import NoDisk, fill, small_disk
from truth import act, ended, is_true, moved

HERE = pathlib.Path(__file__).resolve().parent
MANY = int(os.environ.get("TILLD_STOPS", "1"))  # every n-th of the calls; 1: all of them

SANITIZED = any(word in os.environ.get("TILLD_BUILD", "") for word in ("asan", "tsan", "fuzz"))
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
    return points[::MANY]


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
    assert tally["ok"] >= hits / 4
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


DISK = ("tilld.db-wal", "tilld.db", "head.intents", "head", "head.new", "ballast", "state")
ERRORS = {"full": 28, "failing": 5, "read-only": 30}  # ENOSPC, EIO, EROFS


@pytest.mark.parametrize("what", ERRORS)
def test_the_disk_fails_from_any_call_on(make_stopped, what, capsys):
    """Every write and sync of that kind fails from then on, as on a disk that was remounted
    read-only, or is full, or dies. What was let in before has its outcome on record once the
    disk is back, or after the next start; nothing moves without its record."""
    device, error = "drawer1", ERRORS[what]
    box, tally = make_stopped(device), collections.Counter()
    points = [p for p in points_of(box, device) if p[1] in DISK]
    assert len(points) >= 6
    for point in points:
        before, key = moved(box, device), uuid.uuid4().hex
        box.stops.arm(FAIL, point, error=error, for_good=1)
        answer = box.maria.later(act, box.maria, device, key).result()
        assert answer.status in (200, 202, 500, 503, 504), answer
        times = moved(box, device) - before
        assert times <= 1
        if times:
            assert [e for e in box.journal(kind="intent") if e.get("key") == key], point
        assert box.client().get("/v1").status == 200  # it can still be looked at
        box.stops.off()
        if points.index(point) % 2:  # the disk is back before the end, or after it
            box.kill()
        else:
            box.stop(expect=None)
        again(box)
        box.maria = box.client().sign_on("maria", session=False)
        check_after(box, device, key, before, tally)
    told(capsys, f"disk {what}", device, tally, len(points))
    assert box.client().post("/v1/journal/verify")["sound"] is True


def test_one_call_to_the_disk_fails(make_stopped, capsys):
    """Only the one: the daemon goes on, and is true."""
    device = "drawer1"
    box, tally = make_stopped(device), collections.Counter()
    for point in [p for p in points_of(box, device) if p[1] in DISK]:
        before, key = moved(box, device), uuid.uuid4().hex
        box.stops.arm(FAIL, point, error=ERRORS["failing"])
        act(box.maria, device, key)
        box.stops.off()
        if box.daemon.poll() is not None:
            again(box)
        end = time.monotonic() + PATIENCE
        while act(box.maria, device, key).code in ("disk-failed", "disk-full"):
            assert time.monotonic() < end
        check_after(box, device, key, before, tally)
    told(capsys, "one failing call", device, tally, 0)
    assert box.client().post("/v1/journal/verify")["sound"] is True


@pytest.mark.skipif(os.getuid() != 0, reason="only root can mount a disk")
def test_a_full_tmpfs_at_every_call(library):
    """A real one, filled while the daemon stands still right before the call."""
    try:
        with small_disk(32) as folder:
            box = Box(folder, devices=("drawer1",), config=CALM)
            try:
                full_at_every_call(box, library)
            finally:
                box.close(expect=None)
    except NoDisk as why:
        pytest.skip(f"no disk can be mounted here: {why}")


def full_at_every_call(box, library):
    tally = collections.Counter()
    box.stops = Stops(box.dir, library)
    box.start(env=box.stops.env).set_up().wait_ready()
    box.maria = box.client().sign_on("maria")
    for point in [p for p in points_of(box, "drawer1") if p[1] in DISK][::2]:
        before, key = moved(box, "drawer1"), uuid.uuid4().hex
        box.stops.arm(STOP, point)
        later = box.maria.later(act, box.maria, "drawer1", key)
        wait_for(lambda: box.stops.hit or later.done())
        fill(box.dir)
        box.daemon.send_signal(signal.SIGCONT)
        answer = later.result()
        assert answer.status == 200 or answer.code in ("disk-full", "disk-failed"), answer
        box.kill()
        (box.dir / "filler").unlink()
        again(box)
        check_after(box, "drawer1", key, before, tally)
    assert box.client().post("/v1/journal/verify")["sound"] is True


def test_out_of_descriptors(make_stopped):
    """Not one left for a while: who is connected is served, actions go on; new ones wait."""
    box = make_stopped("drawer1")
    pid, before = box.daemon.pid, moved(box, "drawer1")
    was = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    events = box.follow()
    resource.prlimit(pid, resource.RLIMIT_NOFILE,
                     (len(os.listdir(f"/proc/{pid}/fd")) + 1, was[1]))
    waiting = [box.maria.later(box.client().get, "/v1") for _ in range(12)]
    opened = box.maria.later(act, box.maria, "drawer1", "k")
    events.wait("outcome", outcome="ok")
    resource.prlimit(pid, resource.RLIMIT_NOFILE, was)
    assert {w.result().status for w in waiting} == {200}
    assert opened.result().status == 200
    assert moved(box, "drawer1") - before == 1
    assert box.client().post("/v1/journal/verify")["sound"] is True


@pytest.mark.skipif(SANITIZED, reason="sanitizers reserve all addresses there are")
def test_out_of_memory(make_stopped):
    """Whatever is refused it: it may end, and is true when it is there again."""
    box, tally = make_stopped("drawer1"), collections.Counter()
    for more in (0, 64, 256, 1024, 4096, 16384):  # KiB
        before, key, pid = moved(box, "drawer1"), uuid.uuid4().hex, box.daemon.pid
        with open(f"/proc/{pid}/status") as status:
            size = next(int(s.split()[1]) for s in status if s.startswith("VmSize"))
        resource.prlimit(pid, resource.RLIMIT_AS, ((size + more) * 1024,) * 2)
        many = [box.maria.later(box.client().get, "/v1/journal?limit=1000") for _ in range(20)]
        later = box.maria.later(act, box.maria, "drawer1", key)
        for one in (later, *many):
            one.thread.join(PATIENCE)
        if box.daemon.poll() is None:
            box.kill()
        again(box)
        check_after(box, "drawer1", key, before, tally)
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
    for point in [p for p in points if p[0] != "read"]:
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
    for point in [p for p in points if p[0] != "read"]:
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
        assert box.client().post("/v1/journal/verify")["sound"] is True, json.dumps(point)
        box.stop()
