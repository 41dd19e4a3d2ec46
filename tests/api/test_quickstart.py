# SPDX-License-Identifier: Apache-2.0
"""The quick starts, taken from docs/quickstart and run as they stand there."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

FOLDER = pathlib.Path(os.environ.get("TILLD_SOURCE", ".")) / "docs" / "quickstart"
SENTENCE = "Anna asks to open the drawer at Front till (change)."


def program(page):
    """Its one block of code."""
    [(_, code)] = re.findall(r"```(\w+)\n(.*?)```", (FOLDER / page).read_text(), re.S)
    return code


def run(make_box, *command, text=None):
    """What it prints, of a till where Anna needs somebody for it, and the journal after it."""
    box = make_box(devices=("drawer1",)).up()
    done = subprocess.run(command, input=text, text=True, capture_output=True, timeout=120,
                          env={**os.environ, "TILLD_SOCKET": str(box.socket)})
    assert done.returncode == 0, done.stderr
    assert box.account("drawer1")["openings"] == 1
    kinds = [entry["kind"] for entry in box.journal()]
    assert kinds.count("authorization.approved") == 1 and kinds.count("intent") == 1
    assert "sign-off" in kinds
    return done.stdout.splitlines()


def test_curl(make_box):
    assert run(make_box, "sh", "-eu", text=program("curl.md")) == [SENTENCE, "ok"]


def test_python(make_box):
    assert run(make_box, "/usr/bin/python3", "-I", "-",
               text=program("python.md")) == [SENTENCE, "ok"]


@pytest.mark.skipif(not shutil.which("node"), reason="there is no Node here")
def test_node(make_box):
    assert run(make_box, "node", "-", text=program("node.md")) == [SENTENCE, "ok"]


def jdk():
    """The version of the Java that can run a source; 0 if there is none."""
    if not shutil.which("java") or not shutil.which("javac"):
        return 0
    told = subprocess.run(["javac", "-version"], text=True, capture_output=True)
    found = re.search(r"(\d+)", told.stdout + told.stderr)
    return int(found.group(1)) if found else 0


@pytest.mark.skipif(jdk() < 17, reason="there is no JDK here, or one before 17")
def test_java(make_box, tmp_path):
    (tmp_path / "Till.java").write_text(program("java.md"))
    assert run(make_box, "java", tmp_path / "Till.java") == [SENTENCE, "ok"]


def test_what_is_not_run_says_so():
    assert "**Not tested:**" in (FOLDER / "csharp.md").read_text()
    program("csharp.md")
    listed = (FOLDER / "README.md").read_text()
    for page in FOLDER.glob("*.md"):
        assert page.name == "README.md" or f"({page.name})" in listed
