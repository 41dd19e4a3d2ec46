# SPDX-License-Identifier: Apache-2.0
"""A Datecs printer, of either dialect, is at work when the daemon is killed: the next one finds
out what became of it, and does nothing twice.
"""
import pytest

from datecs import DIALECTS, SALE, ask, make_till, sold  # noqa: F401


def killed_in(box, events, maria, command, *what, **fields):
    """Kills the daemon while the printer is at work; the operation."""
    box.person(f"printer1 slow {command} 2000")
    later = maria.later(maria.report, *what, key="k", **fields)
    operation = events.wait("operation.progress")["operation"]
    box.kill()
    later.thread.join()
    box.start().wait_ready()
    answer = box.client().get(f"/v1/operations/{operation}?wait=60")
    assert answer["state"] == "ended", answer
    return answer.body


@pytest.mark.parametrize("dialect", DIALECTS)
def test_killed_while_a_z_report_is_printed(make_till, dialect):
    box = make_till(dialect)
    events, maria = box.follow(), box.client().sign_on("maria")
    operation = killed_in(box, events, maria, 69, "z")
    assert operation["outcome"] == "ok", operation
    assert operation["result"]["number"] == 5
    assert box.account("printer1")["z_reports"] == [5]
    again = maria.report("z", key="k")
    assert again.body.get("operation", again.body)["id"] == operation["id"]
    assert box.account("printer1")["z_reports"] == [5]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_killed_while_a_periodic_report_is_printed(make_till, dialect):
    """No counter tells; the printer's answer to the next daemon does."""
    box = make_till(dialect)
    events, maria = box.follow(), box.client().sign_on("maria")
    operation = killed_in(box, events, maria, 94, "periodic",
                          from_date="2026-11-01", to_date="2026-11-22")
    assert operation["outcome"] == "ok", operation
    assert box.account("printer1")["periodic"] == 1


@pytest.mark.parametrize("dialect", DIALECTS)
def test_killed_in_the_middle(make_till, dialect):
    """A classic printer cancels none that is being paid: there it is paid and closed."""
    box = make_till(dialect, "speed=fast delay=53:500")
    events, maria = box.follow(), box.client().sign_on("maria")
    later = maria.later(ask, maria, "receipts", SALE)
    operation = events.wait("operation.progress")["operation"]
    box.street.wait("Paid")
    box.kill()
    later.thread.join()
    box.start().wait_ready()
    ending = box.client().get(f"/v1/operations/{operation}?wait=60")
    assert ending["outcome"] == {"x": "failed", "classic": "ok"}[dialect], ending
    assert sold(box) == ([] if dialect == "x" else [759])
    assert not box.account("printer1")["receipt_open"]
