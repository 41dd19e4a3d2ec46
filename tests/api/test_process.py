# SPDX-License-Identifier: Apache-2.0
"""The daemon as a process: configuration, signals, stopping, a second one beside it."""
import contextlib
import json
import os
import pathlib
import signal
import subprocess

import pytest

from box import BUILD, PATIENCE, UnixConnection, exchange
from contract import CONTRACT

TOP = pathlib.Path(__file__).resolve().parents[2]


def tilld(*arguments, **options):
    return subprocess.run([BUILD / "tilld", *arguments], text=True, capture_output=True,
                          timeout=PATIENCE, **options)


# -- the command line --------------------------------------------------------------------

def test_what_it_is_asked_to_print():
    assert tilld("--version").stdout.startswith("tilld ")
    assert "Usage: tilld" in tilld("--help").stdout
    drivers = tilld("--drivers").stdout
    for name in ("escpos-drawer", "posnet-printer", "zvt-terminal", "epson-display",
                 "em4100-reader"):
        assert f"{name}: " in drivers
    assert set(json.loads(tilld("--api").stdout)) == {"routes", "problems", "reasons"}


@pytest.mark.parametrize("arguments", [["--frobnicate"], ["-c"], ["file"], ["-n", "file"]])
def test_it_is_called_in_a_wrong_way(arguments):
    done = tilld(*arguments)
    assert done.returncode == 64 and "Usage: tilld" in done.stderr and not done.stdout


# -- the configuration -------------------------------------------------------------------

def check(tmp_path, text):
    (tmp_path / "tilld.conf").write_text(text)
    return tilld("-n", "-c", tmp_path / "tilld.conf")


def test_the_sample_configuration_is_good_and_says_the_defaults(tmp_path):
    done = tilld("-n", "-c", TOP / "conf/tilld.conf")
    assert done.returncode == 0 and "good; 0 devices" in done.stdout, done.stderr
    assert check(tmp_path, "").returncode == 0
    lines = [line.removeprefix("#") for line in
             (TOP / "conf/tilld.conf").read_text().splitlines()]
    devices = "\n".join(line for line in lines[next(
        i for i, line in enumerate(lines) if line.startswith('device "')):])
    done = check(tmp_path, devices)
    assert done.returncode == 0 and "good; 5 devices" in done.stdout, done.stderr


DEVICE = """device "d" {{
	driver = "escpos-drawer"
	serial = "/dev/null"
	tills = {{ "1" }}
{}}}
"""


@pytest.mark.parametrize("text, line, words", [
    ("frobnicate = 1\n", 1, "no such option 'frobnicate'"),
    ("\n\nbox = \"a\nb\n", None, ""),
    ("socket {\n\tmode = \"0999\"\n}\n", 2, "octal"),
    ("socket {\n\tpath = \"tilld.sock\"\n}\n", 2, "not an absolute path"),
    ("socket {\n\tgroup = \"no-such-group\"\n}\n", 2, "no group"),
    ("socket {\n\towner = \"no-such-user\"\n}\n", 2, "no user"),
    ("socket {\n\tconnections = 0\n}\n", 2, "connections"),
    ("state-dir = \"state\"\n", 1, "not an absolute path"),
    ("\npassword-cost = 13\n", 2, "13 is not between 14 and 20"),
    ("\npassword-cost = \"high\"\n", 2, "invalid integer value"),
    ("stop-wait = 0\n", 1, "stop-wait"),
    ("consent-seconds = 100000\n", 1, "consent-seconds"),
    ("technicians = \"no-such-group\"\n", 1, "no group"),
    ("device {\n}\n", 1, "title"),
    (DEVICE.format("\tdriver = \"toaster\"\n"), 5, "no driver"),
    (DEVICE.format("\tfrobs = \"1\"\n"), 5, "no such option"),
    (DEVICE.format("\tpassword = \"000000\"\n"), 5, "has no option"),
    (DEVICE.format("\tpin = \"3\"\n"), 5, "none of"),
    (DEVICE.format("\tpoll = \"soon\"\n"), 5, "not a value"),
    (DEVICE.format("\tbaud = \"9601\"\n"), 5, "none of"),
    (DEVICE.format("\tparity = \"some\"\n"), 5, "none of"),
    # what is wrong with a device as a whole stands at its end
    (DEVICE.format("\ttcp = \"127.0.0.1:9100\"\n"), 6, "either serial"),
    (DEVICE.format("\ttills = { }\n"), 6, "tills"),
    (DEVICE.format("\ttills = { \"1\", \"2\" }\n"), 5, "exactly one till"),
    (DEVICE.format("\ttills = { \"a b\" }\n"), 5, "till's id"),
    (DEVICE.format("\tserial = \"ttyS0\"\n"), 5, "not an absolute path"),
    (DEVICE.format("") + DEVICE.format("").replace('"d"', '"e"'), 10, "can't share"),
    (DEVICE.format("") * 2, 6, ""),
    (DEVICE.format("").replace('"d"', '"a b"'), 5, "can't be a device's name"),
    (DEVICE.format("").replace('serial = "/dev/null"', 'tcp = "printer.example:9100"'), 3,
     "numeric address"),
    (DEVICE.format("").replace('serial = "/dev/null"', 'tcp = "127.0.0.1:99999"'), 3, "port"),
])
def test_what_is_wrong_is_told_with_file_and_line(tmp_path, text, line, words):
    done = check(tmp_path, text)
    assert done.returncode == 78, done
    where = f"{tmp_path}/tilld.conf:" + (f"{line}:" if line else "")
    assert any(where in said and words in said for said in done.stderr.splitlines()), done.stderr


def test_all_mistakes_are_told_at_once(tmp_path):
    done = check(tmp_path, "password-cost = 1\nstop-wait = 0\n" + DEVICE.format("\tpin = \"3\"\n"))
    assert len(done.stderr.splitlines()) == 3, done.stderr


def test_no_configuration(tmp_path):
    done = tilld("-n", "-c", tmp_path / "nothing.conf")
    assert done.returncode == 78 and "nothing.conf" in done.stderr
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
    reread(box, good.replace("password-cost = 14", "password-cost = 15"))
    box.log.wait("only devices can be changed without a restart")
    reread(box, good)
    box.log.wait("was read again")
    assert box.client().sign_on("maria").open_drawer().status == 200


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


def test_who_waits_for_a_consent_is_told(make_box):
    box = make_box(devices=("drawer1", "reader1")).up()
    events, anna = box.follow(), box.client().sign_on("anna")
    asking = anna.later(anna.open_drawer, wait=60)
    events.wait("reader.armed")
    box.stop()
    answer = asking.result()
    assert answer.status in (410, 503), answer
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
