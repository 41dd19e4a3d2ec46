# SPDX-License-Identifier: Apache-2.0
"""Circumstances: clients of other uids, disks that are full, one too many."""
import base64
import contextlib
import http.client
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from box import BUILD, PATIENCE, Answer, Client, UnixConnection

# What a client of another uid runs: a process of its own, as the uid is the
# identity that the daemon sees.
ELSEWHERE = """
import base64, http.client, json, socket, sys
todo = json.load(sys.stdin)
class Connection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(todo["timeout"])
        self.sock.connect(todo["socket"])
connection = Connection("localhost")
data = todo["data"] and base64.b64decode(todo["data"])
connection.request(todo["method"], todo["path"], body=data, headers=todo["headers"])
got = connection.getresponse()
json.dump([got.status, got.getheaders(), base64.b64encode(got.read()).decode()], sys.stdout)
"""


class OtherClient(Client):
    """A POS app that another uid runs; only root can start one."""

    def __init__(self, box, uid=65534, groups=(), **options):
        super().__init__(box, **options)
        self.who = {"user": uid, "group": uid, "extra_groups": list(groups)}

    def exchange(self, method, path, data, headers, timeout):
        todo = {"socket": str(self.box.socket), "method": method, "path": path,
                "headers": headers, "timeout": timeout,
                "data": data and base64.b64encode(data).decode()}
        done = subprocess.run([sys.executable, "-I", "-c", ELSEWHERE], input=json.dumps(todo),
                              text=True, capture_output=True, cwd="/", **self.who)
        assert done.returncode == 0, done.stderr
        status, pairs, body = json.loads(done.stdout)
        got = http.client.HTTPMessage()
        for name, value in pairs:
            got[name] = value
        return Answer(status, got, base64.b64decode(body))


def turned_away(box):
    """What is said to one connection too many, before it has said anything."""
    with contextlib.closing(UnixConnection(box.socket, PATIENCE)) as connection:
        connection.connect()
        return first_answer(connection)


def first_answer(connection):
    """What is said to a connection that has not asked anything, or not all of it."""
    got = http.client.HTTPResponse(connection.sock)
    got.begin()
    return Answer(got.status, got.headers, got.read())


class NoDisk(Exception):
    """This machine does not let us mount a small disk."""


@contextlib.contextmanager
def small_disk(megabytes):
    """A folder on a disk of its own that can be filled; only root can make one."""
    with tempfile.TemporaryDirectory(prefix="tilld-disk.") as folder:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700",
                               "tilld-test", folder], capture_output=True, text=True)
        if done.returncode != 0:
            raise NoDisk(done.stderr)
        try:
            yield pathlib.Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder):
    """Takes all the space that is left."""
    with (folder / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while filler.write(bytes(65536)):
            pass


class Tillctl:
    """tillctl, with sign-ons of its own."""

    def __init__(self, box, till):
        self.box, self.till = box, till
        self.folder = box.dir / f"ctl-{till}"
        self.folder.mkdir(mode=0o700, exist_ok=True)

    def __call__(self, *words, line=None, ends=0):
        env = {**os.environ, "TILLD_SOCKET": str(self.box.socket), "TILLCTL_TOKEN": "",
               "XDG_RUNTIME_DIR": str(self.folder)}
        env.pop("TILLCTL_TOKEN")
        run = subprocess.run([BUILD / "tillctl", *words], text=True, capture_output=True, env=env,
                             input=None if line is None else line + "\n", timeout=PATIENCE + 60)
        assert run.returncode == ends, (words, run)
        return run.stdout

    def sign_on(self, login, password):
        self("sign-on", "--till", self.till, "--login", login, "--password-stdin", line=password)
        return self
