# SPDX-License-Identifier: Apache-2.0
"""Chip cards for tests: a pcscd of the test's own, readers of vsmartcard's vpcd in it, and cards
that are scripted here, on what the standards say and not on what tilld has.

pcscd takes a socket that it is given as systemd gives it one (LISTEN_FDS), so each has its own,
and clients find it by PCSCLITE_CSOCK_NAME. It has to be able to write below /run/pcscd: root."""
import contextlib
import hashlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

import pytest

from box import Box, policy

PCSCD = "/usr/sbin/pcscd"
VPCD = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"

OFF, ON, RESET, ATR = b"\x00", b"\x01", b"\x02", b"\x04"

OK, NOT_FOUND, NO_INS, WRONG = b"\x90\x00", b"\x6a\x82", b"\x6d\x00", b"\x6f\x00"
MEMORY_ATR = bytes.fromhex("3b8f8001804f0ca000000306030001000000006a")
CHIP_ATR = bytes.fromhex("3b80800101")

SELECT_PIV = bytes.fromhex("a000000308000010 00")
UID = bytes.fromhex("ffca000000")


def missing():
    """Why there can be no pcscd here, or None."""
    for path, package in ((PCSCD, "pcscd"), (VPCD, "vsmartcard-vpcd")):
        if not os.path.exists(path):
            return f"{path} is not there: install {package}"
    if not shutil.which("openssl"):
        return "there is no openssl to make keys with"
    with contextlib.suppress(OSError):
        os.makedirs("/run/pcscd", exist_ok=True)
        if os.access("/run/pcscd", os.W_OK):
            return None
    return "pcscd can't write below /run/pcscd: that takes root"


# -- cards ---------------------------------------------------------------------------------


class MemoryCard:
    """MIFARE Classic and the like: the reader itself tells its number, and that is all."""
    atr = MEMORY_ATR

    def __init__(self, uid):
        self.uid, self.asked = bytes.fromhex(uid), []

    def answer(self, apdu):
        self.asked.append(apdu)
        return self.say(apdu)

    def say(self, apdu):
        return self.uid + OK if apdu == UID else b"\x6a\x81"


class ChipCard(MemoryCard):
    """One that has applications; none that anybody asks for."""
    atr = CHIP_ATR

    def select(self, _name):
        return NOT_FOUND

    def say(self, apdu):
        if apdu == UID:
            return self.uid + OK
        if apdu[:4] == b"\x00\xa4\x04\x00":
            return self.select(apdu[5:5 + apdu[4]])
        return NO_INS


class PaymentCard(ChipCard):
    """names: what it has (EMV 4.3 book 1, 12.2)."""

    def __init__(self, uid, *names):
        super().__init__(uid)
        self.names = names or (b"2PAY.SYS.DDF01",)

    def select(self, name):
        if any(own.startswith(name) for own in self.names):
            return bytes.fromhex("6f10840e") + b"2PAY.SYS.DDF01" + OK
        return NOT_FOUND


def openssl(*words, data=None):
    return subprocess.run(["openssl", *map(str, words)], input=data, check=True,
                          capture_output=True, timeout=60).stdout


class Key:
    """A key pair, its certificate, and by what it is known."""

    def __init__(self, folder, name, kind="ec"):
        self.kind, self.path = kind, pathlib.Path(folder) / f"{name}.pem"
        how = (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"] if kind == "ec" else
               ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
        openssl("genpkey", *how, "-out", self.path)
        self.certificate = openssl("req", "-x509", "-key", self.path, "-subj", f"/CN={name}",
                                   "-days", 7, "-outform", "DER")
        public = openssl("pkey", "-in", self.path, "-pubout", "-outform", "DER")
        self.badge = "piv:" + hashlib.sha256(public).hexdigest()

    def sign(self, data):
        """What a card does: an ECDSA of a hash, or the bare RSA of a block (SP 800-73-4 part 2,
        3.2.4)."""
        how = ["-sign"] if self.kind == "ec" else ["-decrypt", "-pkeyopt", "rsa_padding_mode:none"]
        with tempfile.NamedTemporaryFile() as block:
            block.write(data)
            block.flush()
            return openssl("pkeyutl", *how, "-inkey", self.path, "-in", block.name)


def tlv(tag, value):
    size = len(value)
    length = (bytes([size]) if size < 0x80 else bytes([0x81, size]) if size < 0x100 else
              bytes([0x82]) + size.to_bytes(2, "big"))
    return bytes([tag]) + length + value


def parts(data):
    """[(tag, value)] of one level; tags of one byte."""
    found = []
    while data:
        tag, size, head = data[0], data[1], 2
        if size > 0x80:
            head += size - 0x80
            size = int.from_bytes(data[2:head], "big")
        found.append((tag, data[head:head + size]))
        data = data[head + size:]
    return found


class PivCard(ChipCard):
    """The card application of PIV with a card authentication key (SP 800-73-4 part 2). signs: the
    key that it has, if that is not the one its certificate tells of."""

    def __init__(self, key, signs=None, uid="04112233445566"):
        super().__init__(uid)
        self.key, self.signs, self.rest, self.chain = key, signs or key, b"", b""
        self.selected, self.digests = False, []

    def select(self, name):
        self.selected = SELECT_PIV.startswith(name[:9])
        return bytes.fromhex("61114f0600001000010079074f05a000000308") + OK \
            if self.selected else NOT_FOUND

    def say(self, apdu):
        head, data = apdu[:4], apdu[5:5 + apdu[4]] if len(apdu) > 5 else b""
        if head == b"\x00\xc0\x00\x00":
            return self.tell(self.rest)
        if not self.selected or apdu == UID or head[1] == 0xa4:
            return super().say(apdu)
        if head == b"\x00\xcb\x3f\xff" and data == bytes.fromhex("5c035fc101"):
            return self.tell(tlv(0x53, tlv(0x70, self.key.certificate) + tlv(0x71, b"\x00")
                                 + tlv(0xfe, b"")))
        if head[0] in (0x00, 0x10) and head[1] == 0x87:
            return self.authenticate(head, data)
        return NO_INS

    def authenticate(self, head, data):
        assert head[2:] == (b"\x11\x9e" if self.key.kind == "ec" else b"\x07\x9e"), head.hex()
        self.chain += data
        if head[0] == 0x10:
            return OK
        (tag, template), = parts(self.chain)
        self.chain = b""
        asked = dict(parts(template))
        assert tag == 0x7c and asked[0x82] == b"", template.hex()
        self.digests.append(asked[0x81])
        return self.tell(tlv(0x7c, tlv(0x82, self.signs.sign(asked[0x81]))))

    def tell(self, whole):
        """256 bytes at a time, and how many more there are."""
        now, self.rest = whole[:256], whole[256:]
        more = min(len(self.rest), 256)
        return now + (bytes([0x61, more % 256]) if more else OK)


# -- readers -------------------------------------------------------------------------------


def take(connection, size):
    data = b""
    while len(data) < size:
        # length and body come in two segments, and each waits for our word
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        part = connection.recv(size - len(data))
        if not part:
            raise ConnectionError
        data += part
    return data


class Slot:
    """A slot of a vpcd, which listens for a card: a connection is one that is in it."""

    def __init__(self, port):
        self.port, self.connection = port, None
        self.pull_at = None  # the card goes instead of this answer: the how manieth from now

    def insert(self, card):
        self.connection = socket.create_connection(("127.0.0.1", self.port), 10)
        self.connection.settimeout(None)
        threading.Thread(target=self.serve, args=(self.connection, card), daemon=True).start()
        return card

    def serve(self, connection, card):
        with contextlib.closing(connection), contextlib.suppress(OSError):
            while True:
                self.turn(connection, card)

    def turn(self, connection, card):
        said = take(connection, int.from_bytes(take(connection, 2), "big"))
        if said in (OFF, ON, RESET):
            return
        if said != ATR and self.pull_at is not None:
            self.pull_at -= 1
            if self.pull_at < 0:
                self.pull_at = None
                raise ConnectionError
        answer = card.atr if said == ATR else card.answer(said)
        connection.sendall(len(answer).to_bytes(2, "big") + answer)

    def remove(self):
        if self.connection:
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
        self.connection = None


# sd_listen_fds(3)
AS_SYSTEMD = """import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[2], sys.argv[2:])"""


def two_ports():
    """A vpcd has two slots, at ports one behind the other: the first of two that are free."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            with contextlib.suppress(OSError):
                first.bind(("", 0))
                second.bind(("", first.getsockname()[1] + 1))
                return first.getsockname()[1]


class Pcscd:
    """readers: what they are called; each has two slots, "NAME 00 00" and "NAME 00 01"."""

    def __init__(self, folder, *readers):
        self.dir, self.process = pathlib.Path(folder), None
        self.socket = self.dir / "pcscd.comm"
        self.slots = {}
        (self.dir / "reader.conf.d").mkdir()
        for name in readers:
            port = two_ports()
            for number in range(2):
                self.slots[f"{name} 00 {number:02}"] = Slot(port + number)
            (self.dir / "reader.conf.d" / name.replace(" ", "-")).write_text(
                f'FRIENDLYNAME "{name}"\nDEVICENAME /dev/null:{port:#x}\n'
                f"LIBPATH {VPCD}\nCHANNELID {port:#x}\n")

    def start(self):
        with contextlib.suppress(FileNotFoundError):
            self.socket.unlink()
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.socket))
        listener.listen(16)
        self.process = subprocess.Popen(
            [sys.executable, "-c", AS_SYSTEMD, str(listener.fileno()), PCSCD, "-f", "--error",
             "-c", str(self.dir / "reader.conf.d")],
            pass_fds=(listener.fileno(),), stdin=subprocess.DEVNULL,
            stdout=open(self.dir / "pcscd.log", "ab"), stderr=subprocess.STDOUT)
        listener.close()
        return self

    def wait_for(self, port):
        """Until the slot there listens."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                return
            time.sleep(0.01)
        raise AssertionError("no vpcd")

    def kill(self):
        """No good-byes; and no socket, as where nobody would start it again."""
        self.process.kill()
        self.process.wait()
        with contextlib.suppress(FileNotFoundError):
            self.socket.unlink()

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for slot in self.slots.values():
            slot.remove()


class CardBox(Box):
    """readers: device -> the name that is configured; options: its own, as "cards = piv"."""

    def __init__(self, folder, pcscd, readers, options=None, **more):
        super().__init__(folder, **more)
        self.pcscd, self.readers, self.card_options = pcscd, readers, options or {}

    def write_config(self, extra=""):
        for name, wanted in self.readers.items():
            extra += (f'device "{name}" {{\n\tdriver = "pcsc-reader"\n\tpcsc = "{wanted}"\n'
                      f'\ttills = {{ {self.tills.get(name, chr(34) + "1" + chr(34))} }}\n'
                      f'\t{self.card_options.get(name, "")}\n}}\n')
        super().write_config(extra)

    def start(self, **options):
        env = {"PCSCLITE_CSOCK_NAME": str(self.pcscd.socket), **options.pop("env", {})}
        return super().start(env=env, **options)

    def device(self, name):
        devices = self.client().get("/v1/devices")["devices"]
        return next(d for d in devices if d["name"] == name)

    def wait_state(self, name, *states, reason=None):
        """Until the device is in one of these states; told by events. And how long it took."""
        begun, events = time.monotonic(), self.follow()
        device = self.device(name)
        while device["state"] not in states or (reason and device.get("reason") != reason):
            told = events.wait("device")["device"]
            if told["name"] == name:
                device = told
        events.close()
        return device, time.monotonic() - begun


# -- what the tests share ------------------------------------------------------------------

MARIAS_UID, OTHER_UID = "04a1b2c3", "04d4e5f6a1b2c3"
FIRST, SECOND = "Till Reader 00 00", "Till Reader 00 01"
NOBODY = "nobody asked for a badge"

needs_pcscd = pytest.mark.skipif(missing() is not None, reason=str(missing()))


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """Maria's is a curve's, Piotr's is RSA's; another is nobody's."""
    folder = tmp_path_factory.mktemp("keys")
    return {name: Key(folder, name, kind)
            for name, kind in (("maria", "ec"), ("piotr", "rsa"), ("other", "ec"))}


@pytest.fixture
def pcscd(tmp_path):
    made = Pcscd(tmp_path, "Till Reader")
    yield made
    made.close()


@pytest.fixture
def make(tmp_path, pcscd):
    """A box with a drawer, and readers: device -> configured name."""
    made = []

    def make(readers=None, keys=None, **options):
        folder = tmp_path / "box"
        folder.mkdir()
        box = CardBox(folder, pcscd, readers or {"reader1": FIRST}, devices=("drawer1",),
                      **options)
        made.append(box)
        document = policy()
        document["tills"][0]["badge"] = {"drawer.open": "piv"}
        anna, piotr, maria = document["operators"]
        maria["badges"] = [f"em32:{MARIAS_UID}"] + ([keys["maria"].badge] if keys else [])
        piotr["badges"] = [keys["piotr"].badge] if keys else []
        box.start().set_up(document)
        return box
    yield make
    for box in made:
        box.close()


def ignored(events, reader="reader1"):
    return events.wait("reader.ignored", reader=reader)["why"]


def armed(box, events, body=None, **options):
    """Signs on by badge: the answer, later. A card counts a second after the reader was asked."""
    later = box.client().later(box.client().post, "/v1/sign-ons",
                               {"till": "1", "badge": True, **(body or {})}, wait=60, **options)
    events.wait("reader.armed")
    settle()
    return later


def settle():
    """A card counts from a second after its reader came, and after that was asked: no event tells
    of it."""
    time.sleep(1.05)


def told_gone(box, name="reader1"):
    """Until the card is seen to be gone; a trace is told as it grows."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        records = box.client().get(f"/v1/devices/{name}/trace?limit=1")["records"]
        if records and records[-1].get("text") == "the card was taken away":
            return
        time.sleep(0.02)
    raise AssertionError(records)
