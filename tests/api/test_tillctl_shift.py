# SPDX-License-Identifier: Apache-2.0
"""A shift with the real tillctl: a cashier's day, what an owner sees of it, and
docs/shift.md, whose day is lived through as it stands there, on both sides."""
import contextlib
import json
import os
import pathlib
import pty
import re
import shlex
import subprocess
import termios
import uuid

import pytest

from box import ANNA, BUILD, MARIA, MARIAS_BADGE, PATIENCE, Lines, policy, swipe

GUIDE = pathlib.Path(os.environ.get("TILLD_SOURCE", ".")) / "docs/shift.md"
BEN = "ben-sells-books"
PASSWORDS = {"anna": ANNA, "maria": MARIA, "ben": BEN}
DRAWER = ("drawer1",)


def shop(opens_on=("session_close",), **till):
    """Cashiers who may take cash out, and a till that opens its drawer to count."""
    document = policy()
    document["groups"][0]["rights"]["cash_withdrawal"] = ["read", "add"]
    document["tills"][0].update({"drawer": {"opens_on": list(opens_on)}, **till})
    document["operators"].append({"login": "ben", "name": "Ben", "groups": ["cashiers"],
                                  "password": BEN})
    return document


class Ctl:
    """Somebody at a terminal: tillctl with a folder of its own for its sign-on."""

    def __init__(self, box, name="ctl"):
        self.box = box
        folder = box.dir / name
        folder.mkdir(mode=0o700)
        self.env = {**os.environ, "TILLD_SOCKET": str(box.socket),
                    "XDG_RUNTIME_DIR": str(folder)}

    def __call__(self, line, typed="", expect=0):
        done = subprocess.run([BUILD / "tillctl", *shlex.split(line)], input=typed, text=True,
                              env=self.env, capture_output=True, timeout=PATIENCE + 60)
        assert done.returncode == expect, f"{line}: {done}"
        return done

    def json(self, line, **options):
        return json.loads(self(line + " --json", **options).stdout)

    def sign_on(self, login, till="1"):
        return self(f"sign-on --till {till} --login {login} --password-stdin",
                    PASSWORDS[login] + "\n")

    def later(self, line, typed=""):
        """The same, for what waits for somebody."""
        program = subprocess.Popen([BUILD / "tillctl", *shlex.split(line)], text=True,
                                   env=self.env, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        program.stdin.write(typed)
        program.stdin.flush()
        return program


def journal(box, *options):
    """The newest entry."""
    told = subprocess.run([BUILD / "tillctl", "journal", "list", "--newest", "--limit", "1",
                           "--json", *options], text=True, capture_output=True, check=True,
                          env={**os.environ, "TILLD_SOCKET": str(box.socket)})
    return json.loads(told.stdout)["entries"]


class Watch:
    """tillctl events, line by line."""

    def __init__(self, box):
        last, = journal(box)
        self.program = subprocess.Popen(
            [BUILD / "tillctl", "events", "--json", "--after", str(last["seq"] - 1)], text=True,
            env={**os.environ, "TILLD_SOCKET": str(box.socket)},
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.lines = Lines(self.program.stdout, "tillctl events")
        self.lines.wait(f'"seq":{last["seq"]}')  # from now on nothing is missed

    def wait(self, kind):
        return json.loads(self.lines.wait(f'"type":"{kind}"'))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.program.terminate()
        self.program.wait(PATIENCE)
        self.program.stdout.close()


@pytest.fixture
def counter(make_box):
    """A till with a drawer, and 100.00 in it from the day before."""
    return made(make_box, DRAWER)


def made(make_box, devices, document=None):
    box = make_box(devices=devices).up(document or shop())
    yesterday = Ctl(box, "yesterday")
    yesterday.sign_on("maria")
    yesterday("session open 100.00")
    yesterday("session count 100.00")
    yesterday("session close 0")
    yesterday("day end")
    yesterday("sign-off")
    if "drawer1" in devices:
        shut(box)
    return box


def shut(box):
    """Somebody shuts the drawer, and the daemon has seen it."""
    if box.account("drawer1")["open"]:
        with Watch(box) as watch:
            box.person("drawer1 close")
            watch.wait("drawer.closed")


def openings(box):
    return box.account("drawer1")["openings"]


# -- the guide -------------------------------------------------------------------------

def the_day():
    """(tillctl, HTTP) of each row of the guide's day; None where a cell is empty."""
    text = GUIDE.read_text().split("## One day")[1].split("\n## ")[0]
    rows = re.findall(r"^\|[^|]*\|([^|]*)\|([^|]*)\|$", text, re.M)[1:]
    cells = [[re.search(r"`([^`]+)`", cell) for cell in row] for row in rows]
    return [[cell and cell.group(1) for cell in row] for row in cells
            if any(cell for cell in row)]


def test_the_guides_day_with_tillctl(make_box):
    box = made(make_box, ("drawer1", "printer1"))
    ctl, lines = Ctl(box), [ctl for ctl, _ in the_day() if ctl]
    assert len(lines) > 15
    for line in lines:
        command = line.removeprefix("tillctl ")
        login = re.search(r"--login (\w+)", command)
        done = ctl.sign_on(login[1]) if login else ctl(command)
        if command == "session report":
            assert "127.50 EUR" in done.stdout
        if command == "balance":
            assert "100.00 EUR" in done.stdout
    assert box.account("printer1")["z_reports"]
    assert "ended" in ctl("day").stdout


def test_the_guides_day_over_http(make_box):
    box = made(make_box, ("drawer1", "printer1"))
    client, before = box.client(), openings(box)
    session = operation = None
    for _, call in the_day():
        if not call:
            continue
        method, path, body = re.fullmatch(r"(\w+) (\S+) ?(.*)", call).groups()
        path = path.replace("{session}", session or "").replace("{operation}", operation or "")
        body = body.replace("{operation}", operation or "")
        headers = {"Content-Type": "application/json"}
        if "sign-ons" in path:
            login = json.loads(body)["login"]
            body = body.replace("...", PASSWORDS[login])
        else:
            headers["Authorization"] = "Bearer " + client.token
        if method == "POST":
            headers["Idempotency-Key"] = uuid.uuid4().hex
        answer = client.exchange(method, path, body.encode() or None, headers, PATIENCE)
        assert answer.status in (200, 201), f"{call}: {answer}"
        client.token = answer.body.get("token", client.token)
        operation = answer.body.get("id") or operation
        session = (answer.body.get("result", {}).get("session") or {}).get("id") or session
    assert openings(box) == before + 1
    assert box.account("printer1")["z_reports"]


# -- the drawer -------------------------------------------------------------------------

def test_the_drawer_opens_for_what_the_till_is_set_to(make_box):
    document = shop(opens_on=["session_open"])
    document["tills"][0]["drawer"]["deposit_from"] = 1000
    box = made(make_box, DRAWER, document)
    ctl, before = Ctl(box), openings(box)
    ctl.sign_on("anna")
    assert "The drawer opens." in ctl("session open 100.00").stderr
    assert openings(box) == before + 1
    shut(box)
    assert ctl("cash in 9.99 --reason coins").stderr == ""
    assert "The drawer opens." in ctl("cash in 10.00 --reason coins").stderr
    shut(box)
    declared = ctl.json("declare sale 50.00")
    ctl(f"drawer open --event {declared['id']}", expect=1)
    assert openings(box) == before + 2
    # a step whose answer got lost is asked for again, and opens nothing twice
    moved = ctl.json("cash in 20.00 --reason coins --key k")
    assert openings(box) == before + 3
    shut(box)
    again = ctl.json("cash in 20.00 --reason coins --key k")
    assert again["id"] == moved["id"] and openings(box) == before + 3


def test_a_drawer_that_is_not_there_holds_up_nobody(make_box):
    box = made(make_box, DRAWER, shop(opens_on=["session_open"]))
    box.person("drawer1 unplug")
    ctl = Ctl(box)
    ctl.sign_on("anna")
    done = ctl("session open 100.00")
    assert "Done: the session is open." in done.stdout
    assert "did not open" in done.stderr and "drawer open --event" in done.stderr


# -- counting ----------------------------------------------------------------------------

def test_a_difference_takes_a_badge_and_tells_nothing(make_box):
    box = made(make_box, ("drawer1", "display1", "reader1"))
    ctl = Ctl(box)
    ctl.sign_on("anna")
    ctl("session open 100.00")
    with Watch(box) as watch:
        closing = ctl.later("session end", "90.00\n10.00\n")
        swipe(box, MARIAS_BADGE, watch)
    out, err = closing.communicate(timeout=PATIENCE + 60)
    assert closing.returncode == 0, err
    assert "Left in the drawer, for the next one: 80.00 EUR." in out
    assert "Authorized by Maria." in err
    assert "100.00" not in out + err
    closed, = journal(box, "--kind", "session.close")
    assert closed["blind"]["difference"] == -1000 and closed["operator"]


def test_counting_again_until_it_is_right(counter):
    ctl = Ctl(counter)
    ctl.sign_on("anna")
    ctl("session open 100.00")
    refused = ctl("session end --wait 0", "90.00\n10.00\n", expect=3)
    assert "tillctl session end" in refused.stderr
    done = ctl("session end", "100.00\n10.00\n")
    assert "Counts   2" in done.stdout
    assert ctl("session end", expect=1).stderr.count("session open 100.00") == 1


def test_the_last_of_three_counts_stands(counter):
    ctl = Ctl(counter)
    ctl.sign_on("anna")
    ctl("session open 100.00")
    for count in ("1", "2", "100.00"):
        ctl("session count " + count)
    assert "session close 12.50" in ctl("session count 100.00", expect=1).stderr
    assert "three times" in ctl("session end", "99\n10.00\n").stderr
    ctl.sign_on("maria")
    assert "Counted     100.00 EUR" in ctl("session report 2").stdout


def test_a_till_counts_in_its_own_currency(make_box):
    box = make_box(devices=()).up(shop(currency="JPY"))
    ctl = Ctl(box)
    ctl.sign_on("maria")
    assert "nothing behind the point" in ctl("session open 100.00", expect=64).stderr
    ctl("session open 500")
    assert "Float    500 JPY" in ctl("session report").stdout


# -- a person at a terminal --------------------------------------------------------------

class Terminal:
    """What somebody sees and types who sits at a terminal."""

    def __init__(self, ctl, line):
        self.master, slave = pty.openpty()
        flags = termios.tcgetattr(slave)
        flags[3] &= ~termios.ECHO  # so that what is seen is what tillctl wrote
        termios.tcsetattr(slave, termios.TCSANOW, flags)
        self.program = subprocess.Popen([BUILD / "tillctl", *shlex.split(line)], env=ctl.env,
                                        stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)
        self.seen = ""

    def sees(self, text):
        """Reads on to the end of that, not having been seen before."""
        while text not in self.seen:
            more = os.read(self.master, 4096)
            assert more, self.seen
            self.seen += more.decode()
        self.seen = self.seen.split(text, 1)[1]

    def types(self, text):
        os.write(self.master, text.encode() + b"\n")

    def end(self):
        with contextlib.suppress(OSError):  # the other side is closed: no more
            while more := os.read(self.master, 4096):
                self.seen += more.decode()
        os.close(self.master)
        return self.program.wait(PATIENCE)


def test_an_evening_at_a_terminal(counter):
    ctl = Ctl(counter)
    ctl.sign_on("anna")
    ctl("session open 100.00")
    evening = Terminal(ctl, "session end")
    evening.sees("The drawer opens.")
    evening.sees("Cash in the drawer, counted, in EUR: ")
    evening.types("100,00")
    evening.sees("An amount is written like 12.34")
    evening.sees("counted, in EUR: ")
    evening.types("100.00")
    evening.sees("take out (0: nothing), in EUR: ")
    evening.types("")
    evening.sees("in EUR: ")
    evening.types("20")
    evening.sees("Left in the drawer, for the next one: 80.00 EUR.")
    assert evening.end() == 0


def test_an_evening_that_is_broken_off(counter):
    ctl = Ctl(counter)
    ctl.sign_on("anna")
    ctl("session open 100.00")
    evening = Terminal(ctl, "session end")
    evening.sees("counted, in EUR: ")
    evening.program.send_signal(2)
    evening.sees("To go on: tillctl session end")
    assert evening.end() == 1
    assert "being counted" in ctl("session").stdout
    assert "is being counted" in ctl("cash in 1.00 --reason x", expect=1).stderr
    assert "80.00 EUR" in ctl("session end", "100.00\n20.00\n").stdout


# -- several people ----------------------------------------------------------------------

def test_a_locked_till_is_left_alone(counter):
    ctl = Ctl(counter)
    ctl.sign_on("anna")
    ctl("session open 100.00")
    assert "sign-on --till 1" in ctl("session lock").stderr
    ctl("whoami", expect=4)
    ctl("session --till 1", expect=4)
    ctl.sign_on("ben")
    assert "session unlock" in ctl("cash in 1.00 --reason x", expect=1).stderr
    assert "Anna has it open at Front till" in ctl("session unlock", expect=1).stderr
    ctl.sign_on("anna")
    ctl("session unlock")
    ctl("cash in 1.00 --reason coins")


def test_somebody_elses_session_is_closed_by_force_and_on_record(counter):
    ctl = Ctl(counter)
    ctl.sign_on("anna")
    ctl("session open 100.00")
    ctl.sign_on("maria")
    told = ctl("session end", "100.00\n0\n", expect=1).stderr
    assert "Anna" in told and "--force" in told
    done = ctl("session end --force --reason 'went home'", "100.00\n0\n")
    assert "by Maria, by force" in done.stdout
    closed, = journal(counter, "--kind", "session.close")
    assert closed["forced"] is True and closed["reason"] == "went home"
    assert "by force" in ctl("journal list --kind session.close --newest --limit 1").stdout


def test_one_who_may_have_but_one_session_is_told_where_it_is(make_box):
    document = shop()
    document["operators"][0].update(restricted=True, access_tills=["1", "2"],
                                    single_session=True, no_foreign_session=True)
    box = made(make_box, DRAWER, document)
    ctl = Ctl(box)
    ctl.sign_on("anna")
    ctl("session open 100.00")
    ctl.sign_on("anna", till="2")
    told = ctl("session open 0 --till 2", expect=1).stderr
    assert "at Front till" in told and "tillctl session end --till 1" in told


# -- what an owner sees ------------------------------------------------------------------

def test_the_balance_is_seen_by_consent_once(counter):
    ctl = Ctl(counter)
    ctl.sign_on("anna")
    asked = json.loads(ctl("balance --wait 0 --json", expect=3).stdout)["authorization"]
    ctl(f"authorize {asked['id']} --login maria --password-stdin", MARIA + "\n")
    assert ctl("balance").stdout == "What should be in the drawer: 100.00 EUR.\n"
    ctl("balance --wait 0", expect=3)


def test_reports_tell_sums_to_those_who_may_see_the_balance(counter):
    ctl = Ctl(counter)
    ctl.sign_on("anna")
    ctl("session open 100.00")
    ctl("declare sale 12.34")
    ctl("drawer open --reason x --wait 0", expect=3)
    annas = ctl("session report").stdout
    ctl.sign_on("maria")
    marias = ctl("session report").stdout
    assert "authorizations asked for      1" in annas
    assert "12.34" not in annas and "sale, declared  1        12.34 EUR" in marias
    assert "Owner    Anna" in marias
    first, second = ctl.json("session list")["sessions"]
    assert (first["state"], second["state"]) == ("open", "closed")
    assert ctl.json("session report 1")["session"]["id"] == second["id"]
    assert ctl.json(f"session report {first['id']}")["session"]["id"] == first["id"]
    assert "no such session" in ctl("session report 99", expect=1).stderr


def test_the_end_of_a_day_and_its_report(make_box):
    box = made(make_box, ("printer1",))
    ctl = Ctl(box)
    ctl.sign_on("maria")
    ctl("session open 100.00")
    assert "tillctl session end" in ctl("day end", expect=1).stderr
    ctl("session count 100.00")
    box.person("printer1 paper out")
    late = ctl("day end --report --withdrawal 40.00", expect=1)
    assert "The day has ended all the same." in late.stderr
    event = re.search(r"tillctl (report z --event \S+)", late.stderr)[1]
    box.person("printer1 paper ok")
    assert "Done: the daily report was printed." in ctl(event).stdout
    ctl(event, expect=1)  # once
    assert len(box.account("printer1")["z_reports"]) == 1
    assert "State  ended" in ctl("day").stdout
    assert "60.00 EUR" in ctl("balance").stdout
    assert "session open" in ctl("day end", expect=1).stderr


def test_json_is_one_line_for_each_thing_done(counter):
    ctl = Ctl(counter)
    ctl.sign_on("anna")
    opened = ctl.json("session open 100.00")
    assert opened["result"]["session"]["state"] == "open"
    steps = ctl("session end --json", "100.00\n10.00\n").stdout.splitlines()
    assert [json.loads(s)["action"] for s in steps] == ["session.closing", "session.count",
                                                       "session.close"]
    assert ctl.json("session")["day"]["state"] == "open"
