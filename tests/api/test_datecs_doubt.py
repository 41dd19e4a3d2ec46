# SPDX-License-Identifier: Apache-2.0
"""A Datecs printer, of either dialect, behind the real daemon: what becomes of its receipts
and reports when answers, lines, power or the daemon go. What the simulator's own account
says is the truth.
"""
import pytest

from datecs import (DIALECTS, another, ask, beside, boxes, make_till,  # noqa: F401
                    reports, sold, SALE)
from truth import ended, is_true


@pytest.mark.parametrize("words", [
    "lose request 69", "lose reply 69", "corrupt reply 69", "stall 69", "nak 1",
    "crash after 69 200", "hang up after 69 200"])
def test_a_z_report_that_comes_through(boxes, words):
    def part(box, dialect):
        before = reports(box)
        box.person("printer1 receipt 12.00")
        box.person(f"printer1 {words}")
        operation = ended(box, box.maria.report("z"))
        assert operation["outcome"] == "ok", operation
        assert operation["result"]["number"] == 5 + before
        is_true(box, "printer1", operation, before)
    beside(boxes, part)


@pytest.mark.parametrize("words", ["crash before 69 200", "hang up before 69 200"])
def test_a_z_report_that_does_not(boxes, words):
    def part(box, dialect):
        before = reports(box)
        box.person("printer1 receipt 12.00")
        box.person(f"printer1 {words}")
        operation = ended(box, box.maria.report("z"))
        assert operation["outcome"] == "failed", operation
        is_true(box, "printer1", operation, before)
        box.wait_ready()
        assert box.maria.report("z")["result"]["number"] == 5 + before
    beside(boxes, part)


def test_a_z_report_of_its_own_in_between(make_till):
    """At midnight, in the moment in which ours is asked for: nobody can tell."""
    box = make_till("x", "speed=fast zero-z=allow")
    maria = box.client().sign_on("maria")
    box.person("printer1 lose reply 69")
    box.person("printer1 slow 69 700")
    later = maria.later(maria.report, "z")
    box.street.wait("Z REPORT")
    box.person("printer1 z")
    operation = ended(box, later.result())
    assert operation["outcome"] in ("unknown", "ok"), operation
    if operation["outcome"] == "unknown":
        assert operation["reason"] == "counters-ambiguous"
        counters = operation["result"]["counters"]
        assert counters["before"]["daily_reports"] == 4
        assert counters["after"]["daily_reports"] == 6
    assert box.account("printer1")["z_reports"] == [5, 6]


@pytest.mark.parametrize("words, outcome", [
    ("lose reply 49", "ok"), ("lose request 53", "ok"), ("corrupt reply 56", "ok"),
    ("stall 56", "ok"), ("crash after 56 200", "ok"), ("hang up after 49 200", "failed"),
    ("crash before 49 200", "failed")])
def test_what_is_lost_is_found_out(boxes, words, outcome):
    def part(box, dialect):
        before, balance = len(sold(box)), box.maria.get("/v1/tills/1/balance")["balance"]
        box.person(f"printer1 {words}")
        operation = ended(box, ask(box.maria, "receipts", another()))
        assert operation["outcome"] == outcome, operation
        assert sold(box)[before:] == ([759] if outcome == "ok" else [])
        account = box.account("printer1")
        assert not account["receipt_open"] and not account["duplicates"]
        assert box.maria.get("/v1/tills/1/balance")["balance"] == \
            balance + (259 if outcome == "ok" else 0)
        box.wait_ready()
        assert ask(box.maria, "receipts", another()).status == 200
    beside(boxes, part)


@pytest.mark.parametrize("words", ["crash after 56 200", "hang up after 56 200"])
def test_what_is_found_out_is_told_whole(boxes, words):
    def part(box, dialect):
        plain = ask(box.maria, "receipts", another())["result"]
        assert [(r["rate"], r["vat"]) for r in plain["rates"]] == [("B", 50), ("D", 38)]
        box.person(f"printer1 {words}")
        found = ended(box, ask(box.maria, "receipts", another()))["result"]
        assert found["number"] == plain["number"] + 1
        for name in ("total", "paid", "change", "cash", "rates", "day"):
            assert found[name] == plain[name], name
    beside(boxes, part)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_z_report_after_it_was_closed(make_till, dialect):
    """Its repeated answer says that it is out; a day further, its counters tell nothing."""
    box = make_till(dialect, "speed=fast")
    maria, events = box.client().sign_on("maria"), box.follow()
    box.person("printer1 hang up after 56 2000")
    later = maria.later(ask, maria, "receipts", SALE)
    events.wait("operation.doubtful")
    box.person("printer1 z")
    operation = ended(box, later.result())
    assert operation["outcome"] == "ok", operation
    result = operation["result"]
    assert (result["total"], result["paid"], result["cash"]) == (759, 1000, 259)
    assert [r["vat"] for r in result["rates"]] == [50, 38]
    assert "day" not in result and result.get("number") == (4 if dialect == "x" else None)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_paper_in_the_middle(make_till, dialect):
    box = make_till(dialect, "speed=fast delay=49:500")
    events, maria = box.follow(), box.client().sign_on("maria")
    later = maria.later(ask, maria, "receipts", SALE)
    box.street.wait("FISCAL RECEIPT")
    box.person("printer1 paper out")
    while events.wait("operation.progress")["text"] != "paper out":
        pass
    box.person("printer1 paper ok")
    assert later.result().status == 200
    assert sold(box) == [759]
