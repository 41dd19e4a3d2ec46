#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The daemon keeps nothing in static variables: what it knows is in what wiring made,
so that a second one in the same process knows nothing of the first (tests/world)."""
import re
import subprocess
import sys

# What is not of the daemon's state: tables that are filled once and the same every time,
# and what is set before it is wired.
MAY = {"plain", "plain_all", "object_right_prompts", "object_right_names",
       "object_right_meanings", "config_file_current", "nothing", "log_level", "log_elsewhere",
       "message_locale", "hash_kind", "hash_kind_once"}
LINE = re.compile(r"^[0-9a-f]+ .{6}O \.(?:bss|data)\s+[0-9a-f]+\s+(\S+)$")

build = sys.argv[1]
symbols = subprocess.run(["objdump", "-t", f"{build}/libtilld.a"], check=True,
                         capture_output=True, text=True).stdout
found = {m.group(1).split(".")[0] for m in map(LINE.match, symbols.splitlines()) if m}
if "log_level" not in found:
    sys.exit("objdump's lines are not understood")
for name in sorted(found - MAY):
    print(f"{name} outlives its daemon")
sys.exit(1 if found - MAY else 0)
