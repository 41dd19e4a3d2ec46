# SPDX-License-Identifier: Apache-2.0
"""The daemon as a process: signals, stopping, a second one beside it."""
import contextlib
import json
import os
import re
import signal
import subprocess
import time

import pytest

from box import PATIENCE, PIOTRS_BADGE, UnixConnection, exchange, policy, swipe, tilld
from contract import CONTRACT


# -- the command line --------------------------------------------------------------------

def test_what_it_is_asked_to_print():
    assert tilld("--version").stdout.startswith("tilld ")
    assert "Usage: tilld" in tilld("--help").stdout
    drivers = tilld("--drivers").stdout
    for name in ("escpos-drawer", "posnet-printer", "datecs-printer", "zvt-terminal",
                 "epson-display", "em4100-reader"):
        assert f"{name}: " in drivers
    assert set(json.loads(tilld("--api").stdout)) == {
        "routes", "problems", "reasons", "permissions", "objects", "rights", "asks", "actions"}


@pytest.mark.parametrize("arguments", [["--frobnicate"], ["-c"], ["file"], ["-n", "file"],
                                       ["--restore"], ["--new-keys"]])
def test_it_is_called_in_a_wrong_way(arguments):
    done = tilld(*arguments)
    assert done.returncode == 64 and "Usage: tilld" in done.stderr and not done.stdout


# -- the configuration -------------------------------------------------------------------

def test_it_does_not_start_without_one(tmp_path):
    assert tilld("-c", tmp_path / "nothing.conf").returncode == 78


def test_it_does_not_start_with_a_bad_one(make_box):
    box = make_box(devices=())
    box.write_config("frobnicate = 1\n")
    box.start(ready=False)
    assert box.daemon.wait(PATIENCE) == 78
    assert not (box.dir / "state").exists()
    box.daemon = None


# -- SIGHUP --------------------------------------------------------------------------------

def reread(box, text):
    (box.dir / "tilld.conf").write_text(text)
    box.daemon.send_signal(signal.SIGHUP)


def test_a_bad_configuration_is_not_taken_over(make_box):
    box = make_box(devices=("drawer1",)).up()
    good = (box.dir / "tilld.conf").read_text()
    reread(box, good + "frobnicate = 1\n")
    box.log.wait("no such option")
    box.log.wait("not taken over")
    assert box.client().sign_on("maria").open_drawer().status == 200
    reread(box, good)
    box.log.wait("was read again")
    assert box.client().sign_on("maria").open_drawer().status == 200


def test_devices_come_and_go(make_box):
    box = make_box(devices=("drawer1", "reader1")).up()
    whole = (box.dir / "tilld.conf").read_text()
    maria = box.client().sign_on("maria")
    events = box.follow()
    reread(box, whole[:whole.index('device "reader1"')])
    box.log.wait("read again")
    assert [d["name"] for d in maria.get("/v1/devices")["devices"]] == ["drawer1"]
    assert maria.open_drawer()["outcome"] == "ok"
    reread(box, whole)
    box.log.wait("read again")
    box.wait_ready()
    anna = box.client().sign_on("anna")
    opening = anna.later(anna.open_drawer, wait=20)
    events.wait("reader.armed")
    swipe(box, PIOTRS_BADGE)
    assert opening.result()["outcome"] == "ok"


def test_what_needs_a_restart_is_named_and_nothing_is_taken_over(make_box):
    box = make_box(devices=("drawer1",), settings="stop-wait = 5\nhead-file = \"{dir}/head\"")
    good = box.up().dir.joinpath("tilld.conf").read_text()
    changed = good[:good.index("device ")].replace("password-cost = 14", "password-cost = 15") \
        .replace("0600", "0660").replace("stop-wait = 5\n", "").replace('/head"', '/other"')
    reread(box, changed)

    def line(setting):
        return [i for i, text in enumerate(changed.splitlines(), 1) if setting in text][0]
    file = f"{box.dir}/tilld.conf"
    box.log.wait(f"{file}:{line('head-file')}: head-file can only be changed by a restart")
    box.log.wait(f"{file}:{line('password-cost')}: password-cost can only be changed by a restart")
    box.log.wait(f"{file}: stop-wait is no longer set", "by a restart")
    box.log.wait(f"{file}:{line('mode')}: socket.mode can only be changed by a restart")
    box.log.wait("only devices and the alarm can be changed without a restart; nothing was taken over")
    assert box.client().sign_on("maria").open_drawer().status == 200  # the drawer has not gone
    told = [text for text in box.log.seen if "restart" in text]
    assert len(told) == 5, told


def test_what_says_the_same_in_other_words_needs_no_restart(make_box):
    box = make_box(devices=(), settings="box = \"till box\"").start()
    good = (box.dir / "tilld.conf").read_text()
    reread(box, "# moved down\n" + good.replace('"0600"', '"600"').replace('box = "till box"', ""))
    box.log.wait("was read again")


def test_after_rereading_every_question_is_answered_as_before(make_box):
    box = make_box(devices=("drawer1",), settings="box = \"Corner shop\"")
    box.start()
    good = (box.dir / "tilld.conf").read_text()
    for _ in range(2):  # what was read first is gone, and what was there is used again
        reread(box, good)
        box.log.wait("was read again")
    assert box.client().get("/v1")["box"] == "Corner shop"
    maria = box.set_up().wait_ready().client().sign_on("maria")
    assert (box.dir / "keys" / "seal.key").exists()
    reread(box, good[:good.index("device ")])
    box.log.wait("was read again")
    reread(box, good)
    box.log.wait("was read again")
    box.wait_ready()
    of = {"till": "1", "device": "drawer1", "login": "anna", "group": "managers"}
    for method, template, _ in CONTRACT.operations():
        path = re.sub(r"\{(\w+)\}", lambda m: of.get(m[1], "nothing"), template)
        if method == "GET" and template != "/v1/events":
            answer = maria.get(path)
            assert answer.status < 500, (path, answer)
    assert maria.get("/v1")["box"] == "Corner shop"
    assert maria.open_drawer().status == 200


def test_a_device_at_work_is_not_taken_away(make_box):
    box = make_box(devices=("printer1",)).up()
    maria = box.client().sign_on("maria")
    good = (box.dir / "tilld.conf").read_text()
    printing = maria.later(maria.report, "z", key="z")
    box.street.wait("RAPORT FISKALNY")
    reread(box, good[:good.index("device ")])
    box.log.wait("printer1 is at work")
    assert printing.result().status == 200
    reread(box, good[:good.index("device ")])
    box.log.wait("printer1 goes")
    assert maria.report("z").code == "no-such-device"
    assert maria.report("z", key="z").status == 200  # what was done stays done


# -- stopping ------------------------------------------------------------------------------

def test_what_passed_its_point_of_no_return_is_waited_for(make_box):
    box = make_box(devices=("printer1",)).up()
    maria = box.client().sign_on("maria")
    printing = maria.later(maria.report, "z", key="z")
    box.street.wait("RAPORT FISKALNY")
    box.daemon.terminate()
    done = printing.result()
    assert done.status == 200 and done["outcome"] == "ok", done
    assert box.daemon.wait(PATIENCE) == 0
    assert not box.socket.exists()
    box.start().wait_ready()
    assert maria.report("z", key="z")["id"] == done["id"]
    assert len(box.account("printer1")["z_reports"]) == 1


def test_nothing_new_is_begun_meanwhile(make_box):
    box = make_box(devices=("printer1", "drawer1")).up()
    maria = box.client().sign_on("maria")
    printing = maria.later(maria.report, "z")
    box.street.wait("RAPORT FISKALNY")
    with contextlib.closing(UnixConnection(box.socket, PATIENCE)) as kept:
        exchange(kept, "GET", "/v1")
        box.daemon.terminate()
        box.log.wait("stopping")
        answer = exchange(kept, "POST", "/v1/tills/1/drawer/open", b'{"reason": "x"}',
                          {"Authorization": "Bearer " + maria.token, "Idempotency-Key": "k",
                           "Content-Type": "application/json"})
    CONTRACT.check("POST", "/v1/tills/1/drawer/open", answer)
    assert (answer.status, answer.code) == (503, "stopping")
    assert printing.result().status == 200
    assert box.daemon.wait(PATIENCE) == 0
    assert box.account("drawer1")["pulse_count"] == 0


def test_who_comes_while_it_stops_is_told_at_once(make_box):
    """And can look at what there is, to the end."""
    box = make_box(devices=("terminal1",), sim={"terminal1": "zvt tcp 0 auto=no"},
                   settings="stop-wait = 30").up()
    events, maria = box.follow(), box.client().sign_on("maria")
    anna = box.client(till="2").sign_on("anna")
    waiting = anna.later(anna.post, "/v1/tills/2/check", {"action": "price.change"}, key="c",
                         wait=60)
    events.wait("refused")
    watching = anna.later(anna.get, events_id(box), wait=60)
    paying = maria.later(maria.pay, 100, key="k")
    events.wait("operation.progress")
    box.daemon.terminate()
    box.log.wait("stopping")
    begun = time.monotonic()
    assert waiting.result().code == "stopping"
    assert watching.result()["state"] == "pending"
    paid, = [e["operation"] for e in box.journal(kind="intent") if e["action"] == "payment"]
    for path in ("/v1", "/v1/tills", "/v1/devices", "/v1/operations/" + paid, "/v1/tills/1/can",
                 "/v1/tills/1/balance", "/v1/policy", events_id(box) + "?wait=60"):
        assert maria.get(path).status == 200, path
    assert maria.get("/v1/operations/" + paid)["state"] != "ended"
    assert maria.post("/v1/tills/1/drawer/open", {"reason": "x"}, key="d").code == "stopping"
    assert time.monotonic() - begun < 10 and not paying.done()
    box.daemon.terminate()
    assert box.daemon.wait(PATIENCE) == 0
    box.daemon = None


def events_id(box):
    asked = [e for e in box.journal() if e["kind"] == "refused"][-1]
    return f"/v1/authorizations/{asked['authorization']}"


def test_what_was_not_begun_is_not_begun_any_more(make_box):
    box = make_box(devices=("printer1",)).up()
    events, maria = box.follow(), box.client().sign_on("maria")
    box.person("printer1 slow periodicrepbynumbers 2000")
    first = maria.later(maria.report, "periodic", from_number=1, to_number=1)
    events.wait("evidence")
    waiting = [maria.report("periodic", key=f"w{i}", from_number=1, to_number=1, wait=0)
               for i in range(3)]
    assert {answer.status for answer in waiting} == {202}
    box.stop()
    assert first.result().status == 200
    box.account("printer1")  # comes after all that it printed
    assert len([line for line in box.street.seen if "RAPORT OKRESOWY" in line]) == 1
    box.start()
    for i in range(3):
        ended = maria.report("periodic", key=f"w{i}", from_number=1, to_number=1)
        assert (ended.code, ended["reason"]) == ("failed", "stopping"), ended


def test_who_waits_for_a_consent_is_told(make_box):
    box = make_box(devices=("drawer1", "reader1")).up()
    events, anna = box.follow(), box.client().sign_on("anna")
    asking = anna.later(anna.open_drawer, wait=60)
    events.wait("reader.armed")
    box.stop()
    assert asking.result().code == "stopping"
    assert box.account("drawer1")["pulse_count"] == 0


def test_a_second_signal_does_not_wait_and_the_next_start_finds_out(make_box):
    box = make_box(devices=("terminal1",), sim={"terminal1": "zvt tcp 0 auto=no"}).up()
    events, maria = box.follow(), box.client().sign_on("maria")
    paying = maria.later(maria.pay, 100, key="k")
    events.wait("operation.progress")
    box.daemon.terminate()
    box.log.wait("stopping")
    box.daemon.terminate()
    box.log.wait("will be found out at the next start")
    assert box.daemon.wait(PATIENCE) == 0
    assert paying.result().status == 202
    box.start().wait_ready()
    ended = maria.get(paying.result().headers["Location"] + "?wait=60")
    assert ended["state"] == "ended" and ended["outcome"] != "ok"
    assert box.account("terminal1")["net"] == {}


def test_signals_while_it_ends_do_not_cut_its_end_short(make_box):
    box = make_box(devices=("drawer1",)).up()
    box.daemon.terminate()
    with contextlib.suppress(ProcessLookupError):
        while box.daemon.poll() is None:
            box.daemon.send_signal(signal.SIGTERM)
    assert box.daemon.returncode == 0
    assert not box.socket.exists()


def test_stop_wait_is_the_longest_it_waits(make_box):
    box = make_box(devices=("terminal1",), sim={"terminal1": "zvt tcp 0 auto=no"},
                   settings="stop-wait = 1").up()
    events, maria = box.follow(), box.client().sign_on("maria")
    paying = maria.later(maria.pay, 100)
    events.wait("operation.progress")
    box.stop()
    box.log.wait("will be found out at the next start")
    assert paying.result().status == 202


# -- a second one --------------------------------------------------------------------------

def test_a_second_daemon_on_the_same_socket(make_box):
    first, second = make_box(devices=()).start(), make_box(devices=())
    second.socket = first.socket
    second.start(ready=False)
    assert second.daemon.wait(PATIENCE) == 1
    second.log.wait("another daemon is there")
    second.daemon = None
    assert first.client().get("/v1").status == 200  # and its socket is still there


def test_a_dead_socket_is_replaced_and_a_file_is_not(make_box):
    box = make_box(devices=()).start()
    box.kill()
    assert box.socket.exists()
    box.start()
    assert box.client().get("/v1").status == 200
    box.stop()
    box.socket.write_text("not a socket")
    box.start(ready=False)
    assert box.daemon.wait(PATIENCE) == 1
    box.daemon = None
    assert box.socket.read_text() == "not a socket"


def test_a_second_daemon_on_the_same_port(make_box):
    first, second = make_box(devices=("drawer1",)).up(), make_box(devices=("drawer1",))
    second.ports = first.ports
    second.sim = first.sim
    second.write_config()
    second.start().set_up()
    while (device := second.client().get("/v1/devices/drawer1")).body.get("reason") != "port-busy":
        second.follow().wait("device")
    assert device["state"] == "absent" and "Another program" in device["sentence"]
    refused = second.client().sign_on("maria").open_drawer()
    assert refused.code == "device-not-ready" and refused["reason"] == "port-busy"
    assert "only tilld" in refused["advice"]
    assert first.client().sign_on("maria").open_drawer().status == 200
    second.sim = None


def test_it_runs_without_a_controlling_terminal_or_input(make_box):
    box = make_box(devices=())
    box.start(stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)
    assert box.client().get("/v1").status == 200
    assert os.getsid(box.daemon.pid) == box.daemon.pid


def test_a_long_first_policy(make_box):
    """As long as any later one may be."""
    box = make_box(devices=()).start()
    document = policy()
    document["operators"] += [{"login": f"clerk-{n}", "name": f"Clerk no. {n}" + n % 40 * "x",
                               "groups": ["cashiers"]} for n in range(3000)]
    assert len(json.dumps(document)) > 256 * 1024
    box.set_up(document)
    told = box.client().sign_on("maria").get("/v1/operators?limit=1&phrase=clerk-2999")
    assert told["operators"][0]["login"] == "clerk-2999"
    too_long = box.client().post("/v1/setup", raw=b" " * (8 * 1024 * 1024 + 1))
    assert (too_long.code, too_long["limit"]) == ("body-too-large", 8 * 1024 * 1024)
