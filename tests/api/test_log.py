# SPDX-License-Identifier: Apache-2.0
"""The daemon's log: in systemd's journal with fields, and how tillctl log shows it."""
import json
import os
import socket
import subprocess

import pytest

from box import BUILD, PATIENCE


def tillctl(box, *words, **options):
    return subprocess.run([BUILD / "tillctl", "--socket", box.socket, *map(str, words)], text=True,
                          capture_output=True, timeout=PATIENCE + 40, **options)


class Journal:
    """What systemd's journal daemon would get, in a place of its own for the daemon."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "journal").mkdir()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(folder / "journal" / "socket"))
        self.socket.settimeout(PATIENCE)

    def wrap(self, stream="$(stat -L -c %d:%i /proc/self/fd/2)"):
        return ["unshare", "-m", "sh", "-c",
                f'mount --bind {self.folder} /run/systemd && JOURNAL_STREAM={stream} exec "$@"',
                "sh"]

    def next(self):
        return dict(line.split("=", 1)
                    for line in self.socket.recv(65536).decode().splitlines())

    def wait(self, said):
        while said not in (entry := self.next()).get("MESSAGE", ""):
            pass
        return entry


@pytest.fixture
def journal(tmp_path):
    journal = Journal(tmp_path)
    if not os.path.isdir("/run/systemd") or \
            subprocess.run([*journal.wrap(), "true"], capture_output=True).returncode:
        pytest.skip("no place of its own can be made here: takes root, and /run/systemd")
    yield journal
    journal.socket.close()


def test_lines_go_to_systemd_s_journal_with_what_they_are_about(make_box, journal):
    box = make_box(devices=("drawer1",))
    box.start(ready=False, wrap=journal.wrap())
    ready = journal.wait("ready at")
    assert ready["PRIORITY"] == "6" and ready["SYSLOG_IDENTIFIER"] == "tilld"
    assert not [field for field in ready if field.startswith("TILLD_")]
    box.set_up().wait_ready()
    box.person("drawer1 key")
    told = journal.wait("was opened without having been told to")
    assert told == {"MESSAGE": "drawer1 was opened without having been told to", "PRIORITY": "4",
                    "SYSLOG_IDENTIFIER": "tilld", "TILLD_DEVICE": "drawer1", "TILLD_TILL": "1",
                    "TILLD_EVENT": "drawer.unsolicited"}
    box.person("drawer1 close")
    maria = box.client().sign_on("maria")
    release = maria.post("/v1/devices/drawer1/release", {"seconds": 60, "reason": "x"}, key="r")
    entry = journal.wait("drawer1 has been handed over")
    assert entry["TILLD_OPERATION"] == release["id"]
    assert entry["TILLD_EVENT"] == "device.release"
    assert not box.log.seen  # nothing twice


def test_another_standard_error_is_not_the_journal(make_box, journal):
    box = make_box(devices=())
    box.start(wrap=journal.wrap(stream="1:1"))  # "ready" comes there
    journal.socket.settimeout(0)
    with pytest.raises(BlockingIOError):
        journal.next()


JOURNALCTL = """#!/bin/sh
echo "$@" >{dir}/asked
echo '-- No entries --'
echo '{{"__REALTIME_TIMESTAMP":"1795342500250000","PRIORITY":"4","MESSAGE":"drawer1 is \\u001b open",\
"TILLD_DEVICE":"drawer1","TILLD_TILL":"1"}}'
echo '{{"__REALTIME_TIMESTAMP":"1795342501000000","PRIORITY":"6","MESSAGE":"stopping"}}'
echo '{{"MESSAGE":[1,2,3]}}'
"""


def test_it_is_read_from_systemd_s_journal(make_box, tmp_path):
    box = make_box(devices=()).start()
    (tmp_path / "journalctl").write_text(JOURNALCTL.format(dir=tmp_path))
    (tmp_path / "journalctl").chmod(0o755)
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    told = tillctl(box, "log", env=env)
    assert told.stdout == ("2026-11-22 10:15:00Z  warning  drawer1 is \ufffd open\n"
                           "2026-11-22 10:15:01Z           stopping\n"), told
    words = (tmp_path / "asked").read_text().split()
    assert words == "-u tilld.service -o json --no-pager -q -n 200".split()
    first = json.loads(tillctl(box, "log", "--json", env=env).stdout.splitlines()[0])
    assert (first["device"], first["till"], first["level"]) == ("drawer1", "1", "warning")
    tillctl(box, "log", "drawer1", "-f", "--limit", 5, env=env)
    words = (tmp_path / "asked").read_text().split()
    assert words[-4:] == ["-n", "5", "-f", "TILLD_DEVICE=drawer1"]
    report = json.loads(tillctl(box, "report", "--record", "-", env=env).stdout)
    assert [line["text"] for line in report["log"]][1] == "stopping"


@pytest.mark.skipif(os.getuid() != 0, reason="where the daemon writes only root is told")
def test_it_is_read_from_the_file_that_it_goes_to(make_box, tmp_path):
    box = make_box(devices=("drawer1",))
    log = tmp_path / "log"
    log.touch()
    with subprocess.Popen(["tail", "-n0", "-F", log], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as tail:
        box.start(ready=False, wrap=["sh", "-c", f'exec "$@" 2>>{log}', "sh"])
        while "ready at" not in tail.stdout.readline():
            pass
        tail.terminate()
    box.set_up().wait_ready()
    events = box.follow()
    box.person("drawer1 key")
    events.wait("drawer.unsolicited")
    told = tillctl(box, "log").stdout.splitlines()
    assert any(line.strip().startswith("ready at") for line in told)
    assert "warning  drawer1 was opened without having been told to" in told
    about = tillctl(box, "log", "drawer1", "--limit", 1000).stdout.splitlines()
    assert about and all("drawer1" in line for line in about)
    following = subprocess.Popen([BUILD / "tillctl", "--socket", box.socket, "log", "-f"],
                                 text=True, stdout=subprocess.PIPE)
    box.stop()
    while "stopping" not in following.stdout.readline():
        pass
    following.terminate()
    following.wait(PATIENCE)


def test_where_there_is_none_it_is_said(make_box, tmp_path):
    box = make_box(devices=()).start()
    (tmp_path / "journalctl").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "journalctl").chmod(0o755)
    told = tillctl(box, "log", env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"})
    assert told.returncode == 1 and "no line of tilld's log" in told.stderr
