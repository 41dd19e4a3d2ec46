# SPDX-License-Identifier: Apache-2.0
"""What else a fiscal printer does for the till: the drawer that hangs on it, over the real socket
and line; and that people at a terminal see when it is at work.
"""
import contextlib
import os
import pty
import re
import subprocess

import pytest

from box import BUILD, PATIENCE
from test_tillctl_shift import Ctl


@pytest.mark.parametrize("drawer, outcome, told", [("plain", "sent", "no-sensor"),
                                                   ("switch", "ok", "open")])
def test_the_drawer_hangs_on_the_printer(make_box, drawer, outcome, told):
    box = make_box(devices=("printer1",),
                   config={"printer1": f'driver = "posnet-printer" drawer = "{drawer}"'}).up()
    maria = box.client().sign_on("maria")
    done = maria.open_drawer(key="once")
    assert (done["outcome"], done["result"]) == (outcome, {"drawer": told}), done
    assert maria.open_drawer(key="once")["id"] == done["id"]
    assert box.account("printer1")["drawer_openings"] == 1
    assert maria.get("/v1/tills/1/drawer")["device"] == "printer1"
    # it needs no paper
    box.person("printer1 paper out")
    assert maria.open_drawer()["outcome"] == outcome
    box.person("printer1 drawer stuck")
    shut = maria.open_drawer()
    if drawer == "switch":
        assert shut.code == "outcome-unknown", shut
        assert shut["operation"]["reason"] == "drawer-stayed-shut"


def test_a_drawer_on_the_printer_is_pulsed_once(make_box):
    """Its answer is lost: nothing tells, so nothing is sent again."""
    box = make_box(devices=("printer1",),
                   config={"printer1": 'driver = "posnet-printer" drawer = "plain"'}).up()
    maria = box.client().sign_on("maria")
    box.person("printer1 hang up after opendrwr 300")
    assert maria.open_drawer().code == "outcome-unknown"
    assert box.account("printer1")["drawer_openings"] == 1


def test_a_printer_without_a_drawer(make_box):
    box = make_box(devices=("printer1",)).up()
    assert box.client().sign_on("maria").open_drawer().code == "no-such-device"


def test_a_bar_while_paper_runs(make_box):
    """On a terminal it is seen that something goes on; into a pipe go plain lines."""
    box = make_box(devices=("printer1",)).up()
    ctl = Ctl(box)
    ctl.sign_on("maria")
    box.person("printer1 slow dailyrep 4000")
    ours, theirs = pty.openpty()
    program = subprocess.Popen([BUILD / "tillctl", "report", "z"], env=ctl.env, stderr=theirs,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    os.close(theirs)
    seen = b""
    with contextlib.suppress(OSError):  # the other end is closed
        while part := os.read(ours, 4096):
            seen += part
    os.close(ours)
    assert program.wait(PATIENCE) == 0 and b"5" in program.stdout.read()
    bars = re.findall(rb"\r\x1b\[K  printer1: printing \[ *#+ *\] \d s", seen)
    assert len(set(bars)) > 2, seen
    assert seen.endswith(b"\r\x1b[K"), seen
    box.person("printer1 receipt 12.00")
    piped = ctl("report z").stderr
    assert piped.count("printer1: printing\n") == 1 and "\r" not in piped and "[" not in piped
