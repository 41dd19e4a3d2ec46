# SPDX-License-Identifier: Apache-2.0
"""The alarm's program, started by the daemon for what somebody has to hear of at once."""
import json
import os
import shutil
import signal

import pytest

from box import PATIENCE, swipe


class Shop:
    """A box with a program that writes down what it was told."""

    def __init__(self, make_box, tmp_path, **options):
        self.told = tmp_path / "told"
        self.program = tmp_path / "program"
        self.have("cat >>" + str(self.told))
        options.setdefault("settings", f'alarm = "{self.program}"')
        self.box = make_box(**options)

    def have(self, does):
        self.program.write_text("#!/bin/sh\n" + does + "\n")
        self.program.chmod(0o700)

    def expect(self, kind):
        self.box.log.wait(f"alarm: {self.program} was told of {kind}")
        return [event for line in self.told.read_text().splitlines()
                if (event := json.loads(line))["type"] == kind][-1]


def key(box, events):
    """Somebody opens the drawer with its key, and shuts it."""
    box.person("drawer1 key")
    events.wait("drawer.unsolicited")
    box.person("drawer1 close")
    events.wait("drawer.closed")


def test_a_drawer_that_nobody_asked_for(make_box, tmp_path):
    shop = Shop(make_box, tmp_path, devices=("drawer1",),
                config={"drawer1": 'driver = "escpos-drawer" sensor = "low-is-open" '
                                   'open-alarm = 1'})
    box = shop.box.up()
    events = box.follow()
    box.person("drawer1 key")
    told = events.wait("drawer.unsolicited")
    assert shop.expect("drawer.unsolicited") == told  # as everybody is told
    assert shop.expect("drawer.left-open")["device"] == "drawer1"
    assert len(shop.told.read_text().splitlines()) >= 2


def test_another_payment_was_reversed(make_box, tmp_path):
    shop = Shop(make_box, tmp_path, devices=("terminal1",))
    maria = shop.box.up().client().sign_on("maria")
    first, _ = maria.pay(100)["id"], maria.pay(200)
    shop.box.person("terminal1 reverse last on")
    maria.cancel(first)
    assert shop.expect("terminal.alarm")["payment"] == first


def test_badges_one_after_the_other(make_box, tmp_path):
    shop = Shop(make_box, tmp_path, devices=("drawer1", "reader1", "display1"))
    box = shop.box.up()
    events, anna = box.follow(), box.client().sign_on("anna")
    asked = anna.open_drawer()
    question = f"/v1/authorizations/{asked['authorization']['id']}"
    anna.post(question + "/arm")
    swipe(box, "0000000001", events)
    for number in range(2, 12):
        box.person(f"reader1 badge 00000000{number:02d}")
    events.wait("reader.ignored", why="badges come too fast; wait a moment")
    anna.request("DELETE", question)
    assert shop.expect("unknown-badges")["count"] > 0


def test_a_database_from_the_past(make_box, tmp_path):
    shop = Shop(make_box, tmp_path, devices=("drawer1",))
    box = shop.box.up()
    box.stop()
    shutil.copytree(box.dir / "state", tmp_path / "old")
    box.start().wait_ready()
    assert box.client().sign_on("maria").open_drawer().status == 200
    box.stop()
    head = (box.dir / "state" / "head").read_bytes()
    shutil.rmtree(box.dir / "state")
    shutil.copytree(tmp_path / "old", box.dir / "state")
    (box.dir / "state" / "head").write_bytes(head)
    for _ in range(2):  # at each start, until somebody has looked into it
        box.start()
        assert shop.expect("rolled-back")["at"]
        box.stop()


def test_a_program_that_hangs_and_floods_stops_nothing(make_box, tmp_path):
    shop = Shop(make_box, tmp_path, devices=("drawer1",))
    shop.have(f"echo x >>{shop.told}; yes & yes >&2 & cat /dev/zero")
    box = shop.box.up()
    events, maria = box.follow(), box.client().sign_on("maria")
    for _ in range(6):
        key(box, events)
        assert maria.open_drawer().status == 200
        box.person("drawer1 close")
        events.wait("drawer.closed")
    assert shop.told.read_text() == 4 * "x\n"
    box.stop()  # at once, whatever they do


def test_another_program_is_taken_over(make_box, tmp_path):
    shop = Shop(make_box, tmp_path, devices=("drawer1",), settings="")
    box = shop.box.up()
    events = box.follow()
    key(box, events)
    config = (box.dir / "tilld.conf").read_text()
    (box.dir / "tilld.conf").write_text(f'alarm = "{shop.program}"\n' + config)
    os.kill(box.daemon.pid, signal.SIGHUP)
    box.log.wait("the configuration was read again")
    assert not shop.told.exists()
    key(box, events)
    shop.expect("drawer.unsolicited")
    (box.dir / "tilld.conf").write_text(config)
    os.kill(box.daemon.pid, signal.SIGHUP)
    box.log.wait("the configuration was read again")
    key(box, events)
    assert len(shop.told.read_text().splitlines()) == 1


@pytest.mark.parametrize("path, said", [
    ("program", "it has to be an absolute path"),
    ("/nowhere/program", "alarm: /nowhere/program is not there")])
def test_a_program_that_can_t_be(make_box, tmp_path, path, said):
    box = make_box(devices=(), settings=f'alarm = "{path}"')
    box.start(ready=False)
    box.log.wait(said)
    if path[0] == "/":  # the till works without
        box.log.wait("ready at")
    else:
        assert box.daemon.wait(PATIENCE) == 78
        box.daemon = None
