# SPDX-License-Identifier: Apache-2.0
"""A Datecs printer, of either dialect, behind the real daemon: its receipts and reports,
and what becomes of them when answers, lines, power or the daemon go. What the
simulator's own account says is the truth.
"""
import concurrent.futures
import contextlib
import tempfile
import uuid

import pytest

from box import Box

from truth import ended, is_true

DIALECTS = ("x", "classic")
SALE = {"lines": [{"name": "Хляб", "quantity": "2", "price": 150, "vat": "B"},
                  {"name": "Сирене", "quantity": "0.255", "unit": "кг", "price": 1999, "vat": "D",
                   "discount": {"percent": "10"}},
                  {"name": "Kafe", "price": 300, "vat": "B"}, {"void": 3}],
        "payments": [{"kind": "card", "amount": 500}, {"kind": "cash", "amount": 500}],
        "footer": ["Благодарим Ви"], "reference": "T-1"}


def till(dialect, options="", config="", tcp=False):
    place = "tcp 0" if tcp else "pty {dir}/printer1"
    return {"devices": ("printer1",),
            "sim": {"printer1": f"datecs-{dialect} {place} {options}"},
            "config": {"printer1": f'driver = "datecs-printer" poll = 1000 {config}'}}


@pytest.fixture
def make_till(make_box):
    return lambda *options, **more: make_box(**till(*options, **more)).up()


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


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("tcp", (False, True))
def test_the_reports_of_a_day(make_till, dialect, tcp):
    box = make_till(dialect, "speed=fast delay=69:300", tcp=tcp)
    events, maria = box.follow(), box.client().sign_on("maria")
    device = maria.get("/v1/devices/printer1").body
    assert device["driver"] == "datecs-printer"
    assert device["identity"]["model"] == {"x": "FP-700X", "classic": "FP-800"}[dialect]
    status = device["status"]
    assert (status["paper"], status["cover"], status["busy"]) == ("ok", "closed", False)

    figures = maria.report("x").body["result"]
    assert figures == {"printed": True, "figures": {
        "next_daily_report": 5, "rates": [{"rate": "B", "receipts_amount": 3690}]}}
    z = maria.report("z", key="z")
    assert z.status == 200, z
    result = z["result"]
    assert (result["number"], result["date"]) == (5, "2026-11-22")
    assert result["counters"]["before"]["daily_reports"] == 4
    assert result["counters"]["after"]["daily_reports"] == 5
    assert events.wait("operation.progress")["text"] == "printing"
    # the same key, the same report
    assert maria.report("z", key="z")["id"] == z["id"]
    for fields in ({"from_date": "2026-11-01", "to_date": "2026-11-22"},
                   {"from_number": 1, "to_number": 2, "summary": True}):
        answer = maria.report("periodic", **fields)
        assert answer.status == 200 and "result" not in answer.body, answer
    account = box.account("printer1")
    assert account["z_reports"] == [5]
    assert (account["x_reports"], account["periodic"]) == (1, 2)
    assert [d["kind"] for d in account["documents"]][3:] == ["x", "z", "periodic", "periodic"]


@pytest.mark.parametrize("words, undone, reason, code", [
    ("paper out", "paper ok", "paper-out", None),
    ("cover open", "cover closed", "cover-open", None),
    ("clock wrong", "clock right", "clock-wrong", {"x": "-112004", "classic": "-150100"}),
    ("memory full", "memory ok", "fiscal-blocked", {"x": "-100105", "classic": "-150300"})])
def test_what_is_refused(boxes, words, undone, reason, code):
    def part(box, dialect):
        before = reports(box)
        box.person(f"printer1 {words}")
        answer = box.maria.report("z")
        box.person(f"printer1 {undone}")
        assert answer.code == "refused-by-device" and answer["reason"] == reason, answer
        if code:
            assert answer["operation"]["result"]["code"] == code[dialect]
        assert reports(box) == before
    beside(boxes, part)


def test_a_day_without_sales(make_till):
    box = make_till("classic", "speed=fast receipts=0")
    maria = box.client().sign_on("maria")
    answer = maria.report("z")
    assert answer.code == "refused-by-device" and answer["reason"] == "nothing-to-report", answer
    assert answer["operation"]["result"]["code"] == "-150203"


def test_days_that_are_not_there(boxes):
    answer = boxes("x").maria.report("periodic", from_number=700, to_number=900)
    assert answer.code == "refused-by-device", answer
    assert answer["operation"]["result"]["code"] == "-100004"


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


def test_a_receipt_of_somebody_else(make_till):
    box = make_till("x", "speed=fast")
    maria = box.client().sign_on("maria")
    box.person("printer1 receipt 12.00")
    box.person("printer1 refund 2.00")
    assert maria.report("x")["result"]["figures"]["rates"] == [
        {"rate": "B", "receipts_amount": 3690 + 1200, "refunds_amount": 200}]


def test_no_secret_and_no_frame_is_kept(make_till):
    box = make_till("x", "speed=fast")
    maria = box.client().sign_on("maria")
    maria.report("z")
    evidence = [e for e in box.journal() if e["kind"] == "evidence"]
    assert len(evidence) == 1
    assert set(evidence[0]["evidence"]) == {"command", "dialect", "sequence", "serial", "date",
                                            "fiscal", "counters"}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_wrong_dialect_is_configured(make_box, dialect):
    other = {"x": "classic", "classic": "x"}[dialect]
    box = make_box(devices=("printer1",),
                   sim={"printer1": f"datecs-{dialect} pty {{dir}}/printer1"},
                   config={"printer1": f'driver = "datecs-printer" dialect = "{other}"'})
    box.start()
    box.log.wait("another protocol")


# -- receipts ---------------------------------------------------------------------------

def ask(client, what, body=None, **options):
    options.setdefault("key", uuid.uuid4().hex)
    return client.post(f"/v1/tills/1/{what}", body or {}, **options)


def another():
    """No duplicate of one that the printer has printed."""
    first, *others = SALE["lines"]
    return {**SALE, "lines": [{**first, "name": f"Хляб {uuid.uuid4().hex[:8]}"}, *others]}


def sold(box):
    return [d["amount"] for d in box.account("printer1")["documents"] if d.get("by") == "host"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_receipt(make_till, dialect):
    box = make_till(dialect, "speed=fast")
    maria = box.client().sign_on("maria")
    done = ask(maria, "receipts", SALE, key="once")
    assert done.status == 200, done
    result = done["result"]
    # 0.255 x 19.99 = 5.10; a tenth of it 0.51
    assert (result["total"], result["change"], result["cash"]) == (759, 241, 259)
    assert result["rates"] == [{"rate": "B", "gross": 300, "vat": 50},
                               {"rate": "D", "gross": 459, "vat": 38}]
    assert (result["number"], result["day"]) == (4, 5)
    assert ask(maria, "receipts", SALE, key="once")["result"] == result
    assert sold(box) == [759]
    assert box.account("printer1")["cash"] == 3 * 1230 + 259
    assert maria.get("/v1/tills/1/balance")["balance"] == 259
    for words in ("Хляб", "Сирене", "Благодарим Ви"):
        assert any(words in line for line in box.street.seen), words


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


def test_what_a_printer_is_not_set_up_for(make_till):
    box = make_till("x", "speed=fast password=1234")
    maria = box.client().sign_on("maria")
    answer = ask(maria, "receipts", SALE)
    assert answer.code == "refused-by-device" and answer["reason"] == "printer-setup", answer
    assert answer["operation"]["result"]["code"] == "-102002"
    box.person("printer1 day over")
    assert "0000" not in str([e for e in box.journal() if e["kind"] == "evidence"])


def test_the_day_is_over(make_till):
    box = make_till("classic", "speed=fast")
    maria = box.client().sign_on("maria")
    box.person("printer1 day over")
    assert ask(maria, "receipts", SALE)["reason"] == "report-needed"
    assert maria.report("z").status == 200
    assert ask(maria, "receipts", SALE).status == 200


@pytest.mark.parametrize("body, field", [
    ({"lines": [{"name": "a", "price": 1, "vat": "E"}]}, "lines[0].vat"),
    ({"lines": [{"name": "a", "price": 9999, "quantity": "0.1234", "vat": "A"}]},
     "lines[0].quantity"),
    ({"payments": [{"kind": "voucher", "amount": 10000}]}, "payments[0]"),
])
def test_what_it_would_refuse(boxes, body, field):
    answer = ask(boxes("x").maria, "receipts", {**SALE, **body})
    assert answer.code == "receipt-unprintable" and answer["field"] == field, answer


@pytest.mark.parametrize("dialect", DIALECTS)
def test_other_papers(make_till, dialect):
    box = make_till(dialect, "speed=fast")
    maria = box.client().sign_on("maria")
    assert ask(maria, "printouts", {"lines": ["Hello", "Здравей"]}).status == 200
    assert any("Здравей" in line for line in box.street.seen)
    deposit = ask(maria, "cash", {"direction": "in", "amount": 5000, "reason": "change"})
    slip = ask(maria, "cash/slip", {"event": deposit["id"]})
    assert slip.status == 200, slip
    assert "cash" not in str(slip["result"]["counters"])
    counters = box.journal(kind="outcome")[-1]["blind"]["counters"]
    assert counters["after"]["cash_in"] == counters["before"]["cash_in"] + 5000
    assert ask(maria, "receipts", SALE).status == 200
    assert ask(maria, "copies", {"count": 1}).status == 200
    assert box.account("printer1")["copies"] == 1
    assert ask(maria, "invoices", SALE).code == "not-supported"
    assert ask(maria, "copies", {"count": 2})["reason"] == "not-supported"
    read = ask(maria, "fiscal/read")
    assert read["result"]["counters"]["cash_in"] == 5000
    assert read["result"]["clock"].startswith("2026-11-22T")
    assert read["result"]["figures"]["rates"][0] == {"rate": "B", "receipts_amount": 3990}
