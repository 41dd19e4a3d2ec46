# SPDX-License-Identifier: Apache-2.0
"""What the list of parts says of the programs is so: debian/sbom.py, as ./dev package runs it."""
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from box import BUILD

SOURCE = pathlib.Path(os.environ.get("TILLD_SOURCE", ".")).resolve()

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("ldd", "readelf", "dpkg-query", "pkg-config"))),
    reason="it is made of what ldd, readelf, dpkg-query and pkg-config tell")


def sbom(*programs, **env):
    return subprocess.run([SOURCE / "debian" / "sbom.py", "--name", "tilld", "--version", "1",
                           *programs], check=True, capture_output=True, text=True,
                          env={**os.environ, **env}).stdout


@pytest.fixture(scope="module")
def programs():
    """The programs themselves: with libtool there would be wrappers in their place."""
    return [BUILD / name for name in ("tilld", "tillctl")]


@pytest.fixture(scope="module")
def text(programs):
    return sbom(*programs)


def loaded(programs):
    """By the loader itself: it tells what it would load."""
    told = "".join(subprocess.run([program], check=True, capture_output=True, text=True,
                                  env={"LD_TRACE_LOADED_OBJECTS": "1"}).stdout
                   for program in programs)
    names = re.findall(r"^\s+(\S+) (?:=> \S+ )?\(0x", told, re.M)
    return {os.path.basename(n) for n in names if not n.startswith("linux-vdso")}


def test_it_has_what_is_loaded_and_nothing_else(programs, text):
    listed = [part["name"] for part in json.loads(text)["components"]]
    assert len(listed) == len(set(listed))
    assert set(listed) == loaded(programs)


def test_each_part_says_where_it_is_from(text):
    for part in json.loads(text)["components"]:
        package, = [p["value"] for p in part["properties"] if p["name"] == "tilld:debian-package"]
        version = subprocess.run(["dpkg-query", "-W", "-f", "${Version}\n", package], check=True,
                                 capture_output=True, text=True).stdout.split()
        assert part["version"] in version, part
        assert part["purl"].startswith(f"pkg:deb/debian/{package}@")
        assert re.fullmatch("[0-9a-f]{64}", part["hashes"][0]["content"])


def test_all_that_configure_asks_for_is_in_it(text):
    asked = {"libevent_core", "libmicrohttpd", "sqlite3", "libcrypto", "libssl", "jansson",
             "libconfuse", "libcurl"}
    text_of = (SOURCE / "configure.ac").read_text()
    assert all(f"[{name} >=" in text_of for name in asked)
    config = (BUILD / "config.h").read_text()
    for define, module in (("HAVE_LIBSYSTEMD", "libsystemd"), ("HAVE_LIBUDEV", "libudev"),
                           ("HAVE_LIBUSB", "libusb-1.0"), ("HAVE_LIBEVDEV", "libevdev"),
                           ("HAVE_LIBPCSCLITE", "libpcsclite")):
        if f"#define {define} 1" in config:
            asked.add(module)
    found = {p["value"].split()[0] for part in json.loads(text)["components"]
             for p in part["properties"] if p["name"] == "tilld:configure"}
    assert found == asked


def test_what_needs_what(text):
    bom = json.loads(text)
    refs = {part["bom-ref"] for part in bom["components"]}
    needs = {d["ref"]: set(d["dependsOn"]) for d in bom["dependencies"]}
    assert set(needs) == refs | {"tilld", "program:tilld", "program:tillctl"}
    assert all(parts <= refs for parts in needs.values())
    assert needs["tilld"] == needs["program:tilld"] | needs["program:tillctl"]
    reached, todo = set(), ["tilld"]
    while todo:
        new = needs[todo.pop()] - reached
        reached |= new
        todo += new
    assert reached == refs  # nothing is listed that nobody needs


def test_the_same_again_is_the_same(programs, text):
    assert sbom(*reversed(programs), TZ="Pacific/Auckland", LC_ALL="C", LANG="pl_PL.UTF-8",
                HOME="/") == text
    bom = json.loads(text)
    assert (bom["bomFormat"], bom["specVersion"], bom["version"]) == ("CycloneDX", "1.5", 1)
    assert "timestamp" not in bom["metadata"]
    assert json.loads(sbom(programs[1]))["serialNumber"] != bom["serialNumber"]
