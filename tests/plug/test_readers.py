# SPDX-License-Identifier: Apache-2.0
"""Badge readers that type and readers that send reports, with the real tilld."""
import subprocess
import time

import pytest

import secrets_planted
from box import BUILD, PATIENCE, policy

MAGTEK = ("0600FF0901A101150026FF0075080920092109220928"
          "0929092A0938950781020930956E8202010931956E82"
          "02010932956E82020109209518B20201C0")
PAN = "4111111111111111"
STRIPE = ";0042=9912?"

THINGS = {
    "wedge": ("keyboard - Id=08ff:0009", 'keyboard = "08ff:0009"', 'driver = "wedge-reader"',
              f"reader1 type {STRIPE}~", f"reader1 type ;{PAN}=2912?~"),
    "magtek": (f"hid magtek Id=0801:0002 Reports={MAGTEK}", 'hid = "0801:0002"',
               'driver = "swipe-reader"', f"reader1 swipe {STRIPE}",
               f"reader1 swipe %B{PAN}^SMITH/JANE^2912?;{PAN}=2912?"),
}


def people():
    """Maria's badge is a stripe, known by its second track."""
    document = policy()
    maria = next(o for o in document["operators"] if o["login"] == "maria")
    maria["badges"] = ["mag2:0042d9912", "em32:184edcba"]
    return document


@pytest.fixture(params=THINGS)
def reader(request, make_plug_box):
    thing, wire, driver, badge, card = THINGS[request.param]
    box = make_plug_box({"reader1": wire}, things={"reader1": thing},
                        config={"reader1": driver}).up(people())
    box.badge, box.card = badge, card
    return box


def sign_on_by_badge(box, line):
    """Whoever is signed on by that."""
    events = box.follow()
    waiting = box.client().later(box.client().post, "/v1/sign-ons",
                                 {"till": "1", "badge": True}, wait=20)
    events.wait("reader.armed")
    time.sleep(1.05)  # the reader's rule itself: see docs/policy.md
    box.person(line)
    return waiting, events


def test_a_badge_signs_on(reader):
    waiting, _ = sign_on_by_badge(reader, reader.badge)
    answer = waiting.result()
    assert answer.status == 201 and answer["operator"]["login"] == "maria", answer


def test_a_payment_card_is_turned_away_and_kept_nowhere(reader):
    waiting, events = sign_on_by_badge(reader, reader.card)
    assert "payment card" in events.wait("reader.ignored")["why"]
    assert not waiting.done()  # it still waits for a badge
    reader.person(reader.badge)
    assert waiting.result().status == 201
    reader.stop()
    for file in (f for f in reader.dir.rglob("*") if f.is_file()):
        assert PAN.encode() not in file.read_bytes(), file
    assert PAN not in "\n".join(reader.log.seen)


def test_nothing_of_a_card_is_in_a_trace_or_a_report(reader):
    waiting, events = sign_on_by_badge(reader, reader.card)
    events.wait("reader.ignored")
    reader.person(reader.badge)
    assert waiting.result().status == 201
    trace = reader.client().get("/v1/devices/reader1/trace")
    assert trace["line"] in ("hid", "keyboard")
    told = [r for r in trace["records"] if r["way"] == "in"]
    assert len(told) >= 2 and all("none of it is kept" in r["text"] for r in told), told
    assert not any("hex" in r for r in trace["records"])
    report = subprocess.run([BUILD / "tillctl", "--socket", reader.socket, "report", "--record", "-"],
                            capture_output=True, timeout=PATIENCE, check=True).stdout
    assert b"none of it is kept" in report
    for secret in (PAN, "=2912", "0042=9912", "0042d9912", "SMITH"):
        for spelling, what in secrets_planted.spellings(secret).items():
            assert what not in trace.raw and what not in report, (secret, spelling)


def test_pulled_out_and_put_back_while_it_is_waited_for(reader):
    reader.unplug("reader1")
    reader.wait_state("reader1", "lost")
    assert not [line for line in reader.log.seen if "can't be written" in line]
    reader.replug("reader1")
    reader.wait_state("reader1", "ready")
    waiting, _ = sign_on_by_badge(reader, reader.badge)
    assert waiting.result().status == 201


def test_not_one_key_gets_past(make_plug_box):
    """Quiet until tilld has grabbed it, and quiet again before it lets go."""
    box = make_plug_box({"reader1": 'keyboard = "/dev/input/event1"'},
                        things={"reader1": "keyboard - Id=0801:0001"},
                        config={"reader1": 'driver = "wedge-reader"'})
    box.start_sim()
    assert box.asks("reader1", "inhibited") == "inhibited 1"
    box.start().set_up(people()).wait_ready()
    box.street.wait("reader1: grabbed")
    assert box.asks("reader1", "inhibited") == "inhibited 0"
    # udev looks at all devices anew, and its rule switches it on again: not for long
    box.person("reader1 inhibit")
    box.plug("other", "printer escpos Port=1-2")
    end = time.monotonic() + PATIENCE
    while box.asks("reader1", "inhibited") != "inhibited 0":
        assert time.monotonic() < end
    box.stop()
    assert box.asks("reader1", "inhibited") == "inhibited 1"


def test_keys_that_were_lost_make_no_badge(make_plug_box):
    thing, wire, driver, *_ = THINGS["wedge"]
    box = make_plug_box({"reader1": wire}, things={"reader1": thing},
                        config={"reader1": driver}).up(people())
    waiting, _ = sign_on_by_badge(box, "reader1 type 04")
    box.person("reader1 drop")
    box.person("reader1 type 07821498~")
    box.log.wait("no badge")
    time.sleep(1.1)  # so long the rest of a broken burst is not listened to
    assert not waiting.done()
    box.person("reader1 type 0407821498~")
    assert waiting.result().status == 201
