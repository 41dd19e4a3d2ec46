# SPDX-License-Identifier: Apache-2.0
"""The file for somebody far away: all of it, and no secret."""
import json
import os
import subprocess

import pytest

import secrets_planted
from box import BUILD, DEVICES, PATIENCE


def tillctl(box, *words, **options):
    return subprocess.run([BUILD / "tillctl", "--socket", box.socket, *map(str, words)], text=True,
                          capture_output=True, timeout=4 * PATIENCE, **options)


@pytest.fixture
def used(make_box):
    box = make_box(sim=secrets_planted.SIM, config=secrets_planted.CONFIG).up(
        secrets_planted.people())
    return box, secrets_planted.use(box)


def test_no_secret_leaves_the_box(used, tmp_path):
    """Planted through real use; looked for raw, in hexadecimal, base64, UTF-16 and packed."""
    box, planted = used
    told = tillctl(box, "report", cwd=tmp_path)
    assert told.returncode == 0, told
    [path] = tmp_path.iterdir()
    assert path.name.startswith("tilld-report-") and path.stat().st_mode & 0o777 == 0o600
    artefacts = {"report": path.read_bytes(), "what it said": (told.stdout + told.stderr).encode()}
    for words in (("status",), ("status", "--json"), ("doctor", "--json"), ("health",),
                  ("devices",), ("devices", "terminal1"), ("report", "--record", "-"),
                  *(("trace", device) for device in DEVICES)):
        shown = tillctl(box, *words)
        artefacts[" ".join(words)] = (shown.stdout + shown.stderr).encode()
    box.stop()
    artefacts["log"] = "\n".join(box.log.seen).encode()
    assert {name: planted.found_in(data) for name, data in artefacts.items()} == \
        {name: [] for name in artefacts}


def test_what_is_in_it(make_box):
    box = make_box(devices=("drawer1", "terminal1"), config={
        "terminal1": 'driver = "zvt-terminal" password = "000000" currency = "978"'}).up()
    box.client().sign_on("maria").open_drawer()
    report = json.loads(tillctl(box, "report", "--record", "-").stdout)
    assert report["tilld_report"] == 1
    assert {d["name"] for d in report["status"]["devices"]} == {"drawer1", "terminal1"}
    assert report["traces"]["terminal1"]["settings"] == {"currency": "978"}
    assert any("pulse" in r["text"] for r in report["traces"]["drawer1"]["records"])
    assert {f["about"] for f in report["doctor"]} >= {"daemon", "drawer1", "clock"}
    assert report["box"]["uid"] == os.getuid() and isinstance(report["log"], list)
    if os.getuid() == 0:
        assert report["journal"]["entries"][0]["kind"] in ("outcome", "drawer.opened", "seal")
        assert {e["kind"] for e in report["journal"]["entries"]} >= {"sign-on", "intent"}
    for line in ("device terminal1 {", "password = **", "driver = zvt-terminal", "tills = { 1 }"):
        assert line in report["config"], line


def test_while_the_daemon_is_down(make_box, tmp_path):
    box = make_box(devices=()).up()
    box.stop()
    told = tillctl(box, "report", cwd=tmp_path)
    assert told.returncode == 0 and "without the daemon" in told.stderr, told
    [path] = tmp_path.iterdir()
    report = json.loads(path.read_text())
    assert "status" not in report and isinstance(report["log"], list)
    assert "bad" in {f["finding"] for f in report["doctor"] if f["about"] == "daemon"}


def test_where_it_can_t_be_written(make_box):
    told = tillctl(make_box(devices=()).up(), "report", cwd="/proc")
    assert told.returncode == 74 and "--record FILE puts it elsewhere" in told.stderr


def test_it_is_written_over_nothing(make_box, tmp_path):
    box = make_box(devices=()).up()
    (tmp_path / "there").write_text("mine")
    told = tillctl(box, "report", "--record", tmp_path / "there")
    assert told.returncode == 74 and (tmp_path / "there").read_text() == "mine"
