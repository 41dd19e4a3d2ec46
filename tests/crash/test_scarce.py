# SPDX-License-Identifier: Apache-2.0
"""Disks that fail, fill up or turn read-only at a call of the daemon's, and a box that is out of
descriptors or memory: the real binary, real files; what it says is held against what tillsim's
drawer really did.
"""
import collections
import os
import resource
import signal
import time
import uuid

import pytest
from box import PATIENCE, Box
from elsewhere import NoDisk, fill, small_disk
from stops import (CALM, FAIL, STOP, Stops, again, check_after, library, make_stopped, points_of,
                   told, wait_for)
from truth import act, moved

__all__ = ["library", "make_stopped"]  # fixtures

SANITIZED = any(word in os.environ.get("TILLD_BUILD", "") for word in ("asan", "tsan"))

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
        answer = box.maria.open_drawer(key=key, wait=1)  # an outcome is written until it is
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
        box.maria.open_drawer(key=key, wait=1)
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
        later = box.maria.later(box.maria.open_drawer, key=key, wait=1)
        wait_for(lambda: box.stops.hit or later.done())
        fill(box.dir)
        box.daemon.send_signal(signal.SIGCONT)
        answer = later.result()
        assert answer.status in (200, 202) or answer.code in ("disk-full", "disk-failed"), answer
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
