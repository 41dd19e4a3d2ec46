#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The layers keep to themselves: who may include what (docs/architecture.md)."""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^">]+)[">]', re.M)

# What each folder may include of the daemon, beside itself.
MAY = {
    "src/util": set(),
    "src/policy": {"util"},
    "src/device": {"util"},
    "src/store": {"util", "policy", "device"},
    "src/core": {"util", "policy", "store", "device"},
    "src/http": {"util", "policy", "store", "device", "core"},
    "src/daemon": {"util", "policy", "store", "device", "core", "http"},
    "src/cli": {"util", "store"},
    "src/sim": {"util"},
    "devices": {"util", "device"},
}
LAYERS = {"util", "policy", "store", "device", "core", "http", "daemon", "cli", "sim"}
CLASSES = {"drawer", "printer", "receipt", "terminal", "display", "reader"}

# What of the outside world is whose alone.
ONLY = {
    "sqlite3.h": {"src/store"},
    "microhttpd.h": {"src/http"},
    "confuse.h": {"src/daemon"},
    "curl/curl.h": {"src/cli"},
    "pthread.h": {"src/daemon"},
}
NO_EVENT = {"src/util", "src/policy", "src/store", "src/core", "src/cli", "devices"}
CLOCKS = re.compile(r"\b(clock_gettime|gettimeofday|time\s*\(\s*NULL|nanosleep|usleep|sleep)\s*\(")
MAY_TELL_TIME = {"src/util/clock.c"}


def folder(path):
    parts = path.relative_to(TOP).parts
    return "devices" if parts[0] == "devices" else "/".join(parts[:2])


def faults():
    for path in sorted([*TOP.glob("src/**/*.[ch]"), *TOP.glob("devices/**/*.[ch]")]):
        here, name = folder(path), str(path.relative_to(TOP))
        text = path.read_text()
        for include in INCLUDE.findall(text):
            first = include.split("/")[0]
            if "/" in include and first in LAYERS:
                own = here.split("/")[-1]
                if first != own and first not in MAY[here]:
                    yield f"{name}: includes {include}"
                if here == "devices" and first == "device" and include not in (
                        "device/driver.h", "device/op.h", "device/reason.h",
                        "device/receipt.h", "device/receipt_sums.h",
                        "device/job.h"):
                    yield f"{name}: drivers know device/driver.h only, not {include}"
                if here == "src/cli" and first == "store" and include not in (
                        "store/journal.h", "store/store.h", "store/keys.h"):
                    yield f"{name}: includes {include}"
            if "/" in include and first in CLASSES and here != "devices":
                yield f"{name}: a driver's own {include}"
            if include in ONLY and here not in ONLY[include]:
                yield f"{name}: {include} belongs to {', '.join(sorted(ONLY[include]))}"
            if include.startswith("event2/") and here in NO_EVENT:
                yield f"{name}: no libevent here"
        if name not in MAY_TELL_TIME and CLOCKS.search(text):
            yield f"{name}: asks what time it is; use util/clock.h"


if __name__ == "__main__":
    found = list(faults())
    print("\n".join(found) or "the layers keep to themselves")
    sys.exit(bool(found))
