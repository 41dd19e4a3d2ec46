#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How many instructions the daemon takes for what it is asked most: counted by valgrind's
callgrind, so the same on a busy machine as on a quiet one. Prints a table, and ends with 1
where it is more than the bound.

    instructions.py BUILD [--brief]
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
os.environ["TILLD_BUILD"] = str(pathlib.Path(sys.argv[1]).resolve())
sys.path.insert(0, str(HERE.parent / "api"))

import box as api  # noqa: E402

# What it took when the bound was set (Debian 12, gcc -O2), and a fifth more. The loop takes its
# turns as the kernel has it, so that a count is good to some 5 %.
BOUNDS = {"GET .../can": 140_000, "POST .../check": 920_000, "POST .../drawer/open": 2_600_000}


class Counted:
    """A daemon under callgrind, on a box with a drawer."""

    def __init__(self, folder):
        self.out = folder / "counted"
        self.box = api.Box(str(folder), devices=("drawer1",))
        self.box.start(wrap=("valgrind", "-q", "--tool=callgrind", "--instr-atstart=no",
                             f"--callgrind-out-file={self.out}"))
        self.box.set_up().wait_ready()
        self.client = self.box.client().sign_on("maria")
        self.dumps = 0

    def control(self, *words):
        subprocess.run(["callgrind_control", *words, str(self.box.daemon.pid)], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def per_call(self, call, times):
        for _ in range(3):
            call()
        self.control("-i", "on")
        for _ in range(times):
            call()
        self.control("-i", "off")
        self.control("-d")
        self.dumps += 1
        dump = pathlib.Path(f"{self.out}.{self.dumps}").read_text()
        return int(re.search(r"^totals: (\d+)", dump, re.M).group(1)) // times

    def can(self):
        assert self.client.get("/v1/tills/1/can").status == 200

    def check(self):
        body = {"action": "drawer.open"}
        assert self.client.post("/v1/tills/1/check", body, key=os.urandom(8).hex()).status == 200

    def open(self):
        assert self.client.open_drawer()["outcome"] == "ok"
        self.box.person("drawer1 close")


def main():
    brief = "--brief" in sys.argv
    with tempfile.TemporaryDirectory(prefix="tilld-count.") as folder:
        counted = Counted(pathlib.Path(folder))
        try:
            took = {"GET .../can": counted.per_call(counted.can, 20 if brief else 200),
                    "POST .../check": counted.per_call(counted.check, 20 if brief else 200),
                    "POST .../drawer/open": counted.per_call(counted.open, 3 if brief else 20)}
        finally:
            counted.box.close()
    print("| request | instructions | at most |\n| --- | --- | --- |")
    for what, count in took.items():
        print(f"| `{what}` | {count:,} | {BOUNDS[what]:,} |")
    return any(count > BOUNDS[what] for what, count in took.items())


if __name__ == "__main__":
    sys.exit(main())
