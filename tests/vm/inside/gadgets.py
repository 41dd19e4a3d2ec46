# SPDX-License-Identifier: Apache-2.0
"""Things that the guest's kernel plugs into itself: USB gadgets, each on a bus of its own
(dummy_hcd), made by configfs. Behind those that are no keyboard one of tillsim's models does what
the thing would: a Bridge carries bytes between its pty and the gadget's node."""
import os
import pathlib
import select
import subprocess
import termios
import threading
import time
import tty

CONFIGFS = pathlib.Path("/sys/kernel/config/usb_gadget")
CHUNK = 16384
PATIENCE = 10  # seconds until what is to be there is


def prepare(buses):
    subprocess.run(["modprobe", "dummy_hcd", f"num={buses}"], check=True)
    for module in ("libcomposite", "usb_f_hid", "usb_f_printer", "usb_f_acm"):
        subprocess.run(["modprobe", module], check=True)
    if not CONFIGFS.is_dir():
        subprocess.run(["mount", "-t", "configfs", "configfs", CONFIGFS.parent], check=True)


class Gadget:
    """One thing; attributes: those of its function, in configfs."""
    function = None

    def __init__(self, name, bus, vendor, product, serial, words, **attributes):
        self.name, self.serial, self.bus = name, serial, bus
        self.udc = f"dummy_udc.{bus}"
        self.folder = CONFIGFS / name
        self.bridge = None
        self.write("idVendor", f"0x{vendor:04x}")
        self.write("idProduct", f"0x{product:04x}")
        self.write("bcdUSB", "0x0200")
        self.write("strings/0x409/serialnumber", serial)
        self.write("strings/0x409/product", words)
        self.write("configs/c.1/MaxPower", "100")
        for attribute, value in attributes.items():
            self.write(f"functions/{self.function}/{attribute}", value)
        (self.folder / "functions" / self.function).mkdir(exist_ok=True)
        (self.folder / "configs/c.1" / self.function).symlink_to(
            self.folder / "functions" / self.function)

    def write(self, path, value):
        """configfs makes what is in a folder as soon as that is made."""
        file = self.folder / path
        folder = self.folder
        folder.mkdir(exist_ok=True)
        for part in pathlib.Path(path).parts[:-1]:
            folder /= part
            folder.mkdir(exist_ok=True)
        file.write_bytes(value if isinstance(value, bytes) else value.encode())

    def plug(self, pty=None):
        """pty: of the model that is behind it."""
        (self.folder / "UDC").write_text(self.udc)
        self.fd = self.open_node()
        if pty:
            self.bridge = Bridge(self, pty)

    def unplug(self):
        if self.bridge:
            self.bridge.stop()
        self.bridge = None
        os.close(self.fd)
        (self.folder / "UDC").write_text("\n")

    def open_node(self):
        """The gadget's own side of its wire, which udev makes in its own time."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return os.open(self.node(), os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.01)

    def attribute(self, name):
        return (self.folder / "functions" / self.function / name).read_text().strip()

    # -- bytes on their way from and to tillsim --

    def from_host(self, data):
        return data

    def to_host(self, held):
        """(what is whole, the rest)"""
        return held, b""


class Hid(Gadget):
    """Reports. tillsim leads those to a device by a 0, as hidraw does where there is one kind."""
    function = "hid.0"
    protocol = subclass = 0

    def __init__(self, name, bus, vendor, product, serial, words, descriptor, length):
        self.length = length
        super().__init__(name, bus, vendor, product, serial, words,
                         protocol=str(self.protocol), subclass=str(self.subclass),
                         report_length=str(length), report_desc=bytes.fromhex(descriptor))

    def node(self):
        return "/dev/hidg" + self.attribute("dev").split(":")[1]

    def from_host(self, data):
        return b"\0" + data

    def to_host(self, held):
        whole = held[:self.length] if len(held) >= self.length else b""
        return whole, held[len(whole):]


class Keyboard(Hid):
    protocol = subclass = 1
    DESCRIPTOR = ("05010906A101050719E029E71500250175019508810295017508810395057501"
                  "050819012905910295017503910395067508150025650507190029658100C0")
    KEYS = {**{chr(ord("a") + i): (0, 4 + i) for i in range(26)},
            **{chr(ord("1") + i): (0, 30 + i) for i in range(9)},
            "0": (0, 39), "\n": (0, 40), "=": (0, 46), ";": (0, 51), "?": (2, 56)}

    def __init__(self, name, bus, vendor, product, serial, words):
        super().__init__(name, bus, vendor, product, serial, words, self.DESCRIPTOR, 8)

    def type(self, text, patience=PATIENCE):
        """How many of the reports the other side has asked for: a key, and none, each."""
        end, taken = time.monotonic() + patience, 0
        for key in text:
            for report in (bytes([self.KEYS[key][0], 0, self.KEYS[key][1]]) + bytes(5), bytes(8)):
                if not select.select([], [self.fd], [], max(0, end - time.monotonic()))[1]:
                    return taken
                os.write(self.fd, report)
                taken += 1
                time.sleep(0.004)  # the pace of such a reader
        return taken


class Printer(Gadget):
    function = "printer.0"

    def __init__(self, name, bus, vendor, product, serial, words, ieee1284):
        super().__init__(name, bus, vendor, product, serial, words, pnp_string=ieee1284)

    def node(self):
        return "/dev/g_printer0"


class Serial(Gadget):
    function = "acm.0"

    def node(self):
        return "/dev/ttyGS" + self.attribute("port_num")

    def open_node(self):
        fd = super().open_node()
        tty.setraw(fd, termios.TCSANOW)  # else it would send back what it hears
        return fd


class Bridge:
    """Between a gadget's node and the pty of tillsim's model."""

    def __init__(self, gadget, pty):
        self.gadget = gadget
        self.pty = os.open(pty, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        self.wake, self.waker = os.pipe()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        held, full = b"", b""  # of tillsim's; what waits for the node
        while True:
            inputs = [self.pty, self.gadget.fd, self.wake]
            outputs = [self.gadget.fd] if full else []
            readable, writable, _ = select.select(inputs, outputs, [])
            if self.wake in readable:
                return
            try:
                data = os.read(self.gadget.fd, CHUNK) if self.gadget.fd in readable else b""
                if data:
                    os.write(self.pty, self.gadget.from_host(data))
                if self.pty in readable:
                    held += os.read(self.pty, CHUNK)
                if writable:
                    full = full[os.write(self.gadget.fd, full):]
                if not full:
                    full, held = self.gadget.to_host(held)
            except OSError:
                time.sleep(0.01)  # nobody is at the other end, for now

    def stop(self):
        os.write(self.waker, b"x")
        self.thread.join(PATIENCE)
        for fd in (self.pty, self.wake, self.waker):
            os.close(fd)
