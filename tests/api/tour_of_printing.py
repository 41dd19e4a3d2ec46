# SPDX-License-Identifier: Apache-2.0
"""The tour's fourth part: receipts, and what else a fiscal printer prints."""
import uuid

from tour import OLGAS_WORD, people
from tour_of_shifts import BEAS_WORD, do

WHOLE = {
    "lines": [{"name": "Ser żółty", "quantity": "0.255", "unit": "kg", "price": 3999, "vat": "C",
               "description": "Gouda", "discount": {"percent": "10", "name": "Rabat"}},
              {"name": "Chleb", "price": 450, "vat": "C", "discount": {"amount": 5}},
              {"name": "Bułka", "price": 80, "vat": "C", "discount": {"amount": 5, "markup": True}},
              {"void": 2}],
    "discounts": [{"percent": "15"}],
    "payments": [{"kind": "voucher", "amount": 200, "name": "Bon"},
                 {"kind": "cash", "amount": 2000}],
    "total": 853, "buyer_tax_id": "5261040828", "footer": ["Dziękujemy"], "reference": "T-1",
}
PLAIN = {"lines": [{"name": "Kawa", "price": 1000, "vat": "B"}],
         "payments": [{"kind": "cash", "amount": 1000}]}
JOB = {"document": [{"text": "Corner Shop", "align": "center", "bold": True}, {"cut": "full"}]}
PAPERS = {
    "receipts": PLAIN,
    "invoices": PLAIN,
    "returns": {"of": "receipt", "amount": 500, "cash": 300, "reason": "stale", "reference": "T-2"},
    "cash/slip": {"event": "a" * 26},
    "printouts": {"lines": ["Hello", ""]},
    "jobs": JOB,
    "copies": {"count": 1},
    "fiscal/read": {},
    "fiscal/clock": {"time": "2026-11-22T10:30", "reason": "summer time"},
}
CONSENTED = ("receipts", "returns", "copies", "fiscal/read", "fiscal/clock")


def shop():
    document = people()
    managers = document["groups"][2]
    managers["permissions"].append("refund.validate")
    managers["rights"]["receipt_correction"] = ["read", "add"]
    document["operators"].append({"name": "Bea", "groups": ["managers"], "restricted": True,
                                  "view_tills": [], "access_tills": ["1", "2"],
                                  "no_foreign_session": True, "single_session": False,
                                  **BEAS_WORD})
    document["tills"][0]["drawer"] = {"opens_on": ["receipt_cash", "refund_cash"]}
    return document


def put(client, what, body=None, till="1", **options):
    options.setdefault("key", uuid.uuid4().hex)
    return client.post(f"/v1/tills/{till}/{what}", PAPERS[what] if body is None else body,
                       **options)


def ok(answer):
    assert answer.status == 200, answer
    return answer


def refusals(box, able):
    stranger = box.client()
    for what in PAPERS:
        assert put(stranger, what).status == 401
        put(able, what, till="nowhere")
        assert put(able, what, key=None).status == 428
    olga = box.client().sign_on("olga", OLGAS_WORD["password"])
    for what in CONSENTED:
        assert put(olga, what).code == "authorization-required", what
    bea = box.client().sign_on("bea", BEAS_WORD["password"])
    for what in ("receipts", "returns"):
        assert put(bea, what).code == "session-foreign"


def receipts(box, able):
    whole = ok(put(able, "receipts", WHOLE))["result"]
    assert (whole["total"], whole["change"]) == (853, 1347)
    for _ in range(2):
        ok(put(able, "receipts", key="once"))
    assert put(able, "receipts", WHOLE, key="once").code == "key-reused"
    body = {**PLAIN, "lines": [{"name": "Kawa", "price": 1000, "vat": "G"}]}
    assert put(able, "receipts", body)["field"] == "lines[0].vat"
    assert put(able, "invoices").code == "not-supported"
    box.person("printer1 blocked on")
    assert put(able, "receipts")["reason"] == "sales-blocked"
    box.person("printer1 blocked off")
    tea = [{**PLAIN, "lines": [{"name": "Tea", "price": 1000, "vat": vat}]} for vat in "AB"]
    for body in tea:
        ok(put(able, "receipts", body))
    locked = put(able, "receipts", tea[0])
    assert (locked["reason"], locked["operation"]["result"]["field"]) == \
        ("article-locked", "lines[0].vat")


def the_rest(able):
    ok(put(able, "returns"))
    ok(put(able, "returns", {"of": "receipt", "amount": 5, "reason": "stale"}))
    booked = ok(do(able, "cash", {"direction": "out", "amount": 5, "reason": "bread"}))
    slip = {"event": booked["id"]}
    ok(put(able, "cash/slip", slip))
    assert put(able, "cash/slip", slip).code == "event-unusable"
    ok(put(able, "printouts"))
    assert put(able, "printouts", {"lines": ["PARAGON FISKALNY"]}).code == "refused-by-device"
    assert put(able, "printouts", {"lines": ["x" * 39]})["field"] == "lines[0]"
    ok(put(able, "copies"))
    ok(put(able, "fiscal/read"))
    assert put(able, "fiscal/clock")["reason"] == "report-needed"
    able.report("z")
    ok(put(able, "fiscal/clock"))
    assert put(able, "fiscal/clock", {"time": "noon", "reason": "x"}).code == "bad-body"


def meanwhile(box, able):
    """A receipt is being printed: nobody counts, closes or ends the day."""
    box.person("printer1 slow trend 4000")
    events = box.follow()
    selling = able.later(put, able, "receipts")
    events.wait("evidence")
    for what in ("count", "close", "day/end"):
        body = {} if what == "day/end" else None
        assert do(able, what, body).code == "sale-open", what
    assert put(able, "copies", wait=0).status == 202
    ok(selling.result())


def unknown(box, able):
    """Somebody else sells while the line is away: nothing can tell whose receipt it was."""
    box.person("printer1 hang up after trend 3000")
    events = box.follow()
    selling = able.later(put, able, "receipts")
    events.wait("operation.doubtful")
    box.person("printer1 receipt 12.34")
    answer = selling.result()
    assert answer.code == "outcome-unknown", answer
    counters = answer["operation"]["result"]["counters"]
    assert counters["after"]["last_receipt"] == counters["before"]["last_receipt"] + 2
    path = f"/v1/tills/1/operations/{answer['operation']['id']}/settle"
    assert able.post(path, {"outcome": "ok", "reason": "it is on the paper"}).status == 200


def jobs(box, able):
    """On the printer that the drawer hangs on."""
    ok(put(able, "jobs", {**JOB, "reference": "T-3"}))
    assert put(able, "jobs", {"raw": {"language": "escpos", "data": "G3AAGfo="}})["offset"] == 0
    assert put(able, "jobs", key=None).code == "key-missing"
    assert put(box.client(), "jobs").code == "sign-on-required"


def everything_printed(make_box):
    box = make_box(devices=("drawer1", "printer1")).up(shop())
    able = box.client().sign_on("maria")
    refusals(box, able)
    able = box.client().sign_on("maria")
    events = box.follow()
    for part in (receipts, meanwhile, unknown, jobs):
        part(box, able)
    the_rest(able)
    events.wait("outcome", action="clock.set")
    box.person("printer1 z")
    box.person("printer1 unplug")
    box.person("printer1 plug")
    seen = events.wait("report.unsolicited")
    assert seen["now"] == seen["before"] + 1
    box.journal()


def bulgaria(make_box):
    """A Datecs printer: what comes back is told line by line, and of which receipt."""
    box = make_box(devices=("printer1",), sim={"printer1": "datecs-x pty {dir}/printer1"},
                   config={"printer1": 'driver = "datecs-printer" opens-drawer = yes'}).up(shop())
    able = box.client().sign_on("maria")
    box.wait_ready()
    sale = "DT636533-0020-0010110"
    ok(put(able, "receipts", {**PLAIN, "sale_number": sale}))
    back = {"of": "receipt", "amount": 1000, "cash": 600, "reason": "stale", "sale_number": sale,
            "lines": PLAIN["lines"],
            "original": {"number": 4, "time": "2026-11-22T10:15:00", "memory": "02500002"}}
    assert put(able, "returns").code == "receipt-unprintable"
    ok(put(able, "returns", back))
    assert able.get("/v1/devices/printer1")["status"]["memory"] == "ok"
    able.get("/v1/tills/1")
    box.journal()


def a_shared_printer(make_box):
    box = make_box(devices=("printer1",), tills={"printer1": '"1", "2"'}, config={
        "printer1": 'driver = "posnet-printer" poll = 1000 opens-drawer = yes'}).up(shop())
    able, elsewhere = box.client().sign_on("maria"), box.client().sign_on("maria", till="2")
    ok(put(able, "receipts"))
    assert able.report("z").code == "sessions-open"
    assert put(able, "fiscal/clock").code == "sessions-open"
    session = elsewhere.get("/v1/tills/2/session")["session"]["id"]
    ok(do(elsewhere, "count", {"counted": 0}, till="2", session=session))
    ok(do(elsewhere, "close", {"withdrawal": 0}, till="2", session=session))
    box.person("printer1 receipt 12.34")
    box.person("printer1 slow dailyrep 3000")
    events = box.follow()
    closing = able.later(able.report, "z")
    events.wait("intent", action="report.z")
    assert elsewhere.open_session(0).code == "printer-closing"
    ok(closing.result())
    box.journal()


PARTS = (everything_printed, a_shared_printer, bulgaria)
