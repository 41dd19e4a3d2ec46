# SPDX-License-Identifier: Apache-2.0
"""Print jobs: documents and raw ones, on the printer that the drawer hangs on, and never a pulse."""
import base64
import time
import uuid

import pytest

from box import PATIENCE
from encoders import JOBS, RASTER
from test_tillctl_shift import Ctl

STAR = {"sim": {"drawer1": "star pty {dir}/drawer1"},
        "config": {"drawer1": 'driver = "star-drawer" sensor = "set-is-open" poll = 100'}}
DOCUMENT = [
    {"image": {"width": 64, "data": base64.b64encode(RASTER).decode()}, "align": "center"},
    {"text": "Corner Shop", "align": "center", "bold": True, "width": 2, "height": 2},
    {"text": "Coffee    ", "continues": True}, {"text": "3.50", "underline": True},
    {"text": "Café", "invert": True},
    {"barcode": {"kind": "ean-13", "data": "4006381333931", "text": True, "height": 60, "width": 3}},
    {"qr": {"data": "https://example.com/r/4711", "size": 5, "level": "h"}, "align": "right"},
    {"feed": 2}, {"cut": "partial"},
]


def raw(data, language="escpos"):
    return {"raw": {"language": language, "data": base64.b64encode(data).decode()}}


def put(client, body, key=None, **options):
    return client.post(f"/v1/tills/{client.till}/jobs", body, key=key or uuid.uuid4().hex, **options)


@pytest.fixture(scope="module", params=["escpos", "star"])
def counter(request, tmp_path_factory):
    """A till with a printer of either language, and what it had printed before."""
    import box as boxes
    made = boxes.Box(str(tmp_path_factory.mktemp("jobs")), devices=("drawer1",),
                     **(STAR if request.param == "star" else {}))
    try:
        made.up()
        made.language = request.param
        made.maria = made.client().sign_on("maria")
        yield made
    finally:
        made.close()


@pytest.fixture
def shut(counter):
    """No pulse in any of these tests, and nothing that the printer does not know."""
    yield
    account = counter.account("drawer1")
    assert account["openings"] == 0 and not account["pulses"], account
    assert account["unknown_commands"] == 0 and account["overrun_bytes"] == 0, account


@pytest.mark.parametrize("name", JOBS)
def test_what_encoders_write_is_printed(counter, shut, name):
    language, job = JOBS[name]
    before = counter.account("drawer1")
    answer = put(counter.maria, raw(job, language))
    if language != counter.language:
        assert (answer.code, answer["field"]) == ("job-refused", "raw.language"), answer
        return
    assert answer.status == 200, answer
    assert answer["outcome"] == ("ok" if language == "escpos" else "sent")
    after = counter.account("drawer1")
    assert after["printed_lines"] > before["printed_lines"] + 3
    assert after["cuts"] == before["cuts"] + 1


def test_a_document_is_printed(counter, shut):
    if counter.language == "star":  # its length is a drawer's command there
        refused = put(counter.maria, {"document": DOCUMENT})
        assert (refused.code, refused["field"]) == ("job-refused", "document[6]"), refused
        assert "26 bytes" in refused["detail"]
    document = [{**item, "qr": {"data": "https://example.com/4711"}} if "qr" in item else item
                for item in DOCUMENT]
    answer = put(counter.maria, {"document": document, "reference": "R-1"})
    assert answer.status == 200, answer
    assert answer["result"]["bytes"] > len(RASTER)
    paper = counter.account("drawer1")["paper"]
    assert "Corner Shop" in paper and "Coffee    3.50" in paper and "Café" in paper, paper
    assert "[image]" in paper and "[barcode]" in paper


def test_once_for_a_key(counter, shut):
    body = {"document": [{"text": f"once {uuid.uuid4().hex}"}]}
    first, again = put(counter.maria, body, key="once"), put(counter.maria, body, key="once")
    assert first["id"] == again["id"] and first.status == again.status == 200
    assert counter.account("drawer1")["paper"].count(body["document"][0]["text"]) == 1
    assert put(counter.maria, {"document": [{"feed": 1}]}, key="once").code == "key-reused"


REFUSED = {
    "escpos": [(b"Hi\n\x1bp\x00\x19\xfa", 3, "ESC p"), (b"\x1dk\x49\x05\x10\x14\x01\x00\x01\n", 4, "DLE DC4"),
               (b"\x1b=\x02", 0, "peripheral"), (b"\x1d(E\x00\x00", 0, "GS ("), (b"\x1b\x99", 0, "1B 99"),
               (b"\x1dv0\x00\x20\x00\x20\x00", 0, "GS v 0")],
    "star": [(b"Hi\n\x07", 3, "BEL"), (b"\x1b\x07\x14\x14\x07", 0, "ESC BEL"), (b"\x1bX\x01\x00\x00\x1c\x00\n", 5, "FS"),
             (b"\x1a", 0, "SUB"), (b"\x19", 0, "EM"), (b"\x1b*rA", 0, "raster mode")],
}


OPENING = ("ESC p", "DLE DC4", "BEL", "ESC BEL", "FS", "SUB", "EM")


@pytest.mark.parametrize("number", range(6))
def test_what_opens_drawers_or_stays_is_refused(counter, shut, number):
    job, offset, command = REFUSED[counter.language][number]
    before = counter.account("drawer1")["printed_lines"]
    key = uuid.uuid4().hex
    answer = put(counter.maria, raw(job, counter.language), key=key)
    assert (answer.status, answer.code, answer["field"]) == (422, "job-refused", "raw.data"), answer
    assert answer["offset"] == offset and command in answer["command"], answer
    assert answer["detail"].startswith(f"At byte {offset}: "), answer
    assert counter.account("drawer1")["printed_lines"] == before
    tries = [e for e in counter.journal() if e["kind"] == "job.refused"]
    opens = command in OPENING
    assert answer.body.get("opens_drawer", False) == opens
    assert any(e["detail"] == answer["detail"] for e in tries) == opens, tries
    # under the same key, once it is put right: nothing was begun
    assert put(counter.maria, raw(b"Hi\n", counter.language), key=key).status == 200


def test_what_is_no_job(counter, shut):
    for body, field in (({}, "document"), ({"document": []}, "document"),
                        ({"document": [{"feed": 1}], **raw(b"x", counter.language)}, "document"),
                        ({"document": [{"text": "x", "cut": "full"}]}, "document[0]"),
                        ({"document": [{"text": "x\x1bp0"}]}, "document[0].text"),
                        ({"document": [{"text": "x", "colour": 1}]}, "document[0].colour"),
                        ({"document": [{"image": {"width": 8, "data": "!"}}]}, "document[0]"),
                        ({"raw": {"language": "zpl", "data": "AA=="}}, "raw.language"),
                        ({"raw": {"language": counter.language, "data": "A"}}, "raw.data")):
        answer = put(counter.maria, body)
        assert answer.code in ("bad-body", "job-refused") and answer["field"] == field, answer


def test_it_takes_a_session(counter, shut):
    """Not a permission; and nobody's word for it."""
    body = {"document": [{"text": "x"}]}
    assert counter.client().post("/v1/tills/1/jobs", body, key="k").code == "sign-on-required"
    assert counter.maria.post("/v1/tills/1/jobs", body).code == "key-missing"
    assert put(counter.client(till="2").sign_on("maria", till="2", session=False),
               body).code == "no-such-device"


def test_the_job_is_kept_nowhere(counter, shut):
    """The journal holds how long it was, and its hash; the trace, that it was one."""
    text = "Zwetschgendatschi"
    done = put(counter.maria, {"document": [{"text": text}], "reference": "R-2"})
    entry = next(entry for entry in counter.journal() if entry["kind"] == "intent"
                 and entry["operation"] == done["id"])
    told = entry["parameters"]
    assert told["made_of"] == "document" and told["reference"] == "R-2", told
    assert told["bytes"] == done["result"]["bytes"] and len(told["sha256"]) == 64
    assert text not in str(list(counter.journal()))
    trace = counter.client().get("/v1/devices/drawer1/trace")
    assert text not in str(trace.body)
    assert f"a print job of {told['bytes']} bytes" in str(trace.body), trace.body


# -- what may come in between -----------------------------------------------------------------

@pytest.fixture
def till(make_box):
    box = make_box(devices=("drawer1",)).up()
    box.maria = box.client().sign_on("maria")
    return box


HELLO = {"document": [{"text": "Hello"}]}


@pytest.mark.parametrize("command, reason, back", [
    ("paper out", "paper-out", "paper ok"), ("cover open", "cover-open", "cover closed"),
    ("offline", "printer-offline", "online"), ("error on", "printer-error", "error off")])
def test_nothing_is_sent_to_a_printer_that_is_offline(till, command, reason, back):
    till.person(f"drawer1 {command}")
    failed = put(till.maria, HELLO)
    assert failed.code == "failed" and failed["reason"] == reason, failed
    till.person(f"drawer1 {back}")
    assert till.account("drawer1")["printed_lines"] == 0
    assert put(till.maria, HELLO)["outcome"] == "ok"
    assert till.account("drawer1")["paper"] == ["Hello"]


THREE = {"document": [{"text": text} for text in ("One", "Two", "Three")]}


@pytest.fixture
def slow(make_box):
    """Its printer takes half a second for a line."""
    box = make_box(devices=("drawer1",), sim={
        "drawer1": "escpos pty {dir}/drawer1 polarity=low-is-open line-time=500"}).up()
    box.maria = box.client().sign_on("maria")
    return box


def wait_until_printed(box, lines):
    """Each question is answered when tillsim has come to it: nothing is slept through."""
    end = time.monotonic() + PATIENCE
    while box.account("drawer1")["printed_lines"] < lines:
        assert time.monotonic() < end


def test_it_waits_for_paper(slow):
    events = slow.follow()
    printing = slow.maria.later(put, slow.maria, THREE)
    slow.street.wait("paper| One")
    slow.person("drawer1 paper out")
    assert events.wait("operation.progress")["text"] == "paper out"
    slow.person("drawer1 paper ok")
    assert printing.result()["outcome"] == "ok"
    assert slow.account("drawer1")["paper"] == ["One", "Two", "Three"]
    events.close()


def test_a_lost_line_is_unknown_and_nothing_is_sent_again(slow):
    printing = slow.maria.later(put, slow.maria, THREE, key="k")
    slow.street.wait("paper| One")
    slow.person("drawer1 unplug")
    slow.person("drawer1 plug")
    unknown = printing.result()
    assert unknown.code == "outcome-unknown" and unknown["reason"] == "no-answer", unknown
    assert put(slow.maria, THREE, key="k").code == "outcome-unknown"
    slow.wait_ready()
    wait_until_printed(slow, 3)
    # nothing is held up by it, and the drawer least of all
    assert slow.maria.open_drawer()["outcome"] == "ok"
    assert put(slow.maria, {"document": [{"text": "Next"}]})["outcome"] == "ok"
    account = slow.account("drawer1")
    assert account["paper"] == ["One", "Two", "Three", "Next"], account
    assert account["openings"] == 1 and account["unknown_commands"] == 0, account


def test_a_killed_daemon_prints_nothing_again(slow):
    printing = slow.maria.later(put, slow.maria, THREE, key="k")
    slow.street.wait("paper| One")
    slow.kill()
    with pytest.raises(Exception):
        printing.result()
    slow.start()
    slow.wait_ready()
    maria = slow.client().sign_on("maria", session=False)
    unknown = put(maria, THREE, key="k")
    assert unknown.code == "outcome-unknown" and unknown["reason"] == "restarted", unknown
    assert put(maria, {"document": [{"text": "Next"}]})["outcome"] == "ok"
    assert slow.account("drawer1")["paper"] == ["One", "Two", "Three", "Next"]


def test_the_drawer_opens_as_before(till):
    for _ in range(2):
        assert put(till.maria, HELLO)["outcome"] == "ok"
        opened = till.maria.open_drawer()
        assert opened["outcome"] == "ok", opened
        till.person("drawer1 close")
    account = till.account("drawer1")
    assert account["openings"] == 2 and account["paper"] == ["Hello"] * 2


def test_a_fiscal_printer_prints_no_jobs(make_box):
    box = make_box(devices=("printer1",)).up()
    assert put(box.client().sign_on("maria"), HELLO).code in ("no-such-device", "not-supported")


REFUSED_EXIT, MISUSE_EXIT = 1, 64


def test_tillctl_prints_files(till, tmp_path):
    ctl = Ctl(till)
    ctl.sign_on("maria")
    (tmp_path / "receipt.json").write_text('{"document": [{"text": "From a file"}]}')
    (tmp_path / "receipt.bin").write_bytes(b"\x1b@Raw bytes\n")
    (tmp_path / "pulse.bin").write_bytes(b"A\n\x1bp0\x19\xfa")
    assert ctl(f"print job {tmp_path}/receipt.json").returncode == 0
    assert ctl(f"print job {tmp_path}/receipt.bin escpos").returncode == 0
    refused = ctl(f"print job {tmp_path}/pulse.bin escpos", expect=REFUSED_EXIT)
    assert "At byte 2: a drawer pulse (ESC p)" in refused.stderr + refused.stdout
    unsaid = ctl(f"print job {tmp_path}/receipt.bin", expect=MISUSE_EXIT)
    assert f"tillctl print job {tmp_path}/receipt.bin escpos (or star)." in unsaid.stderr
    missing = ctl("print job nothing.json", expect=MISUSE_EXIT)
    assert "No such file" in missing.stderr and "language" not in missing.stderr
    account = till.account("drawer1")
    assert account["paper"] == ["From a file", "Raw bytes"] and account["openings"] == 0
