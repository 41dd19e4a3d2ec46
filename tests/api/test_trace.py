# SPDX-License-Identifier: Apache-2.0
"""What a technician sees of a wire, and what nobody does."""
import json
import os
import signal
import subprocess

import pytest

import secrets_planted
from box import BUILD, DEVICES, PATIENCE, Lines, UnixConnection
from elsewhere import OtherClient

ROOT = os.getuid() == 0


def tillctl(box, *words, **options):
    return subprocess.run([BUILD / "tillctl", "--socket", box.socket, *map(str, words)], text=True,
                          capture_output=True, timeout=PATIENCE, **options)


def trace(box, device, query="?limit=1000"):
    return box.client().get(f"/v1/devices/{device}/trace{query}")


def bytes_in(records):
    return b"\0".join(bytes.fromhex(r["hex"]) for r in records if "hex" in r)


@pytest.fixture
def used(make_box):
    box = make_box(sim=secrets_planted.SIM, config=secrets_planted.CONFIG).up(
        secrets_planted.people())
    return box, secrets_planted.use(box)


def test_no_secret_is_in_any_trace(used, tmp_path):
    box, planted = used
    for device in DEVICES:
        answer = trace(box, device)
        assert planted.found_in(answer.raw) == [], device
        shown = bytes_in(answer["records"])
        assert planted.found_in(shown) == [], device
        assert bytes.fromhex(secrets_planted.TERMINAL) not in shown, device
        printed = tillctl(box, "trace", device, "--record", tmp_path / device)
        assert printed.returncode == 0, printed
        assert planted.found_in((printed.stdout + printed.stderr).encode()) == [], device
        assert planted.found_in((tmp_path / device).read_bytes()) == [], device
    texts = {device: " | ".join(r["text"] for r in trace(box, device)["records"])
             for device in DEVICES}
    assert "pulse on pin 2" in texts["drawer1"]
    assert "a badge is shown; its number is not kept" in texts["reader1"]
    assert "amount 1000" in texts["terminal1"]
    assert "0000 0000 0000 0000" in texts["display1"]


def test_what_is_looked_for_would_be_found():
    planted = secrets_planted.Planted()
    for name, secret in planted.secrets.items():
        for spelling, what in secrets_planted.spellings(secret).items():
            assert (name, spelling) in planted.found_in(b"x" + what + b"y")
    assert planted.found_in(b'"864219"') == ["the terminal's password"]


def test_it_is_told_as_it_happens(make_box):
    box = make_box(devices=("drawer1",), config={
        "drawer1": 'driver = "escpos-drawer" sensor = "low-is-open" poll = 60000'}).up()
    before = trace(box, "drawer1")
    waiting = box.client().later(trace, box, "drawer1", f"?after={before['last']}&wait=60")
    box.client().sign_on("maria").open_drawer()
    after = waiting.result()
    assert after["records"][0]["seq"] == before["last"] + 1
    assert after["records"][0]["event"] == "begin"
    assert after["records"][0]["detail"]["kind"] == "drawer-open"
    nothing = trace(box, "drawer1", "?after=100000&wait=0")
    assert (nothing["records"], nothing["last"]) == ([], 100000)


def test_who_waits_is_answered_when_the_daemon_stops(make_box):
    box = make_box(devices=("display1",)).up()
    waiting = UnixConnection(box.socket, PATIENCE)
    waiting.request("GET", "/v1/devices/display1/trace?after=100000&wait=60")
    for _ in range(3):  # what was sent before is there before
        assert box.client().get("/v1").status == 200
    box.stop()
    answer = waiting.getresponse()
    assert answer.status == 200 and json.loads(answer.read())["records"] == []


def test_a_lost_line_and_what_it_was_in_the_middle_of(make_box):
    box = make_box(devices=("drawer1",)).up()
    events = box.follow()
    box.person("drawer1 unplug")
    while box.client().get("/v1/devices/drawer1")["state"] in ("ready", "busy"):
        events.wait("device")
    lost = [r for r in trace(box, "drawer1")["records"] if r.get("event") == "lost"]
    assert lost[0]["detail"] == {"reason": "unplugged"}


@pytest.mark.skipif(not ROOT, reason="only root can be somebody else")
def test_it_is_for_technicians(make_box):
    box = make_box(devices=("drawer1",), socket='mode = "0666"',
                   settings='technicians = "daemon"').up()
    path = "/v1/devices/drawer1/trace"
    assert OtherClient(box, 65534).get(path).code == "technicians-only"
    import grp
    technician = OtherClient(box, 65534, groups=(grp.getgrnam("daemon").gr_gid,))
    assert technician.get("/v1/devices/nothing/trace").code == "not-found"


# -- tillctl -------------------------------------------------------------------

def test_tillctl_trace(make_box, tmp_path):
    box = make_box(devices=("drawer1",)).up()
    box.client().sign_on("maria").open_drawer()
    told = tillctl(box, "trace", "drawer1")
    assert told.returncode == 0, told
    pulse = next(line for line in told.stdout.splitlines() if "pulse" in line)
    assert " >  pulse on pin 2" in pulse and pulse.endswith("1b 70 00 32 c8"), pulse
    assert "  -  an operation begins: drawer-open" in told.stdout
    assert tillctl(box, "trace", "nothing").returncode == 1
    assert tillctl(box, "trace", "drawer1", "--limit", "0").returncode == 64


def test_tillctl_trace_follows_and_records(make_box, tmp_path):
    box = make_box(devices=("drawer1",)).up()
    process = subprocess.Popen(
        [BUILD / "tillctl", "trace", "drawer1", "-f", "--record", tmp_path / "rec", "--limit", "1",
         "--socket", box.socket], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = Lines(process.stdout, "tillctl trace")
    lines.wait("asks for the printer")
    box.client().sign_on("maria").open_drawer()
    lines.wait("pulse on pin 2")
    lines.wait("the operation has ended: ok")
    process.send_signal(signal.SIGINT)
    process.wait(PATIENCE)
    head, *records = map(json.loads, (tmp_path / "rec").read_text().splitlines())
    assert head["tilld_trace"] == 1 and head["driver"] == "escpos-drawer"
    assert head["settings"]["sensor"] == "low-is-open" and head["line"] == "serial"
    numbers = [r["seq"] for r in records]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))  # nothing is missing
    assert any("pulse" in r["text"] for r in records)
    again = tillctl(box, "trace", "drawer1", "--record", tmp_path / "rec")
    assert again.returncode == 74 and "nothing is written over" in again.stderr
