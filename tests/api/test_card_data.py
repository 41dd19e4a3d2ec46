# SPDX-License-Identifier: Apache-2.0
"""A card number and its track: whatever a terminal sends, they are nowhere afterwards. The
terminal here tells them in full: in its result, in track 2, and on its slips."""
import os
import re
import uuid

import pytest

NUMBER, TRACK = "4111111111111111", "4111111111111111d301220100000000000f"
PAYMENTS = 3


def packed(digits):
    return bytes.fromhex(digits)


# Raw and hexadecimal, as packed digits, in groups, and the track without the number.
SECRETS = {
    "digits": NUMBER.encode(),
    "groups": b"4111 1111 1111 1111",
    "packed": packed(NUMBER),
    "track": packed(TRACK)[8:],
    "track in hexadecimal": TRACK[16:].encode(),
    "TRACK IN HEXADECIMAL": TRACK[16:].upper().encode(),
    "UTF-16": NUMBER.encode("utf-16-le"),
}
SHOWN = b"411111******1111"  # what may be seen of it


def held(data):
    """Which of the secrets are in it."""
    return [name for name, secret in SECRETS.items() if secret in data]


def image(pid):
    """All that a process could be found to hold: what a core dump would have."""
    found = []
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            low, high, rights = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
            size = int(high, 16) - int(low, 16)
            if "rw" not in rights or "[vv" in line or size > 1 << 28:  # a sanitizer's own
                continue
            memory.seek(int(low, 16))
            try:
                found.append(memory.read(size))
            except OSError:  # a page that nobody may read
                continue
    return b"".join(found)


def pay(client):
    return client.post("/v1/tills/1/payments", {"amount": 1000}, key=uuid.uuid4().hex)


@pytest.mark.parametrize("line", ["tcp 0", "pty {dir}/terminal1"])
@pytest.mark.parametrize("printed", ["lines", "blocks"])
def test_a_card_number_is_nowhere_afterwards(make_box, line, printed):
    box = make_box(devices=("terminal1", "display1"),
                   sim={"terminal1": f"zvt {line} pan=full"},
                   config={"terminal1": f'driver = "zvt-terminal" print = "{printed}" '
                                        'customer-display = "yes"'}).up()
    events, anna = box.follow(), box.client().sign_on("anna")
    answers = [pay(anna) for _ in range(PAYMENTS)]
    assert all(a.status == 200 for a in answers), answers
    events.wait("outcome")
    box.person("terminal1 close at 6" if "tcp" in line else "terminal1 lose reply at 6")
    answers.append(pay(anna))  # and one that has to be found out
    if os.getuid() == 0:  # the daemon can't be looked into by its own uid
        memory = image(box.daemon.pid)
        assert SHOWN in memory and held(memory) == []
    slips = anna.get(f"/v1/tills/1/payments/{answers[0]['id']}/slips")
    answers += [slips, anna.get("/v1/operations/" + answers[0]["id"]),
                anna.get("/v1/journal?limit=1000"), anna.get("/v1/devices"),
                *(box.client().get(f"/v1/devices/{device}/trace?limit=1000")
                  for device in ("terminal1", "display1"))]
    assert any(SHOWN in a.raw for a in answers)
    assert [held(a.raw) for a in answers] == [[]] * len(answers)
    assert held(repr(events.seen).encode()) == []
    box.stop()
    assert held("\n".join(box.log.seen).encode()) == []
    files = {str(p): p.read_bytes() for p in box.dir.rglob("*")
             if p.is_file() and not p.name.startswith("sim")}
    assert any(SHOWN in data for data in files.values())
    assert {name: held(data) for name, data in files.items() if held(data)} == {}


def test_what_is_looked_for_would_be_found():
    """The search itself: each of the secrets, wherever it stands."""
    for name, secret in SECRETS.items():
        assert held(b"x" * 1000 + secret + b"y") == [name] or name in held(secret)
    assert held(SHOWN) == []


def test_core_dumps_are_off(make_box):
    box = make_box(devices=()).up()
    limits = open(f"/proc/{box.daemon.pid}/limits").read()
    assert re.search(r"Max core file size +0 +0 ", limits)
