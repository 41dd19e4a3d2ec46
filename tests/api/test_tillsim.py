# SPDX-License-Identifier: Apache-2.0
"""The real tillsim as a program: script, console, end, and what is written of it."""
import os
import pathlib
import re
import signal
import struct
import subprocess

import pytest

from box import PATIENCE
from tillsim import BADGE, DRAWER, DRAWER_TCP, STATUS, run

TOP = pathlib.Path(__file__).resolve().parents[2]


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


# What is written down

def sample_script():
    text = (TOP / "conf/tillsim.conf").read_text()
    return re.sub(r"tcp \d+", "tcp 0", text)  # others may test beside us


def test_the_sample_script_has_all(sim):
    one = sim(sample_script())
    models = {line.split()[2] for line in one.lines if line.startswith("ready")}
    assert models == {"escpos", "posnet", "datecs-x", "datecs-classic", "zvt", "display",
                      "em4100", "star", "trigger", "posiflex", "apg", "magtek"}
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


def test_a_picture_of_the_paper(sim, tmp_path):
    """A PNG of what was printed since the last: as wide as its lines, and not blank."""
    one = sim("device printer1 posnet tcp 0 speed=fast\n")
    png = tmp_path / "paper.png"
    nothing = one.cannot(f"printer1 picture {png}")
    if "without cairo" in nothing:
        pytest.skip(nothing)
    assert "nothing was printed" in nothing
    one.do("printer1 z")
    one.do(f"printer1 picture {png}")
    data = png.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR"
    width, height = struct.unpack(">II", data[16:24])
    assert 250 < width < 800 and height > 200
    assert len(data) > 1000
    assert "nothing was printed" in one.cannot(f"printer1 picture {png}")
    one.do("printer1 receipt 12.00")
    one.do("printer1 z")
    assert "/nowhere/" in one.cannot("printer1 picture /nowhere/paper.png")
    assert "the name of a file" in one.cannot("printer1 picture")
