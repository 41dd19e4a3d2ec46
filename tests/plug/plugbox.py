# SPDX-License-Identifier: Apache-2.0
"""A box with things plugged in by USB: the real tilld beside tests/plug/bus, which plays usbfs,
hidraw, evdev and udev's notices by umockdev."""
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "api"))
from box import BUILD, PATIENCE, Box, Lines  # noqa: E402

PRELOAD = "libumockdev-preload.so.0"


class PlugBox(Box):
    """things: device -> what to say to the bus ("plug NAME ..."), None: nothing is plugged in.
    wires: device -> the line of its section that names it, as 'usb = "04b8:0202"'."""

    def __init__(self, folder, wires, things=None, **options):
        super().__init__(folder, devices=tuple(wires), **options)
        self.wires, self.things = wires, things or {}

    def start_sim(self):
        # Not under any sanitizer: it is no part of what is tested.
        self.sim = subprocess.Popen([BUILD / "tests/plug/bus"], text=True, bufsize=1,
                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT,
                                    env={**os.environ, "LD_PRELOAD": PRELOAD})
        self.street = Lines(self.sim.stdout, "bus")
        self.root = self.street.wait("root ").split()[1]
        for name, line in self.things.items():
            self.plug(name, line)

    def plug(self, name, line):
        self.person(f"plug {name} {line}")

    def unplug(self, name):
        self.person(f"unplug {name}")

    def replug(self, name):
        self.person(f"replug {name}")

    def start(self, **options):
        if self.sim is None:
            self.start_sim()
        env = {"LD_PRELOAD": PRELOAD, "UMOCKDEV_DIR": self.root, **options.pop("env", {})}
        return super().start(env=env, **options)

    def write_config(self, extra=""):
        settings = self.settings.replace("{dir}", str(self.dir))
        text = (f'state-dir = "{self.dir}/state"\nkeys-dir = "{self.dir}/keys"\n'
                f'password-cost = 14\n{settings}\n'
                f'socket {{\n\tpath = "{self.socket}"\n\t{self.socket_options}\n}}\n')
        for name, wire in self.wires.items():
            options = self.device_options[name].replace(" = ", "=").split()
            section = "\n\t".join(o.replace("=", " = ") for o in options)
            tills = self.tills.get(name, '"1"')
            text += f'device "{name}" {{\n\t{section}\n\t{wire}\n\ttills = {{ {tills} }}\n}}\n'
        (self.dir / "tilld.conf").write_text(text + extra)

    def device(self, name):
        devices = self.client().get("/v1/devices")["devices"]
        return next(d for d in devices if d["name"] == name)

    def wait_state(self, name, *states, reason=None):
        """Until the device is in one of these states; told by events."""
        events = self.follow()
        device = self.device(name)
        while device["state"] not in states or (reason and device.get("reason") != reason):
            device = events.wait("device")["device"]
            if device["name"] != name:
                device = {"state": None}
        events.close()
        return device

    def asks(self, name, what):
        """What the bus answers to a command that tells something."""
        self.sim.stdin.write(f"{name} {what}\n")
        self.sim.stdin.flush()
        line = self.street.wait(f"{name}: ")
        self.street.wait("ok")
        return line.split(": ", 1)[1]

    def account(self, device):
        self.sim.stdin.write(f"account {device}\n")
        self.sim.stdin.flush()
        line = self.street.wait(f"account {device} ")
        self.street.wait("ok")
        return json.loads(line.split(" ", 2)[2])

    def person(self, command):
        self.sim.stdin.write(command + "\n")
        self.sim.stdin.flush()
        while True:
            line = self.street.queue.get(timeout=PATIENCE)
            assert line is not None, "the bus is gone:\n" + "\n".join(self.street.seen[-20:])
            if line == "ok":
                return
            assert not line.startswith("error"), f"{command}: {line}"
