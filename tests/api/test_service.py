# SPDX-License-Identifier: Apache-2.0
"""What systemd expects of a service, without systemd: its own protocol, played."""
import os
import socket

from box import PATIENCE


def notify_socket(box):
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(str(box.dir / "notify"))
    listener.settimeout(PATIENCE)
    return listener


def test_it_says_when_it_is_ready_and_when_it_stops(make_box):
    box = make_box(devices=())
    listener = notify_socket(box)
    box.start(env={"NOTIFY_SOCKET": str(box.dir / "notify")})
    assert b"READY=1" in listener.recv(4096)
    box.stop()
    assert b"STOPPING=1" in listener.recv(4096)


def test_it_feeds_the_watchdog(make_box):
    box = make_box(devices=())
    listener = notify_socket(box)
    box.start(env={"NOTIFY_SOCKET": str(box.dir / "notify"), "WATCHDOG_USEC": "200000"})
    said = [listener.recv(4096) for _ in range(4)]
    assert said.count(b"WATCHDOG=1") >= 3, said


def test_it_takes_the_socket_that_it_is_given(make_box):
    box = make_box(devices=())
    given = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    given.bind(str(box.socket))
    given.listen()
    os.chmod(box.socket, 0o666)
    box.start(ready=False, pass_fds=(given.fileno(),), wrap=(
        "bash", "-c", f'exec 3<&{given.fileno()}; LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"', "bash"))
    box.log.wait(str(box.socket), "mode 0666 are as its unit says", "do not count")
    box.log.wait("lets every user of the box connect")
    box.log.wait("ready at ")
    assert box.client().get("/v1")["name"] == "tilld"
    box.stop()
    assert box.socket.exists()  # it is systemd's


def test_the_sockets_mode_is_right_before_anybody_can_connect(make_box):
    box = make_box(devices=()).start()
    assert os.stat(box.socket).st_mode & 0o777 == 0o600
    box.stop()
    assert not box.socket.exists()


def test_no_core_and_no_tracing(make_box):
    box = make_box(devices=()).start()
    limits = open(f"/proc/{box.daemon.pid}/limits").read()
    core = next(line for line in limits.splitlines() if line.startswith("Max core"))
    assert core.split()[4:6] == ["0", "0"]
    assert os.stat(f"/proc/{box.daemon.pid}/environ").st_uid == 0  # not dumpable
