# SPDX-License-Identifier: Apache-2.0
"""The shop that the guest is: its people and tills, tilld as systemd runs it, tillctl as people
use it, and tillsim, which plays what hangs on the gadgets."""
import json
import os
import pathlib
import pwd
import queue
import subprocess
import threading
import time

PATIENCE = 30
HERE = pathlib.Path("/run/checks")
PASSWORDS = {"anna": "anna-sells-apples", "maria": "maria-runs-the-shop"}
MARIAS_STRIPE = ";0042=9912?"
TILLS = {"1": "Front till", "2": "Back till", "3": "Kiosk"}

SIMULATOR = """\
device drawer1  posiflex pty {0}/sim/drawer1 number=3
device reader1  magtek   pty {0}/sim/reader1
device display1 display  pty {0}/sim/display1 dialect=epson
device drawer2  escpos   pty {0}/sim/drawer2 polarity=low-is-open
device drawer3  trigger  pty {0}/sim/drawer3
""".format(HERE)

CONFIG = """\
box = "till in a guest"
password-cost = 14
device "drawer1" { driver = "posiflex-drawer" hid = "/dev/till/drawer-PF3" tills = { "1" } }
device "reader1" { driver = "swipe-reader" hid = "0801:0002" tills = { "1" } }
device "display1" {
	driver = "epson-display"
	serial = "/dev/till/display-CD1"
	tills = { "1" }
}
device "drawer2" {
	driver = "escpos-drawer"
	usb = "04b8:0202:TM2"
	sensor = "low-is-open"
	tills = { "2" }
}
device "reader2" {
	driver = "wedge-reader"
	keyboard = "/dev/till/reader-KB2"
	tills = { "2" }
}
device "drawer3" {
	driver = "trigger-drawer"
	serial = "/dev/till/drawer-TR3"
	tills = { "3" }
}
"""
DEVICES = ("drawer1", "reader1", "display1", "drawer2", "reader2", "drawer3")

# Whose numbers stand in no rule, as the end of 72-tilld.rules says.
RULES = "".join(
    f'SUBSYSTEMS=="usb", ATTRS{{idVendor}}=="0525", ATTRS{{serial}}=="{serial}", '
    f'ENV{{TILLD_CLASS}}="{kind}", ENV{{TILLD_PLUG}}="serial"\n'
    for serial, kind in (("CD1", "display"), ("TR3", "drawer")))

SELL = {"receipt": ["read", "add"], "cash_deposit": ["read", "add"],
        "cash_report": ["read", "add"]}


def policy(uid):
    return {
        "tills": [{"id": till, "name": name, "currency": "EUR", "clients": {"users": [uid]}}
                  for till, name in TILLS.items()],
        "groups": [
            {"id": "cashiers", "name": "Cashiers", "tills": list(TILLS),
             "permissions": ["shift.start_difference"], "rights": SELL},
            {"id": "managers", "name": "Managers", "tills": [*TILLS, "@box"],
             "permissions": ["drawer.open", "shift.start_difference", "config.access"],
             "rights": SELL}],
        "operators": [
            {"login": "anna", "name": "Anna", "groups": ["cashiers"],
             "password": PASSWORDS["anna"]},
            {"login": "maria", "name": "Maria", "role": "manager", "groups": ["managers"],
             "password": PASSWORDS["maria"], "badges": ["mag2:0042d9912"]}]}


class Wrong(Exception):
    """Something is otherwise than it should be."""


def must(condition, what):
    if not condition:
        raise Wrong(what)


def run(*words, expect=0, **options):
    done = subprocess.run([str(word) for word in words], text=True, stdin=options.pop("stdin", None)
                          if "input" in options else subprocess.DEVNULL, capture_output=True,
                          timeout=2 * PATIENCE, **options)
    if expect is not None and done.returncode != expect:
        raise Wrong(f"{' '.join(map(str, words))}: ended with {done.returncode}: "
                    f"{done.stderr.strip()} {done.stdout.strip()}")
    return done


class Lines:
    """What a program prints, as it comes, with when."""

    def __init__(self, *words, **options):
        self.name, self.queue, self.seen = words[0], queue.Queue(), []
        self.program = subprocess.Popen(words, text=True, bufsize=1, stdout=subprocess.PIPE,
                                        **options)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.program.stdout:
            self.seen.append(line.rstrip("\n"))
            self.queue.put((time.monotonic(), line.rstrip("\n")))

    def wait(self, *what, seconds=PATIENCE):
        """(when, the next line, not yet waited for, that holds all of what)"""
        end = time.monotonic() + seconds
        while True:
            try:
                at, line = self.queue.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise Wrong(f"{self.name}: waited in vain for {what}; it said of late: "
                            f"{self.seen[-5:]}") from None
            if all(word in line for word in what):
                return at, line

    def end(self):
        self.program.terminate()
        self.program.wait(PATIENCE)


class Street(Lines):
    """What happens at the devices: tillsim."""

    def __init__(self):
        (HERE / "sim.conf").write_text(SIMULATOR)
        super().__init__("tillsim", str(HERE / "sim.conf"), stdin=subprocess.PIPE)
        for _ in SIMULATOR.splitlines():
            self.wait("ready ")

    def say(self, command):
        self.program.stdin.write(command + "\n")
        self.program.stdin.flush()

    def account(self, device):
        self.say(f"account {device}")
        return json.loads(self.wait(f"account {device} ")[1].split(" ", 2)[2])


class Events(Lines):
    """What tilld tells, as root hears it; over its restarts, too."""

    def __init__(self):
        super().__init__("tillctl", "events", "--json", stderr=subprocess.DEVNULL)

    def next(self, kind, seconds=PATIENCE, **fields):
        """(when, the next event of that kind with these fields)"""
        end = time.monotonic() + seconds
        while True:
            at, line = self.wait(f'"{kind}"', seconds=end - time.monotonic())
            event = json.loads(line)
            if event["type"] == kind and all(event.get(k) == v for k, v in fields.items()):
                return at, event

    def device(self, name, *wanted):
        """When it came into one of these states."""
        while True:
            at, event = self.next("device")
            if event["device"]["name"] == name and event["device"]["state"] in wanted:
                return at


# -- people ----------------------------------------------------------------------------

def add_people():
    """pos: the account that POS apps run as. clerk: somebody at the screen of the box, in every
    group that has to do with devices, but not in till."""
    run("useradd", "--create-home", "--groups", "till", "pos")
    run("useradd", "--create-home", "clerk", "--groups", ",".join(
        group for group in ("dialout", "plugdev", "input", "lp", "tty", "video")
        if run("getent", "group", group, expect=None).returncode == 0))
    return pwd.getpwnam("pos").pw_uid


def user(name):
    """For subprocess: to be that user."""
    person = pwd.getpwnam(name)
    return {"user": person.pw_uid, "group": person.pw_gid,
            "extra_groups": os.getgrouplist(name, person.pw_gid),
            "env": {"PATH": os.environ["PATH"], "HOME": person.pw_dir}}


def tillctl(*words, by="root", typed=None, expect=0):
    options = {} if by == "root" else user(by)
    if typed is not None:
        options["input"] = typed + "\n"
    return run("tillctl", *words, expect=expect, **options)


def ask(*words, **options):
    return json.loads(tillctl(*words, "--json", **options).stdout)


def sign_on(login, till):
    tillctl("sign-on", "--till", till, "--login", login, "--password-stdin", by="pos",
            typed=PASSWORDS[login])


def sign_on_by_badge(till):
    """Waits for a badge, as a program of its own."""
    return subprocess.Popen(["tillctl", "sign-on", "--till", till, "--badge", "--wait", "20"],
                            text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, **user("pos"))


# -- tilld -----------------------------------------------------------------------------

def unit(*properties):
    """What systemd knows of it."""
    told = run("systemctl", "show", "tilld.service", "-p", ",".join(properties)).stdout
    return dict(line.split("=", 1) for line in told.splitlines())


def states():
    return {device["name"]: device["state"] for device in ask("devices")["devices"]}


def wait_ready(*names, seconds=PATIENCE):
    """Looks again and again: after a restart there is nothing that tells."""
    end = time.monotonic() + seconds
    while True:
        told = tillctl("devices", "--json", expect=None)
        devices = json.loads(told.stdout)["devices"] if told.returncode == 0 else []
        missing = [name for name in names or DEVICES
                   if not any(d["name"] == name and d["state"] in ("ready", "busy")
                              for d in devices)]
        if not missing:
            return
        must(time.monotonic() < end, f"not ready: {missing} {told.stderr} " + "; ".join(
            f"{d['name']} {d['state']} {d.get('sentence', '')}" for d in devices))
        time.sleep(0.2)
