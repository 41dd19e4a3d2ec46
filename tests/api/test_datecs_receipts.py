# SPDX-License-Identifier: Apache-2.0
"""Receipts, goods that come back and slips on a Datecs printer, of either dialect, over the real
socket and line.
"""
import pytest

from datecs import (BACK, DIALECTS, SALE, ask, beside, boxes, make_till,  # noqa: F401
                    returners, sold)


def has_printed(box, words):
    box.account("printer1")  # comes after all that it printed
    assert any(words in line for line in box.street.seen), words


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
        has_printed(box, words)


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
    ({"lines": [{"name": "a", "price": 1, "quantity": "1000000", "vat": "A"}]},
     "lines[0].quantity"),
    ({"lines": [{"name": "a", "price": 1000000000, "quantity": "0.5", "vat": "A"}]},
     "lines[0].price"),
    ({"payments": [{"kind": "voucher", "amount": 10000}]}, "payments[0]"),
])
def test_what_it_would_refuse(boxes, body, field):
    def part(box, dialect):
        answer = ask(box.maria, "receipts", {**SALE, **body})
        assert answer.code == "receipt-unprintable" and answer["field"] == field, answer
    beside(boxes, part)


def test_a_slip_of_more_than_it_counts(make_till):
    box = make_till("x", "speed=fast")
    maria = box.client().sign_on("maria")
    deposit = ask(maria, "cash", {"direction": "in", "amount": 1000000000, "reason": "safe"})
    assert deposit.status == 200, deposit
    there = box.account("printer1")["cash"]
    slip = ask(maria, "cash/slip", {"event": deposit["id"]})
    assert slip.code == "event-unusable" and "more than" in slip["detail"], slip
    assert box.account("printer1")["cash"] == there


@pytest.mark.parametrize("dialect", DIALECTS)
def test_other_papers(make_till, dialect):
    box = make_till(dialect, "speed=fast")
    maria = box.client().sign_on("maria")
    assert ask(maria, "printouts", {"lines": ["Hello", "Здравей"]}).status == 200
    has_printed(box, "Здравей")
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


def test_goods_come_back(make_till):
    """A storno receipt, with the document that it corrects: one operation."""
    box = make_till("x", "speed=fast", document=returners())
    maria = box.client().sign_on("maria")
    done = ask(maria, "returns", BACK, key="once")
    assert done.status == 200, done
    result = done["result"]
    assert (result["number"], result["amount"], result["cash"]) == (4, 450, 300)
    assert ask(maria, "returns", BACK, key="once")["result"] == result
    account = box.account("printer1")
    assert [d["amount"] for d in account["documents"] if d["kind"] == "storno"] == [450]
    assert account["cash"] == 3 * 1230 - 300
    assert maria.get("/v1/tills/1/balance")["balance"] == -300
    assert maria.report("x")["result"]["figures"]["rates"] == [
        {"rate": "B", "receipts_amount": 3690, "refunds_amount": 450}]


@pytest.mark.parametrize("change, field", [
    ({"lines": None}, "lines"), ({"original": None}, "original"),
    ({"amount": 451}, "amount"), ({"amount": 449}, "amount"), ({"sale_number": "17"}, "sale_number"),
    ({"original": {"number": 3, "time": "noon"}}, "original.time"),
    ({"lines": [{**BACK["lines"][0], "vat": "H"}]}, "lines[0].vat")])
def test_what_does_not_come_back(boxes, change, field):
    maria = boxes("x").maria
    body = {name: value for name, value in {**BACK, **change}.items() if value is not None}
    answer = ask(maria, "returns", body)
    assert answer.code in ("receipt-unprintable", "bad-body"), answer
    assert answer["field"] == field, answer


def test_the_classic_dialect_has_no_returns(make_till):
    box = make_till("classic", "speed=fast", document=returners())
    assert ask(box.client().sign_on("maria"), "returns", BACK).code == "not-supported"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_sale_has_a_number(make_till, dialect):
    box = make_till(dialect, "speed=fast")
    maria = box.client().sign_on("maria")
    body = {**SALE, "sale_number": "DT636533-0020-0010110"}
    assert ask(maria, "receipts", body).status == 200
    has_printed(box, "DT636533-0020-0010110")
    box.person("printer1 blocked on")
    assert ask(maria, "receipts", SALE)["reason"] == "sales-blocked"
    box.person("printer1 blocked off")
    box.person("printer1 journal full")
    assert ask(maria, "receipts", SALE)["reason"] == "memory-full"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_drawer_hangs_on_the_printer(make_till, dialect):
    box = make_till(dialect, "speed=fast", 'drawer = "plain"')
    maria = box.client().sign_on("maria")
    done = maria.open_drawer(key="once")
    assert (done["outcome"], done["result"]) == ("sent", {"drawer": "no-sensor"}), done
    assert maria.open_drawer(key="once")["id"] == done["id"]
    box.person("printer1 lose reply 106")
    assert maria.open_drawer()["outcome"] == "sent"
    assert box.account("printer1")["drawer_openings"] == 2
    box.person("printer1 crash after 106 200")
    assert maria.open_drawer().code == "outcome-unknown"
    assert box.account("printer1")["drawer_openings"] == 3


@pytest.mark.parametrize("change, field", [
    ({"buyer_tax_id": "123"}, "buyer_tax_id"),
    ({"lines": [{"name": "a", "price": 1, "vat": "B", "description": "b"}]},
     "lines[0].description")])
def test_what_has_no_place_is_asked_of_nobody(boxes, change, field):
    box = boxes("x")
    olga = box.client().sign_on("anna")
    body = {"lines": [{"name": "a", "price": 1, "vat": "B"}],
            "payments": [{"kind": "cash", "amount": 1}], **change}
    answer = ask(olga, "receipts", body)
    assert answer.code == "receipt-unprintable" and answer["field"] == field, answer
