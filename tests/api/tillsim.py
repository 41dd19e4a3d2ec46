# SPDX-License-Identifier: Apache-2.0
"""tillsim by itself, without a daemon: its console, and clients on its wires."""
import errno
import json
import os
import re
import select
import socket
import subprocess
import time

from box import BUILD, PATIENCE

KICK = b"\x1bp\x00\x32\xc8"
STATUS = b"\x10\x04\x01"

DRAWER = "device drawer1 escpos pty run/drawer1\n"
DRAWER_TCP = "device drawer1 escpos tcp 0\n"
BADGE = "device badge1 em4100 pty run/badge1\n"


def run(folder, *arguments):
    """A tillsim that is to end by itself."""
    return subprocess.run([BUILD / "tillsim", *arguments], cwd=folder, text=True,
                          capture_output=True, stdin=subprocess.DEVNULL,
                          timeout=PATIENCE)


class Sim:
    """One tillsim with a script of its own, in a folder of its own."""

    def __init__(self, folder, script, *options, stdin=subprocess.PIPE):
        (folder / "shop.conf").write_text(script)
        self.folder = folder
        self.process = subprocess.Popen(
            [BUILD / "tillsim", *options, "shop.conf"], cwd=folder, stdin=stdin,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.pending = b""
        self.lines = []
        self.places = {}
        for name in re.findall(r"^device (\S+)", script, re.M):
            self.places[name] = self.wait(rf"ready {name} \S+ (.*)")[1]

    def line(self):
        """The next line that it prints."""
        end = time.monotonic() + PATIENCE
        while b"\n" not in self.pending:
            ready, _, _ = select.select(
                [self.process.stdout], [], [], max(0, end - time.monotonic()))
            got = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            assert got, f"nothing more after {self.lines[-5:]}"
            self.pending += got
        line, self.pending = self.pending.split(b"\n", 1)
        self.lines.append(line.decode())
        return self.lines[-1]

    def wait(self, pattern):
        """Reads on until a whole line is like that."""
        while True:
            match = re.fullmatch(pattern, self.line())
            if match:
                return match

    def say(self, text):
        self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()

    def do(self, command):
        """A command that must be done; others' lines in between are kept."""
        self.say(command)
        answer = self.wait(r"ok|error: .*")[0]
        assert answer == "ok", f"{command}: {answer}"

    def cannot(self, command):
        self.say(command)
        return self.wait(r"error: (.*)")[1]

    def account(self, name):
        self.say(f"account {name}")
        return json.loads(self.wait(rf"account {name} (\{{.*\}})")[1])

    def until(self, name, key, value):
        """The account says so, at once or soon."""
        end = time.monotonic() + PATIENCE
        while self.account(name)[key] != value:
            assert time.monotonic() < end, self.account(name)
            time.sleep(0.005)

    def open(self, name):
        return Line(self.folder / self.places[name])

    def close(self, line, name):
        """Closes a pty, and waits until tillsim has noticed."""
        link = self.folder / self.places[name]
        before = os.readlink(link)
        line.close()
        end = time.monotonic() + PATIENCE
        while os.readlink(link) == before:
            assert time.monotonic() < end
            time.sleep(0.005)

    def connect(self, name):
        host, port = self.places[name].split(":")
        return Line(socket.create_connection((host, int(port)), PATIENCE))

    def end(self):
        """What is left of its output, and how it ended."""
        if self.process.stdin:
            self.process.stdin.close()
        status = self.process.wait(PATIENCE)
        return status, self.process.stderr.read().decode()

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for stream in (self.process.stdin, self.process.stdout,
                       self.process.stderr):
            if stream:
                stream.close()


class Line:
    """A client on a wire, as simple as can be: it sets no terminal modes."""

    def __init__(self, where):
        if isinstance(where, socket.socket):
            self.fd = where.detach()
        else:
            self.fd = os.open(where, os.O_RDWR | os.O_NOCTTY)
        os.set_blocking(self.fd, False)

    def send(self, data):
        assert os.write(self.fd, data) == len(data)

    def read(self, seconds=PATIENCE):
        """What comes next, None if nothing does; b"" if it was hung up."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return None
        try:
            return os.read(self.fd, 65536)
        except OSError as error:
            assert error.errno in (errno.EIO, errno.ECONNRESET)
            return b""

    def expect(self, data):
        got = b""
        while len(got) < len(data):
            more = self.read()
            assert more, f"only {got!r} of {data!r}"
            got += more
        assert got == data

    def expect_silence(self, seconds=0.15):
        assert self.read(seconds) is None

    def expect_hang_up(self):
        assert self.read() == b""

    def close(self):
        os.close(self.fd)
