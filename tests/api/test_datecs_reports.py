# SPDX-License-Identifier: Apache-2.0
"""The reports of a Datecs printer, of either dialect, over the real socket and line; and what it
refuses.
"""
import pytest

from datecs import DIALECTS, ask, beside, boxes, make_till, reports  # noqa: F401


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
    ("memory full", "memory ok", "memory-full", {"x": "-100105", "classic": "-150300"}),
    ("journal full", "journal ok", None, None)])
def test_what_is_refused(boxes, words, undone, reason, code):
    def part(box, dialect):
        before = reports(box)
        box.person(f"printer1 {words}")
        answer = box.maria.report("z")
        box.person(f"printer1 {undone}")
        if reason is None:  # a Z report still goes into a journal that sells no more
            assert answer.status == 200, answer
            return
        assert answer.code == "refused-by-device" and answer["reason"] == reason, answer
        if code:
            assert answer["operation"]["result"]["code"] == code[dialect]
        assert reports(box) == before
    beside(boxes, part)


@pytest.mark.parametrize("dialect, code", [("classic", "-150203"), ("x", "-100009")])
def test_a_day_without_sales(make_till, dialect, code):
    """One that wants none is told so, and so is one that was just closed."""
    box = make_till(dialect, "speed=fast receipts=0 zero-z=refuse")
    maria = box.client().sign_on("maria")
    for again in (False, True):
        answer = maria.report("z")
        assert answer.code == "refused-by-device", answer
        assert answer["reason"] == "nothing-to-report", answer
        assert answer["operation"]["result"]["code"] == code
        if not again:
            box.person("printer1 receipt 12.00")
            assert maria.report("z").status == 200


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_memory_is_near_its_end(make_till, dialect):
    box = make_till(dialect, "speed=fast")
    technician = box.client()
    for words in ("low", "full", "ok"):
        events = box.follow()
        box.person(f"printer1 memory {words}")
        while technician.get("/v1/devices/printer1")["status"]["memory"] != words:
            events.wait("device")
        events.close()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_z_report_while_the_daemon_was_down(make_till, dialect):
    """At midnight, or at its keypad: it is told at the first status, once."""
    box = make_till(dialect, "speed=fast zero-z=allow")
    box.client().sign_on("maria").report("z")
    box.kill()
    box.person("printer1 z")
    for _ in range(2):
        box.start()
        box.follow("?after=0").wait("report.unsolicited")
        box.wait_ready()
        told = [e for e in box.journal() if e["kind"] == "report.unsolicited"]
        assert [(e["device"], e["before"], e["now"]) for e in told] == [("printer1", 5, 6)]
        box.stop()


@pytest.mark.parametrize("numbers", [(700, 900), (1, 99999)])
def test_days_that_are_not_there(boxes, numbers):
    def part(box, dialect):
        answer = box.maria.report("periodic", from_number=numbers[0], to_number=numbers[1])
        assert answer.code == "refused-by-device" and answer["reason"] == "bad-range", answer
    beside(boxes, part)


def test_no_receipt_to_copy(make_till):
    answer = ask(make_till("x", "speed=fast receipts=0").client().sign_on("maria"), "copies",
                 {"count": 1})
    assert answer.code == "refused-by-device" and answer["reason"] == "bad-range", answer


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
