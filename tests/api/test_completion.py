# SPDX-License-Identifier: Apache-2.0
"""What the shells offer: verbs and options out of the tables, names out of the daemon."""
import os
import shutil
import subprocess

import pytest

from box import BUILD, PATIENCE
from contract import TOP

BASH = """source {top}/completion/tillctl.bash
COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _tillctl
printf '%s\\n' "${{COMPREPLY[@]}}" """
ZSH = """compadd() {{ shift; print -l -- "$@" }}; _files() {{ print -l -- a-file }}
words=({words}); CURRENT=${{#words}}; source {top}/completion/_tillctl """


def offered(shell, *words, box=None):
    if not shutil.which(shell):
        pytest.skip(f"there is no {shell}")
    text = (BASH if shell == "bash" else ZSH).format(
        top=TOP, words=" ".join("'" + w + "'" for w in ("tillctl", *words)))
    told = subprocess.run([shell, *(["-f"] if shell == "zsh" else ["--norc"]), "-c", text],
                          text=True, capture_output=True, timeout=PATIENCE,
                          env={**os.environ, "PATH": f"{BUILD}:{os.environ['PATH']}",
                               "TILLD_SOCKET": str(box.socket) if box else "/nowhere"})
    assert told.returncode == 0 and not told.stderr, told
    return {w for w in told.stdout.splitlines() if w.startswith(words[-1])}


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_verbs_and_options(shell):
    assert offered(shell, "tra") == {"trace"}
    assert offered(shell, "drawer", "") == {"open"}
    assert "--record" in offered(shell, "trace", "drawer1", "--re")
    assert offered(shell, "drawer", "open", "--reas") == {"--reason"}
    assert offered(shell, "check", "price.ch") == {"price.change"}
    assert "payment.accept_unvalidated" in offered(shell, "policy", "explain", "--action", "pay")


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_names_that_the_daemon_knows(make_box, shell):
    box = make_box(devices=("drawer1",)).up()
    assert offered(shell, "trace", "dr", box=box) == {"drawer1"}
    assert offered(shell, "drawer", "open", "--till", "", box=box) == {"1", "2"}
