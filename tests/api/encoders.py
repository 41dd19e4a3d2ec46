# SPDX-License-Identifier: Apache-2.0
"""Ordinary receipts, byte for byte as common encoders of POS apps write them: each has its own way
to begin, to set a style, to print a logo and a QR code, and to cut. All of them have to pass.
"""
import itertools

LOGO_WIDTH, LOGO_HEIGHT = 64, 48


def dots():
    """A ring in a frame: rows of bits."""
    for y in range(LOGO_HEIGHT):
        yield [int(x in (0, LOGO_WIDTH - 1) or y in (0, LOGO_HEIGHT - 1)
                   or 180 < (x - 32) ** 2 + (y - 24) ** 2 < 400) for x in range(LOGO_WIDTH)]


def packed(bits):
    return bytes(int("".join(map(str, bits[i:i + 8])), 2) for i in range(0, len(bits), 8))


ROWS = list(dots())
RASTER = b"".join(packed(row) for row in ROWS)
XY = bytes([LOGO_WIDTH // 8, 0, LOGO_HEIGHT, 0])


def columns(top, height=24):
    """Columns of that many dots, from row top down."""
    return b"".join(packed([ROWS[top + i][x] for i in range(height)]) for x in range(LOGO_WIDTH))


def le(number, size=2):
    return number.to_bytes(size, "little")


def qr_escpos(data, size=4, level=49):
    def function(*rest):
        return b"\x1d(k" + le(len(bytes(rest))) + bytes(rest)
    return (function(49, 65, 50, 0) + function(49, 67, size) + function(49, 69, level)
            + b"\x1d(k" + le(len(data) + 3) + b"1P0" + data + function(49, 81, 48))


ITEMS = [("Coffee", "3.50"), ("Croissant", "2.20"), ("Mineral water", "1.90")]


def table(width):
    return b"".join((name.ljust(width - len(price)) + price).encode() + b"\n"
                    for name, price in ITEMS)


def python_escpos():
    return (b"\x1b@" + b"\x1b\x61\x01" + b"\x1dv0\x00" + XY + RASTER
            + b"\x1b\x61\x01\x1bM\x00\x1bE\x01\x1b-\x00\x1d!\x11" + b"\x1bt\x00" + b"Corner Shop\n"
            + b"\x1b\x61\x00\x1bM\x00\x1bE\x00\x1b-\x00\x1d!\x00"
            + table(42) + b"\x1bt\x10" + b"Total \x80 7.60\n"
            + b"\x1dh\x40\x1dw\x03\x1df\x00\x1dH\x02" + b"\x1dk\x02" + b"400638133393\x00"
            + qr_escpos(b"https://example.com/r/4711") + b"\n" * 6 + b"\x1dV\x00")


def escpos_php():
    graphics = b"\x1d(L" + le(len(RASTER) + 10) + b"0p0\x01\x01\x31" + \
        le(LOGO_WIDTH) + le(LOGO_HEIGHT) + RASTER + b"\x1d(L\x02\x0002"
    return (b"\x1b@" + b"\x1ba\x01" + graphics + b"\x1b!\x38" + b"ExampleMart Ltd.\n" + b"\x1b!\x00"
            + b"Shop No. 42.\n" + b"\x1bd\x01" + b"\x1bE\x01" + b"SALES INVOICE\n" + b"\x1bE\x00"
            + b"\x1ba\x00" + table(38) + b"\x1b!\x20" + b"Total".ljust(18) + b"\n" + b"\x1b!\x00"
            + b"\x1dk\x49\x0a{BABC12345" + b"\x1bd\x02" + b"\x1dVA\x03")


def escpos_php_columns():
    return (b"\x1b@" + b"\x1b3\x10" + b"\x1b*\x21" + le(LOGO_WIDTH) + columns(0) + b"\n"
            + b"\x1b*\x21" + le(LOGO_WIDTH) + columns(24) + b"\n" + b"\x1b2"
            + table(40) + b"\x1bd\x03" + b"\x1dV1")


def receiptline():
    image = b"\x1d8L" + le(len(RASTER) + 10, 4) + b"0p0\x01\x011" + \
        le(LOGO_WIDTH) + le(LOGO_HEIGHT) + RASTER + b"\x1d(L\x02\x0002"
    rule = b"\x1cC0\x1c.\x1bt\x01" + b"\x95" * 48
    style = b"\x1b-0\x1c-0\x1bE0\x1dB0\x1d!\x00"
    line = b"\x1dL\x00\x00\x1dW\x40\x02\x1ba\x00" + style + b"\x1b$\x00\x00"
    return (b"\x1b@\x1da\x00\x1bM0\x1c(A\x02\x000\x00\x1b \x00\x1cS\x00\x00\x1b3\x00\x1b{\x00\x1c."
            + b"\x1ba\x01" + image + line + b"\x1bE1\x1d!\x11" + b"\x1bt\x13" + b"Corner Shop\n"
            + rule + b"\n" + b"".join(
                line + name.encode() + b"\x1b\\\x80\x01" + price.encode() + b"\n"
                for name, price in ITEMS)
            + b"\x1dw\x02\x1dh\x48\x1dH\x02\x1dk\x49\x06{C\x0c\x22\x38\x4e"
            + qr_escpos(b"4711", 3, 48) + b"\x1dVB\x00" + b"\x1dr1")


def receipt_printer_encoder():
    return (b"\x1b@\x1c.\x1bM\x00" + b"\x1bt\x00" + b"\x1ba\x01" + b"\x1dv0\x00" + XY + RASTER
            + b"\x1d!\x11" + b"Corner Shop" + b"\x1d!\x00" + b"\n\r" + b"\x1ba\x00"
            + b"\xda" + b"\xc4" * 30 + b"\xbf\n\r" + table(32).replace(b"\n", b"\n\r")
            + b"\x1dh\x3c\x1dw\x03\x1dH\x02\x1dk\x02" + b"3130630574613\x00"
            + qr_escpos(b"https://example.com/", 6) + b"\n\r\n\r" + b"\x1dV\x01")


def node_thermal_printer():
    return (b"\x1b@" + b"\x1ba\x01" + b"\x1d\x76\x30\x00" + XY + RASTER + b"\x1b\x2d\x01" + b"Bill\n"
            + b"\x1b\x2d\x00" + b"\x1b!\x30" + b"Table 7\n" + b"\x1b!\x00" + b"\x1ba\x00" + table(48)
            + b"\x1dB\x01" + b"PAID\n" + b"\x1dB\x00" + b"\x1b{\x00" + b"\x1bG\x01" + b"Thanks\n"
            + b"\x1bG\x00" + b"\n\n\n\n\n" + b"\x1dV\x00")


def escpos_net():
    return (b"\x1b@" + b"\x1ba1" + b"\x1dv0\x00" + XY + RASTER + b"\n" + b"\x1b!\x08"
            + b"B&H PHOTO & VIDEO\n" + b"\x1b!\x00" + b"\x1bd\x02" + b"\x1ba0" + table(40)
            + b"\x1dH\x02\x1df\x00\x1dh\x50\x1dw\x02" + b"\x1dk\x45\x0a*ABC-1234*"
            + b"\x1ba1" + qr_escpos(b"PRINT", 5) + b"\x1dVB\x01")


def many_clones():
    """What a receipt from a hand-written routine looks like."""
    return (b"\x1b@" + b"\x1c." + b"\x1bt\x12" + b"\x1bR\x00" + b"\x1b$\x20\x00" + b"Paragon \x88\n"
            + b"\x1bD\x10\x20\x00" + b"a\tb\tc\n" + b"\x1dL\x10\x00" + b"\x1dW\x00\x02"
            + b"\x1bV\x00" + b"\x1bU\x00" + b"\x1br\x00" + table(32) + b"\x1bJ\x60" + b"\x1bi")


def qr_star(data, size=5):
    return (b"\x1b\x1dyS0\x02" + b"\x1b\x1dyS1\x01" + b"\x1b\x1dyS2" + bytes([size])
            + b"\x1b\x1dyD1\x00" + le(len(data)) + data + b"\x1b\x1dyP")


def star_prnt_encoder():
    return (b"\x1b@\x18" + b"\x1b\x1eF\x00" + b"\x1b\x1dt\x01"
            + b"\x1b\x1da\x01" + b"\x1bi\x01\x01" + b"Corner Shop\n" + b"\x1bi\x00\x00"
            + b"\x1b\x1da\x00" + table(48) + b"\x1bE" + b"Total 7.60\n" + b"\x1bF"
            + b"\x1bb\x03\x02\x02\x3c" + b"3130630574613\x1e" + qr_star(b"https://example.com/")
            + b"\x1bd\x01" + b"\x1b\x1dP0\x1b\x1dP1")


def star_receiptline():
    return (b"\x1b@\x1b\x1ea\x00\x1b\x1eF\x00\x1b 0\x1bs00\x1b0\x12" + b"\x1bl\x00\x1bQ\x30"
            + b"\x1b\x1da\x01" + b"\x1b-0\x1bF\x1b5\x1bi\x00\x00" + b"\x1b\x1dt\x04" + b"Shop\n"
            + b"".join(b"\x1b\x1dA\x00\x00" + name.encode() + b"\x1b\x1dR\x80\x00" + price.encode()
                       + b"\n" for name, price in ITEMS)
            + b"\x1bb6212ABC-123\x1e" + b"\x1bd3" + b"\x1b\x1d\x03\x01\x00\x00\x04")


def star_image():
    """The logo has no byte that Star's printers take for the drawer: not every logo has."""
    blank = bytes(24)
    return (b"\x1b@" + b"\x1b0" + b"\x1bX\x08\x00" + blank + b"\n" + b"\x1bk\x01\x00"
            + b"\xf0" * 24 + b"\n" + b"\x1bz\x01" + table(48) + b"\x1bd\x02")


JOBS = {f"{language}-{write.__name__}": (language, write()) for language, write in itertools.chain(
    (("escpos", write) for write in (
        python_escpos, escpos_php, escpos_php_columns, receiptline, receipt_printer_encoder,
        node_thermal_printer, escpos_net, many_clones)),
    (("star", write) for write in (star_prnt_encoder, star_receiptline, star_image)))}
