#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makefile.am's lists are whole: a line that lost its backslash cuts off what follows, one that
stands twice is left over from a merge, and what no list names is in no tarball.

usage: tests/lists.py"""
import collections
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
# What is in git for those who have a checkout, and what is listed by its folder.
ELSEWHERE = (".gitignore", "debian/", "completion/", "tests/fuzz/corpus/", "Makefile.am",
             "configure.ac")


def lists(text):
    """(name, number of its first line, its words) of each, and complaints about lines."""
    found, wrong, goes_on = [], [], False
    for number, line in enumerate(text.split("\n"), 1):
        begin = re.match(r"(\w+)\s*\+?=\s*(.*)$", line)
        if begin and not goes_on:
            found.append((begin.group(1), number, []))
            line = begin.group(2)
        elif not goes_on:
            if re.match(r"\s+\S*[\w-]+\.(c|h|py|sh|md|trace|story|tsv|json)\b", line):
                wrong.append(f"line {number} belongs to no list: {line.strip()}")
            continue
        if re.search(r"\\\s+$", line) or (goes_on and not line.strip()):
            wrong.append(f"line {number} ends a list that goes on")
        found[-1][2].extend(line.replace("\\", " ").split())
        goes_on = line.endswith("\\")
    return found, wrong


def main():
    text = (TOP / "Makefile.am").read_text()
    found, wrong = lists(text)
    for name, number, words in found:
        counted = collections.Counter(w for w in words if "/" in w)
        wrong += [f"{name} (line {number}) names {w} twice" for w, n in counted.items() if n > 1]
    tests = {w for name, _, words in found if name in ("API_TESTS", "PLUG_TESTS") for w in words}
    named = {w for name, _, words in found if name not in ("API_TESTS", "PLUG_TESTS")
             for w in words}
    wrong += [f"{w} is no part of test_scripts" for w in sorted(tests - named)]
    if (TOP / ".git").exists():
        files = subprocess.run(["git", "ls-files"], cwd=TOP, text=True, check=True,
                               capture_output=True).stdout.split()
        wrong += [f"{f} is in no list" for f in files
                  if f not in named and not f.startswith(ELSEWHERE)]
    print("\n".join(wrong) if wrong else "the lists are whole")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
