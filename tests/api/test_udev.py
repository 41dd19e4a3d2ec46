# SPDX-License-Identifier: Apache-2.0
"""udev's rules: those checked in are those of the drivers' tables, and say what they have to."""
import os
import pathlib
import re

from box import tilld

TOP = pathlib.Path(os.environ.get("TILLD_SOURCE", ".")).resolve()


def rules():
    """The lines of the file as lists of (key, operator, value)."""
    done = tilld("--udev-rules")
    assert done.returncode == 0 and not done.stderr
    lines = [line for line in done.stdout.split("\n") if line and line[0] != "#"]
    token = re.compile(r'([A-Z]+(?:\{[^}]+\})?)\s*(==|!=|\+=|-=|:=|=)\s*"((?:[^"\\]|\\.)*)"(?:, |$)')
    parsed = [token.findall(line) for line in lines]
    for line, parts in zip(lines, parsed):
        assert "".join(f'{k}{o}"{v}", ' for k, o, v in parts)[:-2] == line
    return parsed


def told(rule, key, operator="="):
    return next((v for k, o, v in rule if (k, o) == (key, operator)), None)


def test_the_file_is_that_of_the_tables():
    assert (TOP / "udev/72-tilld.rules").read_text() == tilld("--udev-rules").stdout, \
        "make it anew: tilld --udev-rules > udev/72-tilld.rules"


def test_every_device_that_a_driver_knows_has_a_rule():
    seen = {}
    for rule in rules():
        if told(rule, "ATTRS{idVendor}", "=="):
            for product in told(rule, "ATTRS{idProduct}", "==").split("|"):
                name = told(rule, "ATTRS{idVendor}", "==") + ":" + product
                assert name not in seen, "two rules for " + name
                seen[name] = told(rule, "ENV{TILLD_CLASS}"), told(rule, "ENV{TILLD_PLUG}")
    # docs/protocols.md A.6, A.7, C.1, C.3, C.4, D.5
    assert seen["04b8:0202"] == ("drawer", "usb") and seen["0519:0003"] == ("drawer", "usb")
    assert all(seen[f"0d3a:020{n}"] == ("drawer", "hid") for n in range(8))
    assert seen["07c5:0500"] == ("drawer", "hid")
    assert seen["0801:0002"] == seen["0acd:2010"] == ("reader", "hid")
    assert seen["0801:0001"] == seen["0acd:2030"] == ("reader", "keyboard")
    # adapters are named by serial number or socket, never by their maker's; a Posiflex that
    # waits for new firmware is none; card terminals are not ours to take
    vendors = {name[:4] for name in seen}
    assert not vendors & {"0403", "067b", "1a86", "10c4", "0b00", "11ca", "2fb8"}
    assert "0d3a:0c23" not in seen and "0d3a:0500" not in seen


def test_nobody_else_opens_them():
    nodes = {}
    for rule in rules():
        if told(rule, "MODE", ":="):
            assert told(rule, "MODE", ":=") == "0600"
            assert told(rule, "OWNER", ":=") == told(rule, "GROUP", ":=") == "tilld"
            assert told(rule, "TAG", "-=") == "uaccess"
            for subsystem in told(rule, "SUBSYSTEM", "==").split("|"):
                nodes[subsystem] = rule
    assert set(nodes) == {"usb", "usbmisc", "hidraw", "tty", "input"}


def test_those_that_are_not_ours_are_let_be():
    """All that does something comes behind the rule that leaves unless it is known."""
    parsed = rules()
    gate = next(i for i, r in enumerate(parsed)
                if told(r, "ENV{TILLD_CLASS}", "!=") == "?*" and told(r, "GOTO") == "tilld_end")
    for rule in parsed[:gate]:
        assert {k for k, o, _ in rule if o not in ("==", "!=")} <= {
            "GOTO", "ENV{TILLD_CLASS}", "ENV{TILLD_PLUG}"}
    assert parsed[-1] == [("LABEL", "=", "tilld_end")]


def test_links_others_and_wedges():
    parsed = rules()
    links = {told(r, "ENV{TILLD_PLUG}", "=="): told(r, "SUBSYSTEM", "==")
             for r in parsed if told(r, "SYMLINK", "+=")}
    assert links == {"usb": "usb", "hid": "hidraw", "keyboard": "input", "serial": "tty"}
    assert any(told(r, "ENV{ID_MM_DEVICE_IGNORE}") == "1" and
               told(r, "ENV{ID_MM_PORT_IGNORE}") == "1" for r in parsed)
    assert any(told(r, "DRIVER", "==") == "usblp" and "unbind" in told(r, "RUN", "+=")
               and "|| :" in told(r, "RUN", "+=")  # tilld may have been quicker
               for r in parsed)
    quiet = next(r for r in parsed if told(r, "ATTR{inhibited}"))
    assert told(quiet, "ACTION", "==") == "add" and told(quiet, "ENV{TILLD_PLUG}", "==") == "keyboard"
    assert told(quiet, "KERNEL", "==") == "input*"
