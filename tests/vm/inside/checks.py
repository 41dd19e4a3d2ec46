# SPDX-License-Identifier: Apache-2.0
"""The checks, inside the guest, in the order in which a till gets on: its package is installed, its
devices are plugged in, it does its work, is disturbed, upgraded and removed. A line for each, as
TAP has it, and a last one: "N passed, N failed"."""
import contextlib
import json
import os
import pathlib
import pwd
import re
import signal
import subprocess
import threading
import time

import gadgets
import kernel
import shop
from shop import MARIAS_STRIPE, PATIENCE, ask, must, run, tillctl, unit

# Report descriptors: 120 bytes each way; seven bytes and three tracks of 110.
POSIFLEX = "06A0FF0901A1010902150026FF007508957881020903150026FF00750895789102C0"
MAGTEK = ("0600FF0901A101150026FF00750809200921092209280929092A0938950781020930956E8202010931"
          "956E8202010932956E82020109209518B20201C0")
IEEE1284 = "MFG:EPSON;CMD:ESC/POS;MDL:TM-T88V;CLS:PRINTER;"

checks = []


class Box:
    """What the checks hand on to one another."""


def check(sentence):
    def add(function):
        checks.append((sentence, function))
        return function
    return add


def complaints():
    """Of tilld and its unit, and udev, from warnings on; of the kernel, from errors on."""
    return [line for words in (("-u", "tilld", "-p", "warning"),
                               ("-u", "systemd-udevd", "-p", "warning"), ("-k", "-p", "err"))
            for line in run("journalctl", "-b", "-q", "-o", "cat", *words).stdout.splitlines()]


# -- installing ------------------------------------------------------------------------


@check("the packages are installed by apt, and the unit runs")
def install(box):
    run("apt-get", "install", "-y", "--no-install-recommends", *box.packages("now"))
    must(unit("ActiveState")["ActiveState"] == "active", "tilld is not active")
    must(unit("UnitFileState")["UnitFileState"] == "enabled", "tilld is not enabled")
    told = tillctl("status").stdout
    must("has not been set up" in told, told)


@check("it runs as tilld, without any right, behind a filter of system calls")
def runs_hardened(box):
    pid = int(unit("MainPID")["MainPID"])
    told = dict(line.split(":\t", 1) for line in
                pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)
    tilld = pwd.getpwnam("tilld").pw_uid
    must(told["Uid"].split() == [str(tilld)] * 4, "uids " + told["Uid"])
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        must(int(told[name], 16) == 0, f"{name} {told[name]}")
    must((told["NoNewPrivs"], told["Seccomp"]) == ("1", "2"), f"{told}")


@check("it is set up, its devices are plugged in, and each is ready")
def set_up(box):
    uid = shop.add_people()
    (shop.HERE / "policy.json").write_text(json.dumps(shop.policy(uid)))
    tillctl("setup", "--policy", shop.HERE / "policy.json")
    pathlib.Path("/etc/tilld/tilld.conf").write_text(shop.CONFIG)
    pathlib.Path("/etc/udev/rules.d/71-till.rules").write_text(shop.RULES)
    run("udevadm", "control", "--reload")
    box.street = shop.Street()
    gadgets.prepare(len(shop.DEVICES) + 1)
    make = {"drawer1": lambda n: gadgets.Hid(n, 0, 0x0d3a, 0x0203, "PF3", "Cash Drawer",
                                             POSIFLEX, 120),
            "reader1": lambda n: gadgets.Hid(n, 1, 0x0801, 0x0002, "MT1", "Swipe", MAGTEK, 337),
            "display1": lambda n: gadgets.Serial(n, 2, 0x0525, 0xa4a7, "CD1", "Display"),
            "drawer2": lambda n: gadgets.Printer(n, 3, 0x04b8, 0x0202, "TM2", "Printer", IEEE1284),
            "reader2": lambda n: gadgets.Keyboard(n, 4, 0x0801, 0x0001, "KB2", "Wedge"),
            "drawer3": lambda n: gadgets.Serial(n, 5, 0x0525, 0xa4a7, "TR3", "Trigger")}
    box.things = {name: made(name) for name, made in make.items()}
    box.keyboard = gadgets.Keyboard("keyboard", 6, 0x1d6b, 0x0104, "KB9", "Keyboard")
    for name in box.things:
        box.plug(name)
    run("systemctl", "restart", "tilld")
    shop.wait_ready()
    box.events = shop.Events()


# -- whose they are --------------------------------------------------------------------


@check("each has its name under /dev/till")
def names(box):
    there = sorted(os.listdir("/dev/till"))
    must(there == ["display-CD1", "drawer-PF3", "drawer-TM2", "drawer-TR3", "reader-KB2",
                   "reader-MT1"], f"{there}")


@check("their nodes are tilld's, mode 0600, and nobody else opens one, in whatever group")
def ownership(box):
    tilld = pwd.getpwnam("tilld").pw_uid
    nodes = [node for thing in box.things.values() for node in kernel.devices(thing.bus)]
    must(len(nodes) >= 12, f"only {nodes}")
    others = {node: kernel.mode(node) for node in nodes if kernel.mode(node) != (tilld, 0o600)}
    must(not others, f"{others}")
    for user in ("nobody", "clerk"):
        opened = kernel.opened_by(shop.user(user), nodes)
        must(not opened, f"{user} opens {opened}")
    # the same with what no rule covers: so it can be seen
    box.keyboard.plug()
    kernel.wait_for(box.keyboard.bus, "input")
    must(kernel.opened_by(shop.user("clerk"), kernel.devices(box.keyboard.bus)),
         "clerk can open nothing at all")


@check("the kernel's printer driver let go of the printer")
def usblp(box):
    must(not list(pathlib.Path("/dev/usb").glob("lp*")), "there is a /dev/usb/lp0")
    must(pathlib.Path("/sys/bus/usb/drivers/usblp").is_dir(), "usblp was not even loaded")


@check("tillctl status, health and doctor have nothing to say against it")
def doctor(box):
    tillctl("status")
    told = tillctl("health").stdout
    must(told.startswith("OK"), told)
    findings = json.loads(tillctl("doctor", "--json", expect=None).stdout)["findings"]
    wrong = [finding for finding in findings if finding["finding"] in ("bad", "warning")
             and finding["about"] != "clock"]  # no network, nobody who keeps it right
    must(not wrong, f"{wrong}")
    good = {finding["about"] for finding in findings if finding["finding"] == "good"}
    must(good >= {"daemon", "udev", "journal", *shop.DEVICES}, f"{good}")


# -- the main job ----------------------------------------------------------------------


@check("Anna signs on; the drawer is refused to her; Maria consents, and it opens, once")
def main_job(box):
    shop.sign_on("anna", "1")
    tillctl("session", "open", "100.00", "--till", "1", by="pos")
    words = ("drawer", "open", "--till", "1", "--reason", "change", "--wait", "0")
    refused = json.loads(tillctl(*words, "--key", "d-1", "--json", by="pos", expect=3).stdout)
    must(box.street.account("drawer1")["openings"] == 0, "it opened for nobody's word")
    tillctl("authorize", refused["authorization"]["id"], "--till", "1", "--login", "maria",
            "--password-stdin", by="pos", typed=shop.PASSWORDS["maria"])
    opened = ask(*words[:-1], "20", "--key", "d-1", by="pos")
    must(opened["outcome"] == "ok", f"{opened}")
    box.close_drawer("drawer1")
    again = ask(*words, "--key", "d-1", by="pos")
    must(again["id"] == opened["id"], "the same key was another operation")
    tillctl(*words, "--key", "d-2", by="pos", expect=3)
    account = box.street.account("drawer1")
    must(account["openings"] == 1 and account["pulse_count"] == 1, f"{account}")
    kinds = [entry["kind"] for entry in ask("journal", "list", "--limit", "1000")["entries"]
             if entry.get("action") == "drawer.open"]
    must(kinds[:4] == ["refused", "authorization.approved", "intent", "outcome"], f"{kinds}")


@check("drawers: on a receipt printer and on a serial port, each gets its pulse")
def drawers(box):
    for till, drawer, outcome in (("2", "drawer2", "ok"), ("3", "drawer3", "sent")):
        shop.sign_on("maria", till)
        opened = ask("drawer", "open", "--till", till, "--reason", "change", by="pos")
        must(opened["outcome"] == outcome, f"{opened}")
        box.street.wait(f"{drawer}: the drawer springs open")
        must(box.street.account(drawer)["openings"] == 1, drawer)
        box.street.say(f"{drawer} close")


@check("a receipt is printed on the printer that the drawer hangs on, and nothing opens by that")
def receipt(box):
    (shop.HERE / "receipt.json").write_text(json.dumps(
        {"document": [{"text": "Corner Shop"}, {"text": "Coffee   3.50"}, {"cut": "partial"}]}))
    os.chmod(shop.HERE / "receipt.json", 0o644)
    tillctl("session", "open", "0.00", "--till", "2", by="pos")
    printed = ask("print", "job", shop.HERE / "receipt.json", "--till", "2", by="pos")
    must(printed["outcome"] == "ok", f"{printed}")
    account = box.street.account("drawer2")
    paper = "\n".join(map(str, account["paper"]))
    must("Corner Shop" in paper and "3.50" in paper, paper)
    must((account["openings"], account["cuts"], account["unknown_commands"]) == (1, 1, 0),
         f"{account}")


@check("what is to be shown stands on the display")
def display(box):
    tillctl("display", "Thank you!", "Total      12.34", "--till", "1", by="pos")
    box.street.wait("display1: |Thank you!")
    box.street.wait("display1: |Total      12.34")


@check("a swipe of nobody's stripe is an unknown badge; Maria's signs her on")
def swipe(box):
    for stripe, who in ((";9999=0001?", None), (MARIAS_STRIPE, "Maria")):
        with box.badge_wanted("1") as waiting:
            box.street.say(f"reader1 swipe {stripe}")
            if not who:
                box.events.next("reader.unknown-badge", till="1")
                waiting.terminate()
            else:
                told = waiting.communicate(timeout=PATIENCE)[0]
                must(waiting.returncode == 0 and who in told, told)


# -- the reader that types -------------------------------------------------------------


@check("keys of another keyboard are heard by whoever listens, so that can be seen here")
def ear(box):
    box.ear = kernel.Ear()
    box.keyboard.type("4711\n")
    keys, text = box.ear.hear()
    must((keys, text) == (5, "4711\r"), f"{keys} keys, {text!r} at the console")


@check("a badge that is typed reaches tilld, and not one key of it anybody else")
def typed_badge(box):
    with box.badge_wanted("2") as waiting:
        typed = box.things["reader2"].type(MARIAS_STRIPE + "\n")
        must(typed == 2 * len(MARIAS_STRIPE + "\n"), f"{typed} reports were asked for")
        told = waiting.communicate(timeout=PATIENCE)[0]
        must(waiting.returncode == 0 and "Maria" in told, told)
    box.nobody_hears("while tilld had it")


@check("so far nobody complains: not tilld, nor udev, nor the kernel")
def quiet(box):
    told = complaints()
    must(not told, " | ".join(told))


@check("not one key gets past while tilld is stopped, nor when it is plugged in then")
def typed_without_tilld(box):
    bus = box.things["reader2"].bus
    run("systemctl", "stop", "tilld")
    must(kernel.inhibited(bus) == ["1"], f"stopped: inhibited {kernel.inhibited(bus)}")
    box.things["reader2"].type("1234\n", 1)
    box.nobody_hears("while tilld was stopped")
    box.unplug("reader2")
    box.plug("reader2")
    kernel.wait_for(bus, "input")
    must(kernel.inhibited(bus) == ["1"], f"plugged in: inhibited {kernel.inhibited(bus)}")
    box.ear.look()
    box.things["reader2"].type("1234\n", 1)
    box.nobody_hears("when it was plugged in")
    run("systemctl", "start", "tilld")
    shop.wait_ready()
    must(kernel.inhibited(bus) == ["0"], f"started: inhibited {kernel.inhibited(bus)}")


@check("nor when tilld is killed; it is started again, and all devices are back")
def killed(box):
    bus, before = box.things["reader2"].bus, unit("MainPID", "NRestarts")
    os.kill(int(before["MainPID"]), signal.SIGKILL)
    end = time.monotonic() + PATIENCE
    while kernel.inhibited(bus) != ["1"]:
        must(time.monotonic() < end and unit("MainPID")["MainPID"] in ("0", before["MainPID"]),
             "its keys went elsewhere until tilld was back")
    box.ear.look()
    box.things["reader2"].type("12\n", 0.5)
    shop.wait_ready()
    after = unit("MainPID", "NRestarts")
    must(after["MainPID"] not in ("0", before["MainPID"]) and
         int(after["NRestarts"]) == int(before["NRestarts"]) + 1, f"{before} {after}")
    box.nobody_hears("while tilld was dead")
    tillctl("journal", "verify")


# -- coming and going ------------------------------------------------------------------


@check("pulled out and put back under load, each is ready within a second of its node")
def coming_and_going(box):
    nodes = {"drawer1": "hidraw", "reader1": "hidraw", "display1": "tty", "drawer2": "usb",
             "reader2": "input", "drawer3": "tty"}
    took = {}
    box.events.end()
    box.events = shop.Events()
    with box.load():
        for name, subsystem in nodes.items():
            box.unplug(name)
            box.events.device(name, "lost", "absent")
            began = time.monotonic()
            box.plug(name)
            ready = box.events.device(name, "ready")
            took[name] = ready - box.notices.node(box.things[name].bus, subsystem, began)
    print(f"# {max(took.values()):.2f} s at most from node to ready")
    must(max(took.values()) < 1, ", ".join(f"{name} {s:.2f} s" for name, s in took.items()))


@check("all at once, too: all are back, with their names")
def all_at_once(box):
    for name in box.things:
        box.unplug(name)
        box.events.device(name, "lost", "absent")
    for name in box.things:
        box.plug(name)
    shop.wait_ready()
    run("udevadm", "settle")
    names(box)
    modes = {kernel.mode(node)[1] for thing in box.things.values()
             for node in kernel.devices(thing.bus)}
    must(modes == {0o600}, f"{modes}")


@check("nor has anybody complained since, but of what was done to them")
def still_quiet(box):
    expected = re.compile(r"\w+: (lost|not there) on \S+: (The connection to the device was lost|"
                          r"The device is not plugged in)\.|"
                          r"tilld.service: (Main process exited, code=killed|Failed with result)")
    told = [line for line in complaints() if not expected.match(line)]
    must(not told, " | ".join(told))


# -- another version -------------------------------------------------------------------


@check("an upgrade makes a backup, goes on with journal and people, and the devices are back")
def upgrade(box):
    before = ask("journal", "list", "--limit", "1000")["entries"]
    told = run("apt-get", "install", "-y", "--no-install-recommends",
               *box.packages("next", "tilld")).stdout
    version = run("dpkg-query", "-W", "-f", "${Version}", "tilld").stdout
    must(version.endswith(".1"), version)
    must(list(pathlib.Path("/var/backups/tilld").glob("*.backup")), told)
    must(pathlib.Path("/etc/tilld/tilld.conf").read_text() == shop.CONFIG, "the configuration")
    shop.wait_ready()
    after = ask("journal", "list", "--limit", "1000")["entries"]
    must(after[:len(before)] == before, "the journal does not begin as it did")
    tillctl("journal", "verify")
    shop.sign_on("maria", "1")
    must(ask("drawer", "open", "--till", "1", "--reason", "change",
             by="pos")["outcome"] == "ok", "the drawer")


@check("what was typed through all that nobody else has heard")
def still_unheard(box):
    box.nobody_hears("since")


@check("removed, nothing of it runs or rules, but the journal and its keys stay")
def removal(box):
    run("apt-get", "remove", "-y", "tilld")
    must(unit("ActiveState")["ActiveState"] == "inactive", "it still runs")
    must(not pathlib.Path("/run/tilld/tilld.sock").exists(), "its socket is there")
    must(not pathlib.Path("/usr/lib/udev/rules.d/72-tilld.rules").exists(), "its rules are there")
    must(pathlib.Path("/var/lib/tilld/tilld.db").stat().st_size > 0, "the journal is gone")
    must(os.listdir("/etc/tilld/keys"), "the keys are gone")


# -- how they hang together ----------------------------------------------------------------


class Guest(Box):
    def __init__(self):
        self.notices = kernel.Notices()

    @staticmethod
    def packages(version, name="*"):
        return [str(file) for file in sorted((shop.HERE / version).glob(f"{name}_*.deb"))]

    def plug(self, name):
        pty = shop.HERE / "sim" / name
        self.things[name].plug(pty if pty.exists() else None)

    def unplug(self, name):
        self.things[name].unplug()

    def close_drawer(self, name):
        self.street.say(f"{name} close")
        self.events.next("drawer.closed")

    def nobody_hears(self, when):
        keys, text = self.ear.hear()
        must((keys, text) == (0, ""), f"{keys} keys and {text!r} at the console {when}")

    @contextlib.contextmanager
    def badge_wanted(self, till):
        """Somebody signs on by badge there; it is shown after the second that the reader takes."""
        waiting = shop.sign_on_by_badge(till)
        try:
            self.events.next("reader.armed", till=till)
            time.sleep(1.1)  # the reader's own rule, see docs/policy.md
            yield waiting
        finally:
            waiting.terminate()
            waiting.communicate(timeout=PATIENCE)

    @contextlib.contextmanager
    def load(self):
        """Requests all the while, from a program of its own each."""
        over = threading.Event()

        def ask_on():
            while not over.is_set():
                for words in (("display", "Busy"), ("drawer",)):
                    subprocess.run(["tillctl", *words, "--till", "1"], stdin=subprocess.DEVNULL,
                                   capture_output=True, **shop.user("pos"))
                over.wait(0.1)
        asking = threading.Thread(target=ask_on)
        asking.start()
        try:
            yield
        finally:
            over.set()
            asking.join(PATIENCE)


def wanted():
    """All of them, or those that ./dev vm --only names."""
    only = shop.HERE / "only"
    names = only.read_text().split() if only.exists() else None
    return [(sentence, function) for sentence, function in checks
            if names is None or function.__name__ in names]


def main():
    box, failed, checks = Guest(), 0, wanted()
    print(f"1..{len(checks)}")
    for number, (sentence, function) in enumerate(checks, 1):
        began = time.monotonic()
        try:
            function(box)
            word, why = "ok", ""
        except Exception as error:  # told, and the next one has its turn
            word, why, failed = "not ok", f"# {type(error).__name__}: {error}\n", failed + 1
        print(f"{word} {number} - {sentence} ({time.monotonic() - began:.1f} s)")
        print(why.replace("\n", "\n# ")[:-2] if why else "", end="", flush=True)
    print(f"{len(checks) - failed} passed, {failed} failed", flush=True)


main()
