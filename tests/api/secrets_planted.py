# SPDX-License-Identifier: Apache-2.0
"""Secrets that no other text could be, planted through real use, and the search for them in
whatever a box gives out: raw, in hexadecimal, base64, UTF-16, and digits packed two by two."""
import base64
import re

from box import policy, swipe

PASSWORD, PIN = "otters-sleep-hand-in-hand", "73051928"
WRONG_PASSWORD, WRONG_PIN = "badgers-dig-in-the-dark", "91827364"
BADGE, STRANGE_BADGE = "5AD37E91C4", "6BE48FA2D5"
CARD, TRACK = "4111111111111111", "301220100000000000"  # of tillsim's terminal
TERMINAL = "864219"  # the terminal's own password: short, so looked for as a word only

SIM = {"terminal1": f"zvt pty {{dir}}/terminal1 pan=full password={TERMINAL}"}
CONFIG = {"terminal1": f'driver = "zvt-terminal" password = "{TERMINAL}"'}


def people():
    """The usual ones, and Olga, who signs on in each way."""
    document = policy()
    document["tills"][0]["pin_sign_on"] = True
    document["operators"].append({"login": "olga", "name": "Olga", "groups": ["managers"],
                                  "role": "manager", "password": PASSWORD, "pin": PIN,
                                  "badges": ["em4100:" + BADGE.lower()]})
    return document


def spellings(secret):
    """All that a secret could be written as, by name."""
    raw = secret.encode()
    found = {"raw": raw, "small": secret.lower().encode(), "UTF-16": secret.encode("utf-16-le"),
             "hexadecimal": raw.hex().encode(), "HEXADECIMAL": raw.hex().upper().encode()}
    if len(secret) % 2 == 0 and re.fullmatch("[0-9A-Fa-f]+", secret):
        found["packed"] = bytes.fromhex(secret)
    for shift in range(3):  # base64 depends on what stands before it
        text = base64.b64encode(b"\0" * shift + raw)
        found[f"base64 {shift}"] = text[(0, 2, 3)[shift]:len(text) // 4 * 4 - 4]
    return found


class Planted:
    """What was used at a box, and may be found nowhere."""

    def __init__(self):
        self.secrets = {"password": PASSWORD, "PIN": PIN, "wrong password": WRONG_PASSWORD,
                        "wrong PIN": WRONG_PIN, "badge": BADGE, "unknown badge": STRANGE_BADGE,
                        "card": CARD, "track": TRACK}

    def found_in(self, data):
        word = re.search(rb"(?<![0-9a-zA-Z])" + TERMINAL.encode() + rb"(?![0-9a-zA-Z])", data)
        return [(name, spelling) for name, secret in self.secrets.items()
                for spelling, what in spellings(secret).items() if what in data] + \
            (["the terminal's password"] if word else [])

    def sign_on(self, client, **how):
        answer = client.post("/v1/sign-ons", {"till": "1", **how},
                             wait=60 if "badge" in how else None)
        if answer.status == 201:
            self.secrets["token by " + "".join(set(how) - {"login"})] = answer["token"]
        return answer


def use(box):
    """A working day in short: what everybody does, right and wrong. Returns what was planted."""
    planted, events, client = Planted(), box.follow(), box.client()
    assert planted.sign_on(client, login="olga", pin=WRONG_PIN).status == 401
    assert planted.sign_on(client, login="olga", password=WRONG_PASSWORD).status == 401
    assert planted.sign_on(client, login="olga", pin=PIN).status == 201
    by_badge = client.later(planted.sign_on, client, badge=True)
    events.wait("reader.armed")
    swipe(box, STRANGE_BADGE)
    events.wait("unknown-badge")
    swipe(box, BADGE)
    assert by_badge.result().status == 201
    box.person(f"reader1 bad badge {BADGE}")
    box.person("drawer1 garbage 40")
    signed = planted.sign_on(client, login="olga", password=PASSWORD, till="2")
    olga = box.client(token=signed["token"])
    anna = box.client().sign_on("anna")
    asked = anna.open_drawer(key="asked")
    assert asked.code == "authorization-required", asked
    word = {"login": "olga", "password": PASSWORD}
    assert anna.post(f"/v1/authorizations/{asked['authorization']['id']}/approve",
                     word).status == 200
    assert anna.open_drawer(key="asked").status == 200
    given = olga.post("/v1/authorizations", {"action": "drawer.open", "requester": "anna",
                                             "till": "1", "password": PASSWORD})
    planted.secrets["token in advance"] = given["token"]
    paid = anna.pay(1000)
    assert paid.status == 200, paid
    anna.get(f"/v1/tills/1/payments/{paid['id']}/slips")
    shown = anna.request("PUT", "/v1/tills/1/display", {"lines": ["4111 1111 1111 1111", "x"]})
    assert shown.status == 200, shown
    events.close()
    return planted
