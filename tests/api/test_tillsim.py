# SPDX-License-Identifier: Apache-2.0
"""The real tillsim, over its ptys, its TCP ports and its standard input."""
import errno
import json
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import time

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("TILLD_BUILD", TOP / "build/plain"))
# Seconds; only ever spent by a test that fails.
PATIENCE = float(os.environ.get("TILLD_PATIENCE", "20"))
KICK = b"\x1bp\x00\x32\xc8"
STATUS = b"\x10\x04\x01"


def binary():
    """$TILLSIM, or where a build leaves it."""
    place = pathlib.Path(os.environ.get("TILLSIM", BUILD / "tillsim")).resolve()
    if not os.access(place, os.X_OK):
        pytest.fail(f"no {place}: build it, or say where it is in $TILLSIM")
    return place


class Sim:
    """One tillsim with a script of its own, in a folder of its own."""

    def __init__(self, folder, script, *options, stdin=subprocess.PIPE):
        (folder / "shop.conf").write_text(script)
        self.folder = folder
        self.process = subprocess.Popen(
            [binary(), *options, "shop.conf"], cwd=folder, stdin=stdin,
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


@pytest.fixture
def sim(tmp_path):
    """Starts tillsims, and sees to it that none is left."""
    started = []

    def start(script, *options, **more):
        folder = tmp_path / str(len(started))
        folder.mkdir()
        started.append(None)  # its folder is taken even if it fails
        started[-1] = Sim.__new__(Sim)
        started[-1].__init__(folder, script, *options, **more)
        return started[-1]

    yield start
    for one in started:
        if one and hasattr(one, "process"):
            one.stop()


DRAWER = "device drawer1 escpos pty run/drawer1\n"
DRAWER_TCP = "device drawer1 escpos tcp 0\n"
BADGE = "device badge1 em4100 pty run/badge1\n"


def run(folder, *arguments):
    """A tillsim that is to end by itself."""
    return subprocess.run([binary(), *arguments], cwd=folder, text=True,
                          capture_output=True, stdin=subprocess.DEVNULL,
                          timeout=PATIENCE)


# Starting and ending

def test_usage(tmp_path):
    assert run(tmp_path, "-h").returncode == 0
    assert "usage: tillsim" in run(tmp_path, "-h").stdout
    for wrong in ([], ["-x", "a"], ["a", "b"]):
        result = run(tmp_path, *wrong)
        assert result.returncode == 1
        assert "usage: tillsim" in result.stderr
    assert "No such file" in run(tmp_path, "missing.conf").stderr


@pytest.mark.parametrize("script, complaint", [
    ("device\n", "shop.conf:1: expected device"),
    ("\ndevice a toaster tcp 0\n", "shop.conf:2: there is no model toaster"),
    (DRAWER + "device b em4100 tcp 0 framing=15\n",
     "shop.conf:2: framing is one of 14, 16"),
    ("device a escpos tcp 0 colour=red\n",
     "shop.conf:1: no option is called colour"),
    ("device a escpos pty no/such/folder/a\n", "shop.conf:1: cannot plug in a"),
])
def test_script_errors_name_file_and_line(tmp_path, script, complaint):
    (tmp_path / "shop.conf").write_text(script)
    result = run(tmp_path, "shop.conf")
    assert result.returncode == 1
    assert complaint in result.stderr
    assert not (tmp_path / "run/drawer1").is_symlink()


def test_a_file_is_not_replaced_by_a_pty(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run/drawer1").write_text("mine")
    (tmp_path / "shop.conf").write_text(DRAWER)
    result = run(tmp_path, "shop.conf")
    assert result.returncode == 1
    assert "File exists" in result.stderr
    assert (tmp_path / "run/drawer1").read_text() == "mine"


def test_a_taken_port_is_refused(sim, tmp_path):
    first = sim(DRAWER_TCP)
    port = first.places["drawer1"].split(":")[1]
    (tmp_path / "shop.conf").write_text(f"device a escpos tcp {port}\n")
    result = run(tmp_path, "shop.conf")
    assert result.returncode == 1
    assert "Address already in use" in result.stderr


def test_ready_lines_say_where(sim):
    one = sim(DRAWER + "device display1 display tcp 0\n")
    assert one.places["drawer1"] == "run/drawer1"
    assert re.fullmatch(r"127\.0\.0\.1:\d+", one.places["display1"])
    assert one.lines[0] == "ready drawer1 escpos run/drawer1"
    assert (one.folder / "run/drawer1").is_symlink()


@pytest.mark.parametrize("how", ["eof", "quit", "term", "int", "hup"])
def test_it_ends_and_takes_its_links_away(sim, how):
    one = sim(DRAWER)
    if how == "quit":
        one.do("quit")
    elif how != "eof":
        one.process.send_signal(getattr(signal, "SIG" + how.upper()))
        assert one.process.wait(PATIENCE) == 0
    status, complaints = one.end()
    assert (status, complaints) == (0, "")
    assert not (one.folder / "run/drawer1").is_symlink()


def test_it_ends_with_no_input_at_all(sim):
    one = sim(DRAWER, stdin=subprocess.DEVNULL)
    assert one.end() == (0, "")


def test_it_ends_when_nobody_reads_it(sim):
    one = sim(DRAWER)
    one.process.stdout.close()
    one.say("drawer1 key")
    assert one.process.wait(PATIENCE) == 0


def test_the_last_line_needs_no_end(sim):
    one = sim(DRAWER)
    one.process.stdin.write(b"drawer1 key")
    one.process.stdin.close()
    one.wait("ok")
    assert one.process.wait(PATIENCE) == 0


def test_a_link_left_by_a_killed_one_is_replaced(sim, tmp_path):
    (tmp_path / "shop.conf").write_text(f"device a escpos pty {tmp_path}/a\n")
    link = tmp_path / "a"
    script = f"device a escpos pty {link}\n"
    one = sim(script)
    one.process.kill()
    one.process.wait()
    assert link.is_symlink()
    two = sim(script)
    line = two.open("a")
    line.send(STATUS)
    line.expect(b"\x16")
    line.close()


def test_a_link_that_is_no_longer_ours_stays(sim):
    one = sim(DRAWER)
    link = one.folder / "run/drawer1"
    link.unlink()
    link.symlink_to("/dev/null")
    one.end()
    assert os.readlink(link) == "/dev/null"


# The console

def test_console_answers(sim):
    one = sim(DRAWER)
    assert "no device" in one.cannot("printer9 key")
    assert "no device" in one.cannot("account printer9")
    assert "no device" in one.cannot("account")
    assert "what is it to do" in one.cannot("drawer1")
    assert "unknown command" in one.cannot("drawer1 dance")
    assert "on or off" in one.cannot("drawer1 silence perhaps")
    assert "too long" in one.cannot("drawer1 " + "x" * 2000)
    one.say("")
    one.say("# nothing")
    one.do("  drawer1   key  ")
    assert one.account("drawer1")["by_key"] == 1


def test_help_names_the_models_that_are_there(sim):
    one = sim(BADGE)
    one.say("help")
    one.wait("ok")
    text = "\n".join(one.lines)
    assert "bad badge [ID]: " in text
    assert "lose reply [N]: " in text
    assert "paper" not in text


def test_a_model_knows_more_about_its_own_faults(sim):
    one = sim("device terminal1 zvt tcp 0\n" + DRAWER)
    one.do("terminal1 lose reply at 2")
    one.do("terminal1 silence on")
    one.cannot("drawer1 lose reply at 2")


def test_quiet_leaves_out_what_people_see(sim):
    one = sim(DRAWER, "-q")
    one.do("drawer1 key")
    assert one.account("drawer1")["by_key"] == 1
    assert not [line for line in one.lines if line.startswith("drawer1: ")]


def test_timed_commands(sim):
    one = sim(BADGE + DRAWER + "at 20ms drawer1 key\n"
              "at 30ms badge1 badge 0110185C5B held\n"
              "at 40ms drawer1 close\n")
    one.wait("drawer1: the drawer is opened with its key")
    one.wait("drawer1: the drawer is pushed shut")
    status, complaints = one.end()
    assert status == 0
    assert "line 4 of the script: badge takes" in complaints
    assert "0110185C5B" not in complaints


# A pty

def test_a_kick_on_a_pty(sim):
    one = sim(DRAWER)
    line = one.open("drawer1")
    line.send(STATUS)
    line.expect(b"\x16")
    line.send(KICK)
    one.wait("drawer1: the drawer springs open")
    line.send(STATUS)
    line.expect(b"\x12")
    account = one.account("drawer1")
    assert (account["openings"], account["by_key"]) == (1, 0)
    assert account["pulses"][0]["on_ms"] == 100
    line.close()


def test_a_pty_echoes_and_cooks_nothing(sim):
    one = sim(DRAWER + BADGE)
    line = one.open("drawer1")
    line.send(b"Mleko\r\n\x03\x04\x11\x13\n")
    one.wait(r"drawer1: paper\| Mleko")
    line.expect_silence()
    assert one.account("drawer1")["printed_lines"] == 2
    badge = one.open("badge1")
    one.do("badge1 badge 62E3086CED")
    badge.expect(b"\x0262E3086CED08\x03")
    line.close()
    badge.close()


def test_a_pty_is_closed_and_opened_again(sim):
    one = sim(DRAWER)
    for _ in range(50):
        line = one.open("drawer1")
        line.send(STATUS)
        line.expect(b"\x16")
        line.close()
    assert one.account("drawer1")["unknown_commands"] == 0


def test_what_is_written_and_left_is_not_lost(sim):
    one = sim(DRAWER)
    line = one.open("drawer1")
    line.send(b"po\n")
    line.close()
    one.wait(r"drawer1: paper\| po")


def test_the_next_one_finds_nothing_of_the_last(sim):
    one = sim(DRAWER)
    line = one.open("drawer1")
    line.send(STATUS)
    assert select.select([line.fd], [], [], PATIENCE)[0]
    one.close(line, "drawer1")
    line = one.open("drawer1")
    line.expect_silence()
    line.send(STATUS)
    line.expect(b"\x16")
    line.close()


def test_who_comes_and_says_nothing_is_noticed(sim):
    one = sim(DRAWER)
    for _ in range(20):
        one.close(one.open("drawer1"), "drawer1")


def test_nobody_there_nobody_hears(sim):
    one = sim(BADGE)
    one.do("badge1 badge 0110185C5B")
    badge = one.open("badge1")
    badge.expect_silence()
    one.do("badge1 badge 04184EDCBA")
    badge.expect(b"\x0204184EDCBA34\x03")
    badge.close()


def test_a_held_badge_repeats(sim):
    one = sim(BADGE)
    badge = one.open("badge1")
    one.do("badge1 badge 0110185C5B hold 150")
    badge.expect(3 * b"\x020110185C5B0E\x03")
    badge.expect_silence()
    assert one.account("badge1")["frames"] == 3
    badge.close()


def test_a_pty_is_unplugged(sim):
    one = sim(DRAWER)
    link = one.folder / "run/drawer1"
    line = one.open("drawer1")
    line.send(STATUS)
    line.expect(b"\x16")
    one.do("drawer1 unplug")
    line.expect_hang_up()
    line.close()
    assert not link.is_symlink()
    one.do("drawer1 unplug")
    one.do("drawer1 key")
    one.do("drawer1 plug")
    one.do("drawer1 plug")
    line = one.open("drawer1")
    line.send(STATUS)
    line.expect(b"\x12")
    line.close()


def test_a_power_cut_on_a_pty_is_silence(sim):
    one = sim(DRAWER)
    line = one.open("drawer1")
    one.do("drawer1 power cut")
    line.send(STATUS)
    line.expect_silence()
    one.do("drawer1 power on")
    line.send(STATUS)
    line.expect(b"\x16")
    line.close()


# TCP

def test_a_display_on_tcp(sim):
    one = sim("device display1 display tcp 0 dialect=epson page=CP852\n")
    line = one.connect("display1")
    text = "Żółty ser      12,99" + "RAZEM          12,99"
    for byte in b"\x1b\x40\x0c" + text.encode("cp852"):
        line.send(bytes([byte]))
    one.wait(r"display1: \+--------------------\+")
    while one.account("display1")["lines"][1].strip() != "RAZEM          12,99":
        time.sleep(0.01)
    one.do("display1 show")
    assert "display1: |Żółty ser      12,99|" in one.lines
    assert "display1: |RAZEM          12,99|" in one.lines
    line.expect_silence(0.05)
    line.close()


def test_one_client_at_a_time(sim):
    one = sim(DRAWER_TCP)
    first = one.connect("drawer1")
    first.send(STATUS)
    first.expect(b"\x16")
    second = one.connect("drawer1")
    second.expect_hang_up()
    first.send(STATUS)
    first.expect(b"\x16")
    first.close()
    second.close()


def test_clients_follow_one_another_closely(sim):
    one = sim(DRAWER_TCP)
    for _ in range(200):
        line = one.connect("drawer1")
        line.send(STATUS + b"po\n")
        line.expect(b"\x16")
        line.close()
    one.until("drawer1", "printed_lines", 200)


def test_tcp_is_unplugged(sim):
    one = sim(DRAWER_TCP)
    line = one.connect("drawer1")
    one.do("drawer1 unplug")
    line.expect_hang_up()
    line.close()
    with pytest.raises(ConnectionRefusedError):
        one.connect("drawer1")
    one.do("drawer1 plug")
    line = one.connect("drawer1")
    line.send(STATUS)
    line.expect(b"\x16")
    line.close()


def test_a_power_cut_on_tcp_hangs_up(sim):
    one = sim(DRAWER_TCP)
    line = one.connect("drawer1")
    line.send(b"\x1d\x61\x01")
    line.expect(b"\x14\x00\x00\x00")
    one.do("drawer1 power cut 50")
    line.expect_hang_up()
    line.close()
    one.wait("drawer1: the power is back")
    line = one.connect("drawer1")
    one.do("drawer1 key")
    line.send(STATUS)
    line.expect(b"\x12")
    line.close()


def test_a_pulled_plug_outlasts_a_power_cut(sim):
    one = sim(DRAWER_TCP)
    one.do("drawer1 power cut 10")
    one.do("drawer1 unplug")
    one.wait("drawer1: the power is back")
    with pytest.raises(ConnectionRefusedError):
        one.connect("drawer1")
    one.do("drawer1 plug")
    one.connect("drawer1").close()


# What goes wrong on the way

def test_silence(sim):
    one = sim(DRAWER)
    line = one.open("drawer1")
    one.do("drawer1 silence on")
    line.send(STATUS)
    line.expect_silence()
    one.do("drawer1 silence off")
    line.send(STATUS)
    line.expect(b"\x16")
    line.close()


def test_lost_and_doubled_replies(sim):
    one = sim(DRAWER)
    line = one.open("drawer1")
    one.do("drawer1 lose reply")
    line.send(STATUS)
    line.expect_silence()
    one.do("drawer1 lose reply 2")
    line.send(STATUS + STATUS + b"\x10\x04\x04")
    line.expect(b"\x12")
    one.do("drawer1 double reply")
    line.send(STATUS + b"\x10\x04\x04")
    line.expect(b"\x16\x16\x12")
    one.cannot("drawer1 lose reply many")
    one.cannot("drawer1 double reply 1001")
    line.close()


def test_garbage_is_the_same_in_every_run(sim):
    heard = []
    for _ in range(2):
        one = sim(DRAWER)
        line = one.open("drawer1")
        one.do("drawer1 garbage 100")
        got = b""
        while len(got) < 100:
            got += line.read()
        heard.append(got)
        one.cannot("drawer1 garbage 0")
        one.cannot("drawer1 garbage")
        line.close()
    assert heard[0] == heard[1]
    assert len(set(heard[0])) > 50


def test_split_is_one_byte_at_a_time(sim):
    one = sim(BADGE)
    badge = one.open("badge1")
    one.do("badge1 split on")
    start = time.monotonic()
    one.do("badge1 badge 0110185C5B")
    pieces = []
    while len(b"".join(pieces)) < 14:
        pieces.append(badge.read())
    assert b"".join(pieces) == b"\x020110185C5B0E\x03"
    assert time.monotonic() - start > 0.02
    assert len(pieces) > 3  # all 14, unless this machine is very busy
    badge.close()


def test_delay(sim):
    one = sim(DRAWER)
    line = one.open("drawer1")
    one.do("drawer1 delay 100")
    line.send(STATUS)
    line.expect_silence(0.05)
    line.expect(b"\x16")
    one.cannot("drawer1 delay 60001")
    line.close()


def test_what_is_on_its_way_is_lost_with_the_line(sim):
    one = sim(DRAWER)
    line = one.open("drawer1")
    one.do("drawer1 delay 200")
    line.send(STATUS)
    line.expect_silence(0.05)
    one.close(line, "drawer1")
    line = one.open("drawer1")
    line.expect_silence(0.3)
    line.close()


# What is written down

def sample_script():
    text = (TOP / "conf/tillsim.conf").read_text()
    return re.sub(r"tcp \d+", "tcp 0", text)  # others may test beside us


def test_the_sample_script_has_all_five(sim):
    one = sim(sample_script())
    models = {line.split()[2] for line in one.lines if line.startswith("ready")}
    assert models == {"escpos", "posnet", "zvt", "display", "em4100"}
    for name in one.places:
        assert one.account(name)


def test_every_command_and_option_is_written_down(sim):
    one = sim(sample_script())
    one.say("help")
    one.wait("ok")
    guide = (TOP / "docs/simulator.md").read_text()
    lines = [line for line in one.lines
             if ": " in line and not line.startswith("ready")]
    named = {line.split(": ")[0] for line in lines if "," not in line.split(": ")[0]}
    assert len(named) > 40
    missing = [name for name in sorted(named) if f"`{name}`" not in guide]
    assert not missing
