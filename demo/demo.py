#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The main job, walked through: tilld with simulated devices on this machine.

Starts tillsim and tilld in a temporary folder, then does what a cashier, a
manager and a technician would do, with tillctl, and says what they see. Ends
with 1 if any step comes out differently from what it says.
"""
import argparse
import json
import os
import pathlib
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

SIMULATOR = """\
device drawer1   escpos  pty {dir}/drawer1   polarity=low-is-open
device printer1  posnet  pty {dir}/printer1
device terminal1 zvt     tcp 0
device display1  display pty {dir}/display1  dialect=epson
device reader1   em4100  pty {dir}/reader1
"""

CONFIG = """\
box = "demo box"
state-dir = "{dir}/state"
keys-dir = "{dir}/keys"
password-cost = 14
socket {{ path = "{dir}/tilld.sock" mode = "0600" }}
device "drawer1" {{
	driver = "escpos-drawer"
	serial = "{dir}/drawer1"
	sensor = "low-is-open"
	poll = 200
	tills = {{ "1" }}
}}
device "printer1" {{ driver = "posnet-printer" serial = "{dir}/printer1" tills = {{ "1" }} }}
device "terminal1" {{ driver = "zvt-terminal" tcp = "{terminal}" tills = {{ "1" }} }}
device "display1" {{ driver = "epson-display" serial = "{dir}/display1" tills = {{ "1" }} }}
device "reader1" {{ driver = "em4100-reader" serial = "{dir}/reader1" tills = {{ "1" }} }}
"""

PASSWORDS = {"anna": "anna-sells-apples", "maria": "maria-runs-the-shop"}
MARIAS_BADGE = "0110185C5B"

POLICY = {
    "tills": [{"id": "1", "name": "Front till", "currency": "EUR",
               "clients": {"users": [os.getuid()]},
               "drawer": {"opens_on": ["session_close"]}}],
    "groups": [
        {"id": "cashiers", "name": "Cashiers", "tills": ["1"],
         "permissions": ["shift.start_difference"],
         "rights": {"receipt": ["read", "add"], "cash_deposit": ["read", "add"],
                    "cash_withdrawal": ["read", "add"], "cash_report": ["read", "add"]}},
        {"id": "managers", "name": "Managers", "tills": ["1", "@box"],
         "permissions": ["drawer.open", "report.daily", "report.periodic",
                         "card.cancel", "refund.validate",
                         "payment.accept_unvalidated", "balance.preview",
                         "shift.start_difference", "shift.end_difference",
                         "shift.end_without_withdrawal", "day.end",
                         "config.access"],
         "rights": {"receipt": ["read", "add"], "cash_deposit": ["read", "add"],
                    "cash_withdrawal": ["read", "add"], "cash_report": ["read", "add"],
                    "receipt_correction": ["read", "add"]}},
    ],
    "operators": [
        {"login": "anna", "name": "Anna", "groups": ["cashiers"],
         "password": PASSWORDS["anna"]},
        {"login": "maria", "name": "Maria", "role": "manager", "groups": ["managers"],
         "password": PASSWORDS["maria"], "pin": "2580",
         "badges": ["em4100:" + MARIAS_BADGE.lower()]},
    ],
}


class Different(Exception):
    """A step came out otherwise than it should."""


class Lines:
    """What a program prints, line by line, as it comes."""

    def __init__(self, stream):
        self.seen, self.queue = [], queue.Queue()
        threading.Thread(target=self.read, args=(stream,), daemon=True).start()

    def read(self, stream):
        for line in stream:
            self.seen.append(line.rstrip("\n"))
            self.queue.put(line.rstrip("\n"))

    def wait(self, what, seconds=10):
        """The first line, not waited for before, that holds what."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                line = self.queue.get(timeout=left)
            except queue.Empty:
                break
            if what in line:
                return line
        raise Different(f"waited for {what!r} in vain")


def bold(text):
    return f"\033[1m{text}\033[0m" if sys.stdout.isatty() else text


class Shop:
    def __init__(self, build, folder):
        self.build, self.dir = build, folder
        self.env = dict(os.environ, TILLD_SOCKET=f"{folder}/tilld.sock",
                        XDG_RUNTIME_DIR=str(folder), LC_ALL="C.UTF-8",
                        TEXTDOMAINDIR=str(build / "po"))  # nothing is installed yet
        self.programs = []

    # -- programs ------------------------------------------------------------

    def start(self, *command, **options):
        program = subprocess.Popen(command, text=True, env=self.env, **options)
        self.programs.append(program)
        return program

    def open(self):
        (self.dir / "sim.conf").write_text(SIMULATOR.format(dir=self.dir))
        self.sim = self.start(self.build / "tillsim", self.dir / "sim.conf",
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.street = Lines(self.sim.stdout)
        terminal = None
        for _ in range(5):
            ready = self.street.wait("ready ").split()
            if ready[1] == "terminal1":
                terminal = ready[3]
        (self.dir / "tilld.conf").write_text(
            CONFIG.format(dir=self.dir, terminal=terminal))
        (self.dir / "policy.json").write_text(json.dumps(POLICY, indent=1))
        self.daemon = self.start(self.build / "tilld", "-c", self.dir / "tilld.conf",
                                 stderr=subprocess.PIPE)
        self.log = Lines(self.daemon.stderr)
        self.log.wait("ready at")

    def close(self):
        for program in reversed(self.programs):
            if program.poll() is None:
                program.send_signal(signal.SIGTERM)
                try:
                    program.wait(10)
                except subprocess.TimeoutExpired:
                    program.kill()

    def person(self, command):
        """Somebody in the shop does something to a simulated device."""
        print(f"   [{command}]")
        self.sim.stdin.write(command + "\n")
        self.sim.stdin.flush()

    # -- steps -----------------------------------------------------------------

    def tell(self, text):
        print("\n" + bold(text))

    def ctl(self, *words, typed=None, expect=0, quiet=False):
        """Types a tillctl command; shows it and what comes back."""
        if not quiet:
            print("   $ tillctl " + " ".join(
                f"'{w}'" if " " in str(w) else str(w) for w in words))
        done = subprocess.run([self.build / "tillctl", *map(str, words)], text=True,
                              input=typed, env=self.env, timeout=60,
                              capture_output=True)
        self.show(done, quiet)
        self.check(words, done, expect)
        return done.stdout

    def ctl_later(self, *words):
        """The same, for a command that waits for somebody; see ctl_end."""
        print("   $ tillctl " + " ".join(
            f"'{w}'" if " " in str(w) else str(w) for w in words))
        return words, self.start(self.build / "tillctl", *map(str, words),
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE)

    def ctl_end(self, begun, expect=0):
        words, program = begun
        out, err = program.communicate(timeout=60)
        done = subprocess.CompletedProcess(words, program.returncode, out, err)
        self.show(done)
        self.check(words, done, expect)
        return out

    @staticmethod
    def show(done, quiet=False):
        for line in (done.stderr + done.stdout).splitlines():
            if not quiet:
                print("     " + line)

    @staticmethod
    def check(words, done, expect):
        if done.returncode != expect:
            raise Different(f"tillctl {' '.join(map(str, words))}: ended with "
                            f"{done.returncode}, not {expect}\n{done.stderr}")

    def json(self, *words, **options):
        return json.loads(self.ctl(*words, "--json", quiet=True, **options))

    def sees(self, what, seconds=10):
        """What a person in front of the till sees."""
        print("   " + bold("» ") + self.street.wait(what, seconds))

    def must(self, condition, what):
        if not condition:
            raise Different(what)


def wait_until_ready(shop):
    events = shop.start(shop.build / "tillctl", "events", "--follow", "--json",
                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    shop.events = Lines(events.stdout)
    for _ in range(200):
        devices = shop.json("devices")["devices"]
        if all(d["state"] in ("ready", "busy") for d in devices):
            return
        time.sleep(0.05)
    raise Different("the devices did not come up: " + json.dumps(devices))


def main_job(shop):
    shop.tell("1. A new box: a policy is set up once, by root or the daemon's own user.")
    shop.ctl("drawer", "open", "--till", "1", "--reason", "before set-up", expect=1)
    shop.ctl("setup", "--policy", shop.dir / "policy.json")
    wait_until_ready(shop)
    shop.ctl("devices")

    shop.tell("2. Anna signs on at the front till. She may sell, no more. With the float "
              "that she\n   counted her session begins, and with it the business day.")
    shop.ctl("sign-on", "--till", "1", "--login", "anna", "--password-stdin",
             typed=PASSWORDS["anna"] + "\n")
    shop.ctl("session", "open", "100.00")

    shop.tell("3. She wants to open the drawer. She may not: her manager Maria "
              "shows her badge\n   at the daemon's own reader, and the drawer opens.")
    opening = shop.ctl_later("drawer", "open", "--reason", "change for a customer")
    shop.events.wait("prompt.shown")
    shop.sees("OPEN DRAWER")
    time.sleep(1.1)  # the reader's own rule: a swipe counts one second after that
    shop.person(f"reader1 badge {MARIAS_BADGE}")
    shop.sees("open")
    shop.ctl_end(opening)
    shop.person("drawer1 close")
    shop.events.wait("drawer.closed")

    shop.tell("4. Once is once: the next time she is asked again.")
    shop.ctl("drawer", "open", "--reason", "again", "--wait", "0", expect=3)

    shop.tell("5. The daily report is refused too; Maria authorizes it by password.")
    refused = subprocess.run(
        [shop.build / "tillctl", "report", "z", "--wait", "0", "--json", "--key", "z-1"],
        text=True, env=shop.env, capture_output=True, timeout=30)
    shop.must(refused.returncode == 3, f"report z: {refused}")
    asked = json.loads(refused.stdout)["authorization"]
    print("     " + asked["sentence"])
    shop.ctl("authorize", asked["id"], "--login", "maria", "--password-stdin",
             typed=PASSWORDS["maria"] + "\n")
    shop.ctl("report", "z", "--key", "z-1")

    shop.tell("6. A card payment; its cancellation is refused, then authorized.")
    paid = shop.json("pay", "12.34")
    print(f"     paid: {paid['result']['amount']} cents, receipt {paid['result']['receipt']}, "
          f"{paid['result'].get('card', {}).get('name', 'card')}")
    shop.must(paid["outcome"] == "ok" and paid["result"]["amount"] == 1234, str(paid))
    refused = subprocess.run(
        [shop.build / "tillctl", "cancel", paid["id"], "--reason", "goods returned",
         "--wait", "0", "--json", "--key", "c-1"],
        text=True, env=shop.env, capture_output=True, timeout=30)
    shop.must(refused.returncode == 3, f"cancel: {refused}")
    asked = json.loads(refused.stdout)["authorization"]
    print("     " + asked["sentence"])
    shop.ctl("authorize", asked["id"], "--login", "maria", "--password-stdin",
             typed=PASSWORDS["maria"] + "\n")
    shop.ctl("cancel", paid["id"], "--reason", "goods returned", "--key", "c-1")

    shop.tell("7. The customer display.")
    shop.ctl("display", "Thank you!", "Total      12.34")
    shop.sees("Thank you!")

    shop.tell("8. Coins come from the bank.")
    shop.ctl("cash", "in", "20.00", "--reason", "coins from the bank")

    shop.tell("9. Somebody opens the drawer with its key: seen, and on record.")
    time.sleep(max(0, shop.quiet_until - time.monotonic()))
    shop.person("drawer1 key")
    print("   " + bold("» ") + "event " +
          json.loads(shop.events.wait("drawer.unsolicited"))["type"])
    shop.sees("key")
    shop.person("drawer1 close")
    shop.events.wait("drawer.closed")

    shop.tell("10. The evening: the drawer opens by itself, Anna counts 120.00, takes 20.00 "
              "out of it,\n    and the rest is tomorrow's float.")
    shop.ctl("session", "end", typed="120.00\n20.00\n")
    shop.sees("springs open")
    shop.person("drawer1 close")
    report = shop.json("session", "report")
    shop.must(report["session"]["state"] == "closed", str(report))


def journal(shop):
    shop.tell("11. The journal: who, what, where, on whose permission; sealed and verified.")
    shop.ctl("journal", "list", "--newest", "--limit", "12")
    export = shop.dir / "journal.jsonl"
    shop.ctl("journal", "export", export)
    shop.ctl("journal", "verify", export)
    data = bytearray(export.read_bytes())
    at = data.index(b"drawer.open")
    data[at] ^= 1
    export.write_bytes(data)
    print("   [one byte of it is changed]")
    shop.ctl("journal", "verify", export, expect=7)


def stay(shop):
    shop.tell("It keeps running; end it with Ctrl-C. In another terminal:")
    print(f"""
   who      password              badge        PIN
   anna     {PASSWORDS['anna']:<21} none         none
   maria    {PASSWORDS['maria']:<21} {MARIAS_BADGE}   2580

   export TILLD_SOCKET={shop.dir}/tilld.sock XDG_RUNTIME_DIR={shop.dir} \\
          TEXTDOMAINDIR={shop.build}/po PATH={shop.build}:$PATH
   tillctl devices
   tillctl events --follow
   tillctl drawer open --reason "no sale"
   tillctl session open 100.00
   tillctl pay 5.00
   tillctl session end
   tillctl sign-on --till 1 --login maria

   curl -s --unix-socket $TILLD_SOCKET http://localhost/v1
   curl -s --unix-socket $TILLD_SOCKET http://localhost/v1/sign-ons -H 'Content-Type: application/json' \\
        -d '{{"till": "1", "login": "anna", "password": "{PASSWORDS['anna']}"}}'

   Here you are the shop: type what happens at the devices, for example
   reader1 badge {MARIAS_BADGE}
   drawer1 close
   printer1 paper out
   help
""")
    threading.Thread(target=lambda: [print(line) for line in iter(shop.street.queue.get, None)],
                     daemon=True).start()
    try:
        for line in sys.stdin:
            shop.sim.stdin.write(line)
            shop.sim.stdin.flush()
            if line.strip() == "quit":
                return
        while shop.sim.poll() is None:  # nobody types: until somebody ends it
            time.sleep(1)
    except (KeyboardInterrupt, BrokenPipeError):
        print()


def end(number, frame):
    raise KeyboardInterrupt


def main():
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)  # so that nothing is left running
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/plain", type=pathlib.Path)
    parser.add_argument("--stay", action="store_true", help="leave it running")
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tilld-demo."))
    shop = Shop(options.build.resolve(), folder)
    shop.quiet_until = 0
    started = time.monotonic()
    try:
        shop.open()
        main_job(shop)
        journal(shop)
        print(f"\nAll as it should be, in {time.monotonic() - started:.1f} s.")
        if options.stay:
            stay(shop)
    except KeyboardInterrupt:
        return 130
    except Different as difference:
        print(f"\nNOT as it should be: {difference}", file=sys.stderr)
        if hasattr(shop, "log"):
            print("\n".join(shop.log.seen[-20:]), file=sys.stderr)
        return 1
    finally:
        shop.close()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
