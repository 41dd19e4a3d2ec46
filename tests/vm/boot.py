#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""./dev vm: boots a Debian of its own, with its own kernel, by QEMU without KVM, and has checks.py
run inside it. Prints what that tells, line by line; ends with 0 if all is well.

	tests/vm/boot.py [--minutes N] [--only CHECK,...] [--folder F]

The guest: no network; its disk is read, and what it writes is thrown away. What it said on its
console, and its journal, are in F afterwards. Its clock goes by the instructions it was given
(-icount), not by how busy this machine is: a second there is a second of a box that carries out
a thousand million of them.
"""
import argparse
import io
import os
import pathlib
import signal
import subprocess
import sys
import tarfile
import time

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
TOO_LATE = 124  # timeout(1)


def say(text):
    print(f"== {text}", flush=True)


def make_image(folder, seconds):
    """0, or how it failed."""
    making = subprocess.Popen(["timeout", "-k", "10", str(int(seconds)), HERE / "image.sh", folder])
    try:
        return making.wait()
    finally:
        making.terminate()  # which it passes on to all that it has started
        making.wait()


def make_disk(folder, only):
    """What changes from one time to the next: a second disk, which is a tar archive."""
    with tarfile.open(folder / "checks.tar", "w") as disk:
        if only:
            names = only.replace(",", "\n").encode()
            part = tarfile.TarInfo("only")
            part.size = len(names)
            disk.addfile(part, io.BytesIO(names))
        for file in sorted((HERE / "inside").iterdir()):
            disk.add(file, file.name)
        for version in ("now", "next"):
            for file in sorted((folder / "packages" / version).glob("*.deb")):
                disk.add(file, f"{version}/{file.name}")


# What TCG is quick at: a processor without AVX; a kernel that need not fear its processor, and
# puts programs where they were before, so that they are translated once.
PROCESSOR = "qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,+rdrand"
KERNEL = ("console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off norandmaps "
          "systemd.show_status=no systemd.journald.forward_to_console "
          "systemd.journald.max_level_console=warning")


def command(folder):
    return ["qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none",
            "-machine", "pc", "-accel", "tcg", "-icount", "shift=0", "-cpu", PROCESSOR,
            "-smp", "1", "-m", "1024", "-no-reboot", "-nic", "none",
            "-kernel", folder / "kernel/vmlinux", "-initrd", folder / "kernel/initrd",
            "-append", KERNEL,
            *(word for name in ("root.ext4", "checks.tar") for word in
              ("-drive", f"file={folder / name},format=raw,if=virtio,cache=unsafe,snapshot=on")),
            *(word for name in ("console", "checks", "journal") for word in
              ("-serial", f"file:{folder / name}.txt"))]


class Told:
    """What the checks print, as it comes."""

    def __init__(self, path):
        self.path, self.at, self.rest = path, 0, ""
        self.last = ""

    def show(self):
        with open(self.path, errors="replace") as file:
            file.seek(self.at)
            text = file.read()
            self.at = file.tell()
        *lines, self.rest = (self.rest + text.replace("\r", "")).split("\n")
        for line in lines:
            print(line, flush=True)
            self.last = line or self.last


def run(folder, seconds):
    """The last line that the checks printed; None if they did not come to their end in time."""
    told = Told(folder / "checks.txt")
    for name in ("console", "checks", "journal"):
        (folder / f"{name}.txt").write_text("")
    guest = subprocess.Popen(command(folder), stdin=subprocess.DEVNULL,
                             env={**os.environ, "TMPDIR": str(folder)})
    end = time.monotonic() + seconds
    try:
        while guest.poll() is None and time.monotonic() < end:
            told.show()
            time.sleep(0.2)
    finally:
        late = guest.poll() is None
        guest.kill()
        guest.wait()
    told.show()
    if late:
        print(f"vm: the guest was ended after {seconds:.0f} s", file=sys.stderr)
    return told.last if " passed, " in told.last else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--folder", type=pathlib.Path, default=TOP / "build/vm")
    parser.add_argument("--minutes", type=float, default=10,
                        help="for all of it; half of that for the guest (10)")
    parser.add_argument("--only", help="names of checks, of those in tests/vm/inside/checks.py")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the guest ends with this
    folder, began = options.folder.resolve(), time.monotonic()
    made = make_image(folder, options.minutes * 60)
    if made:
        sys.exit("vm: no image was made" + (" in time; what there is of it is kept"
                                            if made == TOO_LATE else ""))
    make_disk(folder, options.only)
    left = options.minutes * 60 - (time.monotonic() - began)
    say("the guest")
    booted = time.monotonic()
    last = run(folder, min(left, options.minutes * 30))
    ended = time.monotonic()
    say(f"the guest: {ended - booted:.0f} s; all of it: {ended - began:.0f} s")
    if not last or not last.endswith(" 0 failed"):
        sys.exit(f"vm: see {folder}/console.txt and journal.txt")


main()
