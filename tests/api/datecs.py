# SPDX-License-Identifier: Apache-2.0
"""What the tests of Datecs printers have in common: tills with one of either dialect."""
import concurrent.futures
import contextlib
import tempfile
import uuid

import pytest

from box import Box, policy

DIALECTS = ("x", "classic")
SALE = {"lines": [{"name": "Хляб", "quantity": "2", "price": 150, "vat": "B"},
                  {"name": "Сирене", "quantity": "0.255", "unit": "кг", "price": 1999, "vat": "D",
                   "discount": {"percent": "10"}},
                  {"name": "Kafe", "price": 300, "vat": "B"}, {"void": 3}],
        "payments": [{"kind": "card", "amount": 500}, {"kind": "cash", "amount": 500}],
        "footer": ["Благодарим Ви"], "reference": "T-1"}
BACK = {"of": "receipt", "amount": 450, "cash": 300, "reason": "stale",
        "lines": [{"name": "Хляб", "quantity": "3", "price": 150, "vat": "B"}],
        "original": {"number": 3, "time": "2026-11-22T09:30:05", "memory": "02500002"}}


def returners():
    """The tests' policy, and its managers may take goods back."""
    document = policy()
    managers = document["groups"][2]
    managers["permissions"].append("refund.validate")
    managers["rights"]["receipt_correction"] = ["read", "add"]
    managers["rights"]["cash_withdrawal"] = ["read", "add"]
    return document


def till(dialect, options="", config="", tcp=False):
    place = "tcp 0" if tcp else "pty {dir}/printer1"
    return {"devices": ("printer1",),
            "sim": {"printer1": f"datecs-{dialect} {place} {options}"},
            "config": {"printer1": f'driver = "datecs-printer" poll = 1000 {config}'}}


@pytest.fixture
def make_till(make_box):
    return lambda *options, document=None, **more: \
        make_box(**till(*options, **more)).up(document)


@pytest.fixture(scope="module")
def boxes():
    """One of each dialect, for tests that count from where they begin."""
    with contextlib.ExitStack() as made:
        there = {}

        def get(dialect):
            if dialect not in there:
                folder = made.enter_context(tempfile.TemporaryDirectory(prefix="tilld-test."))
                box = Box(folder, **till(dialect, "speed=fast"))
                made.callback(box.close)
                box.up()
                box.maria = box.client().sign_on("maria")
                there[dialect] = box
            return there[dialect].wait_ready()
        yield get


def beside(boxes, part):
    """The same with both dialects at once: most of it is waiting."""
    there = {dialect: boxes(dialect) for dialect in DIALECTS}
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for done in [pool.submit(part, box, dialect) for dialect, box in there.items()]:
            done.result()


def reports(box):
    return len(box.account("printer1")["z_reports"])


def ask(client, what, body=None, **options):
    options.setdefault("key", uuid.uuid4().hex)
    return client.post(f"/v1/tills/1/{what}", body or {}, **options)


def another():
    """No duplicate of one that the printer has printed."""
    first, *others = SALE["lines"]
    return {**SALE, "lines": [{**first, "name": f"Хляб {uuid.uuid4().hex[:8]}"}, *others]}


def sold(box):
    return [d["amount"] for d in box.account("printer1")["documents"] if d.get("by") == "host"]
