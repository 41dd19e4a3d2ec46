#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The kernel itself out of a bzImage: vmlinux.py VMLINUZ VMLINUX

QEMU starts it in less than half the time, by its PVH entry. Where it lies is in the header of
the boot protocol (the kernel's Documentation/x86/boot.rst): sectors of the 16-bit part at 0x1f1,
then the payload's offset behind that at 0x248 and its length at 0x24c.
"""
import lzma
import pathlib
import struct
import sys


def payload(image):
    sectors, = struct.unpack_from("<B", image, 0x1f1)
    offset, length = struct.unpack_from("<II", image, 0x248)
    begin = (sectors + 1) * 512 + offset
    return image[begin:begin + length]


image = pathlib.Path(sys.argv[1]).read_bytes()
kernel = lzma.LZMADecompressor(lzma.FORMAT_XZ).decompress(payload(image))  # a length follows it
if not kernel.startswith(b"\x7fELF"):
    sys.exit(f"{sys.argv[1]}: that is no kernel packed by xz")
pathlib.Path(sys.argv[2]).write_bytes(kernel)
