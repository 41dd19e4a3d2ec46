# SPDX-License-Identifier: Apache-2.0
"""The tour's part about card terminals: refunds, copies, ends of the day, service."""
import uuid

from box import MARIA
from elsewhere import OtherClient
from tour import NOTHING, OTHER, ROOT, maria, olga, people, until

NEW = ("refund", "terminal")


def do(client, what, till="1", key=True, **options):
    """One of NEW, or a look at slips, with the usual body or another one."""
    headers = options.pop("headers", None)
    if what == "slips":
        payment = options.pop("payment", NOTHING)
        return client.get(f"/v1/tills/{till}/payments/{payment}/slips", headers=headers, **options)
    path, usual = {"refund": ("refunds", {"amount": 100, "currency": "EUR", "reference": "no. 1",
                                          "reason": "goods returned"}),
                   "terminal": ("terminal", {"kind": "day-end"})}[what]
    body = {**usual, **options.pop("body", {})}
    if key is True:
        key = uuid.uuid4().hex
    return client.post(f"/v1/tills/{till}/{path}", body, key=key, headers=headers, **options)


def service(client, task="status", device="terminal1", **options):
    return client.post(f"/v1/devices/{device}/service", {"task": task}, **options)


def expect(answer, wanted):
    assert wanted in (answer.status, answer.code), answer
    return answer


def pay(client, **body):
    return expect(client.post("/v1/tills/1/payments", {"amount": 1000, **body},
                              key=uuid.uuid4().hex), 200)


def questions(box, paid):
    """Whoever may not asks; and the end of questions."""
    asker, stranger = olga(box), box.client()
    elsewhere = olga(box, till="2")
    asker = olga(box)
    for what in (*NEW, "slips"):
        expect(do(stranger, what, payment=paid) if what == "slips" else do(stranger, what),
               "sign-on-required")
        expect(do(asker, what, till="nowhere"), "not-found")
        expect(do(elsewhere, what, till="2"), 404)
    for what in NEW:
        expect(do(asker, what, key=None), "key-missing")
    for what in (*NEW, "slips"):
        options = {"payment": paid} if what == "slips" else {"key": what}
        asked = expect(do(asker, what, **options), "authorization-required")
        events = box.follow()
        asking = asker.later(do, asker, what, wait=20, **options)
        question = "/v1/authorizations/" + asked["authorization"]["id"]
        events.wait("reader.armed")
        expect(asker.post(question + "/deny", {"login": "maria", "password": MARIA}), 200)
        expect(asking.result(), 410)
        asking = asker.later(do, asker, what, wait=20, **options)
        question = "/v1/authorizations/" + events.wait("refused")["authorization"]
        expect(asker.request("DELETE", question), 204)
        expect(asking.result(), 410)
        events.close()
    events = box.follow()
    asked = do(asker, "slips", payment=paid)["authorization"]["id"]
    expect(asker.approve(asked), 200)
    expect(do(asker, "slips", payment=paid), 200)
    events.wait("payment.slips")
    events.close()


def prints(box, paid):
    """Slips on the till's printer."""
    able = maria(box)
    path = f"/v1/tills/1/payments/{paid}/slips"
    ended = expect(do(able, "terminal"), 200)["id"]
    for copy, of in (("merchant", paid), ("customer", paid), ("administration", ended)):
        expect(able.post(path.replace(paid, of), {"copy": copy}, key=uuid.uuid4().hex), 200)
    expect(able.post(path, {"copy": "administration"}, key=uuid.uuid4().hex), "not-found")
    expect(able.post(path, {"copy": "merchant"}), "key-missing")
    expect(box.client().post(path, {"copy": "merchant"}, key="k"), "sign-on-required")
    expect(olga(box).post(path, {"copy": "merchant"}, key="k"), "authorization-required")


def no_answers(make_box):
    box = make_box(settings="consent-seconds = 1").up(people())
    paid = pay(maria(box))["id"]
    asker = olga(box)
    asking = [asker.later(do, asker, what, wait=20) for what in NEW]
    asking.append(asker.later(do, asker, "slips", payment=paid, wait=20))
    assert {a.result().code for a in asking} == {"authorization-expired"}


def consents_in_advance(box, paid):
    able, asker = box.client().sign_on("maria", till="2"), olga(box)
    for what, action in (("refund", "payment.refund"), ("terminal", "terminal.day-end"),
                         ("slips", "payment.slips")):
        options = {"payment": paid} if what == "slips" else {}
        consent = {"requester": "olga", "till": "1", "action": action, "password": MARIA}
        if what == "refund":
            expect(able.post("/v1/authorizations", consent), "bad-body")
            consent["amount"] = 100
        given = able.post("/v1/authorizations", consent)
        headers = {"Tilld-Authorization": expect(given, 201)["token"]}
        expect(do(asker, what, headers=headers, **options), 200)
        expect(do(asker, what, headers=headers, **options), "authorization-spent")


def terminals(make_box):
    box = make_box(socket='mode = "0666"').up(people())
    able = maria(box)
    box.person("terminal1 next tip 50")
    tip = pay(able)
    box.person("terminal1 next amount 400")
    pay(able)
    box.person("terminal1 next conversion")
    pay(able)
    box.person("terminal1 next signature")
    paid = pay(able, authorization="730415")["id"]
    box.person(f"terminal1 reverse {tip['result']['receipt']}")
    events = box.follow()
    expect(able.post(f"/v1/tills/1/payments/{tip['id']}/cancel", {"reason": "returned"},
                     key="by-hand"), 200)
    events.wait("terminal.alarm")
    events.close()
    questions(box, paid)
    able = maria(box)
    for what in NEW:
        expect(do(able, what, key=what, wait=0), 202)
        until(200, do, able, what, key=what)
        other = {"amount": 7} if what == "refund" else {"kind": "receipt"}
        expect(do(able, what, key=what, body=other), "key-reused")
        box.person("terminal1 next decline")
        expect(do(able, what), "refused-by-device")
    expect(do(able, "terminal"), 200)
    expect(do(able, "terminal", body={"kind": "receipt"}), 200)
    expect(do(able, "refund", body={"payment": NOTHING}), "not-found")
    expect(do(able, "refund", body={"payment": paid, "amount": 1001}), "payment-not-reversible")
    expect(do(able, "refund", body={"payment": paid}), 200)
    expect(do(able, "refund", body={"payment": paid}), "payment-not-reversible")
    box.person("terminal1 next update 300")
    pay(able)
    expect(do(able, "terminal"), 200)
    until(200, do, able, "terminal")
    consents_in_advance(box, paid)
    services(box)
    prints(box, paid)
    until("too-many-requests", lambda: do(olga(box), "slips", payment=paid))
    asker = olga(box)
    for what in NEW:
        body = {"refund": lambda: {"reason": uuid.uuid4().hex}, "terminal": dict}[what]
        until("too-many-requests", lambda what=what, body=body: do(asker, what, body=body()))
    box.journal()


def services(box):
    technician = box.client()
    for task in ("status", "diagnosis", "initialise", "log-off"):
        expect(service(technician, task), 200)
    expect(service(technician, "diagnosis", wait=0), 202)
    until(200, service, technician, "status")
    box.person("terminal1 next network down")
    expect(service(technician, "initialise"), "refused-by-device")
    expect(service(technician, device="nothing"), "not-found")
    expect(service(technician, device="drawer1"), "not-supported")
    box.person("terminal1 close at 3")
    expect(service(technician, "diagnosis"), "failed")
    if ROOT:
        expect(service(OtherClient(box, OTHER)), "technicians-only")
    box.wait_ready("terminal1")


def unknown_ends(make_box):
    """What no terminal can tell any more; and who has too much to do."""
    for what in NEW:
        box = make_box(devices=("terminal1",),
                       sim={"terminal1": "zvt tcp 0 booking=keep repeat-eod=no"}).up(people())
        able = maria(box)
        box.person("terminal1 close at 5")
        expect(do(able, what), "outcome-unknown")
        expect(do(able, what), "outcome-open")
        expect(service(able, "diagnosis"), "outcome-open")
        box.close()


def busy_ends(make_box):
    box = make_box(devices=("terminal1",), sim={"terminal1": "zvt tcp 0 auto=no"}).up(people())
    events, able = box.follow(), maria(box)
    box.person("terminal1 unplug")
    while able.get("/v1/devices/terminal1")["state"] in ("ready", "busy"):
        events.wait("device")
    for what in NEW:
        expect(do(able, what), "device-not-ready")
    expect(service(able), "device-not-ready")
    box.person("terminal1 plug")
    box.wait_ready("terminal1")
    able.post("/v1/tills/1/payments", {"amount": 1000}, key="by-nobody", wait=0)
    events.wait("operation.progress")
    for what in NEW:
        queued = do(able, what, key=what, wait=0)
        off = able.request("DELETE", queued.headers["Location"])
        expect(off, 202)
        expect(do(able, what, key=what), "failed")
    for what in NEW:
        until("device-busy", do, able, what, wait=0)
    until("device-busy", service, able, wait=0)
    box.person("terminal1 unplug")
    events.wait("operation.doubtful")


def do_to_be_lost(client):
    """Before the database comes back from the past; in it; and after that was confirmed."""
    for what in NEW:
        expect(do(client, what, key=f"lost-{what}"), 200)


def do_in_the_past(client):
    for what in NEW:
        expect(do(client, what), "rolled-back")
    expect(service(client), "rolled-back")


def expect_lost(client):
    for what in NEW:
        expect(do(client, what, key=f"lost-{what}"), "outcome-lost")


PARTS = (terminals, no_answers, unknown_ends, busy_ends)
