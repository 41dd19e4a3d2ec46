# SPDX-License-Identifier: Apache-2.0
"""Devices that are out to do harm: what is at the other end of a port."""
import contextlib
import os
import pty
import select
import socket
import threading
import tty


class HostilePort:
    """A line whose other end is an attacker: a pty, or a TCP port. kind is what it does:

    flood    talks as fast as it can, and never reads
    echo     sends back whatever it hears, twice
    mute     takes nothing and says nothing
    drop     lets one in, says a little, and hangs up, for ever (TCP)
    """

    CHUNK = {"noise": bytes(range(256)) * 16, "zeros": bytes(4096), "ones": b"\xff" * 4096,
             "acks": b"\x06\x02\x10\x16" * 1024, "lines": b"\x02rtcread\ttm1\t#FFFF\x03\r\n" * 64}

    def __init__(self, where, kind, what="noise"):
        self.kind, self.chunk, self.sent = kind, self.CHUNK[what], 0
        self.listener = self.slave = self.peer = None
        self.end, self.ended = os.pipe()
        if where == "tcp":
            self.listener = socket.create_server(("127.0.0.1", 0))
            self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
            run = self._serve
        else:
            self.peer, self.slave = pty.openpty()
            tty.setraw(self.slave)
            os.set_blocking(self.peer, False)
            self.address = os.ttyname(self.slave)
            run = self._run
        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()

    def _wait(self, reading=(), writing=()):
        """What is ready; None at the end."""
        ready = select.select([self.end, *reading], writing, [])
        return None if self.end in ready[0] else ready

    def _run(self):
        with contextlib.suppress(OSError):
            while self._step():
                pass

    def _step(self):
        talks, hears = self.kind == "flood", self.kind == "echo"
        ready = self._wait([self.peer] if hears else [], [self.peer] if talks else [])
        if ready is None:
            return False
        with contextlib.suppress(BlockingIOError):
            if ready[0]:
                heard = os.read(self.peer, 4096)
                if not heard:
                    raise OSError("hung up")
                self.sent += os.write(self.peer, heard * 2)
            elif ready[1]:
                self.sent += os.write(self.peer, self.chunk)
        return True

    def _serve(self):
        while self._wait([self.listener]) is not None:
            with self.listener.accept()[0] as connection:
                if self.kind == "drop":
                    with contextlib.suppress(OSError):
                        self.sent += connection.send(self.chunk[:7])
                    continue
                connection.setblocking(False)
                self.peer = connection.fileno()
                self._run()

    def close(self):
        os.write(self.ended, b".")
        self.thread.join(10)
        for fd in (self.end, self.ended, self.slave, self.listener and None):
            if fd is not None:
                os.close(fd)
        if self.listener:
            self.listener.close()
        elif self.peer is not None:
            os.close(self.peer)


def join(box, name, port):
    """Puts an attacker's port in the place of a device, before the daemon starts."""
    if box.sim is None and box.names:
        box.start_sim()
    box.names = (*box.names, name)
    box.ports[name] = port.address


def memory(box):
    """What the daemon has of real memory, in KiB."""
    with open(f"/proc/{box.daemon.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
