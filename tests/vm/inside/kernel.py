# SPDX-License-Identifier: Apache-2.0
"""What the guest's kernel tells and shows of what is plugged in."""
import contextlib
import os
import pathlib
import select
import socket
import stat
import struct
import subprocess
import threading
import time
import tty

NETLINK_KOBJECT_UEVENT = 15
KERNELS_OWN = 1  # the group of notices that do not come from udev
EVENT = struct.Struct("llHHi")  # struct input_event
EV_KEY = 1


class Notices:
    """When the kernel told that a node is there: {bus: [(when, subsystem, name)]}."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, NETLINK_KOBJECT_UEVENT)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.socket.bind((0, KERNELS_OWN))
        self.heard = []
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            text = self.socket.recv(65536)
            at = time.monotonic()
            facts = dict(word.split("=", 1) for word in text.decode(errors="replace").split("\0")
                         if "=" in word)
            if facts.get("ACTION") == "add" and "DEVNAME" in facts:
                self.heard.append((at, facts))

    def node(self, bus, subsystem, since):
        """When the last node of that kind came there."""
        return max(at for at, facts in self.heard
                   if at >= since and f"/dummy_hcd.{bus}/" in facts["DEVPATH"]
                   and facts["SUBSYSTEM"] == subsystem)


def there(folder, bus):
    """Of a folder of links in sysfs, those to what is plugged in there, and what it says."""
    for link in pathlib.Path(folder).iterdir():
        place = pathlib.Path(os.path.realpath(link))
        if f"/dummy_hcd.{bus}/usb" in str(place) and not place.name.startswith("usb"):
            with contextlib.suppress(OSError):  # it may be going, or not be all there yet
                yield place, (place / "uevent").read_text()


def devices(bus):
    """The nodes of what is plugged in there, and of all its parts."""
    return ["/dev/" + line[len("DEVNAME="):] for _, facts in there("/sys/dev/char", bus)
            for line in facts.splitlines() if line.startswith("DEVNAME=")]


def wait_for(bus, kind, seconds=10):
    """Until something of that kind is there, and udev has seen to it."""
    end = time.monotonic() + seconds
    while not any(f"/{kind}/" in node for node in devices(bus)):
        if time.monotonic() > end:
            raise TimeoutError(f"no {kind} came to bus {bus}")
        time.sleep(0.05)
    subprocess.run(["udevadm", "settle"], check=True)


def inhibited(bus):
    """The switches of the keyboards there."""
    return [(place / "inhibited").read_text().strip()
            for place, _ in there("/sys/class/input", bus) if place.name.startswith("input")]


OPENS = """
import os, sys
for path in sys.argv[1:]:
    for way in (os.O_RDWR, os.O_RDONLY, os.O_WRONLY):
        try:
            os.close(os.open(path, way | os.O_NONBLOCK | os.O_NOCTTY))
            print(path)
            break
        except OSError:
            pass
"""


def opened_by(user, nodes):
    """Which of them that user can open, in any way."""
    return subprocess.run(["/usr/bin/python3", "-c", OPENS, *nodes], text=True, check=True,
                          capture_output=True, cwd="/", **user).stdout.split()


def mode(path):
    """(uid, permissions) of a node."""
    told = os.stat(path)
    return told.st_uid, stat.S_IMODE(told.st_mode)


class Ear:
    """Somebody else who listens to all keyboards: root, at each event node and at the console."""

    def __init__(self):
        self.console = os.open("/dev/tty1", os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        tty.setraw(self.console)
        self.nodes = {}
        self.look()

    def look(self):
        """Those that came since, too."""
        for node in pathlib.Path("/dev/input").glob("event*"):
            if str(node) not in self.nodes:
                self.nodes[str(node)] = os.open(node, os.O_RDONLY | os.O_NONBLOCK)

    def hear(self, seconds=0.5):
        """(how many keys were pressed at nodes, what the console got), until it is quiet."""
        keys, text = 0, b""
        while True:
            ready = select.select([*self.nodes.values(), self.console], [], [], seconds)[0]
            if not ready:
                return keys, text.decode(errors="replace")
            for fd in ready:
                try:
                    data = os.read(fd, EVENT.size * 64)
                except OSError:  # it was unplugged
                    self.nodes = {node: other for node, other in self.nodes.items() if other != fd}
                    os.close(fd)
                    continue
                if fd == self.console:
                    text += data
                else:
                    keys += sum(1 for event in EVENT.iter_unpack(data)
                                if event[2] == EV_KEY and event[4] == 1)

    def close(self):
        for fd in (*self.nodes.values(), self.console):
            os.close(fd)
