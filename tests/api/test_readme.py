# SPDX-License-Identifier: Apache-2.0
"""The examples of the README, taken from it and run as they stand there."""
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

README = pathlib.Path(os.environ.get("TILLD_SOURCE", ".")) / "README.md"


def example(language, holding):
    blocks = re.findall(r"```" + language + r"\n(.*?)```", README.read_text(), re.S)
    return next(b for b in blocks if holding in b)


def run(box, *command, text):
    done = subprocess.run(command, input=text, text=True, capture_output=True, timeout=60,
                          env={**os.environ, "TILLD_SOCKET": str(box.socket)})
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_curl(make_box):
    box = make_box(devices=("drawer1",)).up()
    printed = run(box, "sh", "-eu", text=example("sh", "--unix-socket"))
    assert json.loads(printed.splitlines()[-1])["outcome"] == "ok", printed
    assert box.account("drawer1")["openings"] == 1


def test_python_with_its_standard_library(make_box):
    box = make_box(devices=("drawer1",)).up()
    assert "'outcome': 'ok'" in run(box, "/usr/bin/python3", "-I", "-",
                                    text=example("python", "http.client"))
    assert box.account("drawer1")["openings"] == 1


@pytest.mark.skipif(not shutil.which("node"), reason="no Node here")
def test_node(make_box):
    box = make_box(devices=("drawer1",)).up()
    assert "outcome: 'ok'" in run(box, "node", "-", text=example("js", "socketPath"))
    assert box.account("drawer1")["openings"] == 1
