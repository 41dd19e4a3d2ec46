# SPDX-License-Identifier: Apache-2.0
"""Clients that leave, that say half a sentence, that are too many or too eager."""
import contextlib
import os
import socket
import time
import uuid

import pytest

from box import (ANNA, ANNAS_BADGE, MARIA, MARIAS_BADGE, PATIENCE, Client, UnixConnection,
                 exchange)
from contract import CONTRACT
from elsewhere import turned_away

DRAWER = ("drawer1",)


@pytest.fixture(scope="module")
def shop(shared_box):
    return shared_box


def send(box, method, path, body=b"", length=None, **headers):
    """A request whose answer nobody waits for; the connection."""
    connection = UnixConnection(box.socket, PATIENCE)
    connection.connect()
    lines = [f"{method} {path} HTTP/1.1", "Host: x"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body or length:
        lines += ["Content-Type: application/json",
                  f"Content-Length: {len(body) if length is None else length}"]
    connection.sock.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
    return connection


def descriptors(box):
    return len(os.listdir(f"/proc/{box.daemon.pid}/fd"))


# -- leaving --------------------------------------------------------------------------

def test_leaving_at_every_stage_leaves_nothing_behind(make_box):
    box = make_box(devices=("drawer1", "reader1")).up()
    anna, maria = box.client().sign_on("anna", till="2"), box.client().sign_on("maria")
    token = "Bearer " + maria.token
    question = Client(box).sign_on("anna", till="1")
    asked = question.open_drawer(key="k")["authorization"]["id"]
    client, events = box.client(), box.follow()
    before = descriptors(box) if os.getuid() == 0 else 0
    unfinished = [
        send(box, "GET", "/v1"),
        send(box, "POST", "/v1/sign-ons", b'{"till"', length=100),
        send(box, "GET", "/v1/events"),
        send(box, "GET", "/v1/events?after=0"),
        send(box, "GET", "/v1/journal/export"),
        send(box, "POST", "/v1/journal/verify"),
        send(box, "GET", f"/v1/authorizations/{asked}?wait=120"),
        send(box, "POST", "/v1/sign-ons",
             b'{"till": "1", "login": "maria", "password": "wrong"}'),
        send(box, "POST", "/v1/tills/1/drawer/open", b'{"reason": "x"}', Authorization=token,
             Idempotency_Key=uuid.uuid4().hex),
    ]
    half = UnixConnection(box.socket, PATIENCE)
    half.connect()
    half.sock.sendall(b"GET /v1 HT")
    waiting = send(box, "POST", "/v1/sign-ons", b'{"till": "2", "badge": true}', Prefer="wait=60")
    events.wait("reader.armed", till="2")
    waiting.close()
    events.wait("reader.disarmed", till="2")
    for connection in (half, *unfinished):
        connection.close()
    assert client.get("/v1").status == 200
    assert anna.get("/v1/sign-ons/current").status == 200
    events.wait("wrong-credentials")
    while before and descriptors(box) > before:
        client.get("/v1")
    box.stop()  # cleanly, too


def test_a_stream_that_is_left_half_read_makes_room_at_once(make_box):
    """Also where nothing happens that could be written to it."""
    box = make_box(devices=()).up()
    before = descriptors(box)
    for _ in range(3):
        streams = []
        for _ in range(40):
            stream = socket.socket(socket.AF_UNIX)
            stream.connect(str(box.socket))
            stream.sendall(b"GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n")
            assert stream.recv(20).startswith(b"HTTP/1.1 200")
            streams.append(stream)
        for stream in streams:
            stream.close()
        end = time.monotonic() + PATIENCE
        while descriptors(box) > before and time.monotonic() < end:
            box.client().get("/v1")
        assert descriptors(box) <= before


def test_what_was_begun_goes_on_without_its_client(make_box):
    box = make_box(devices=("printer1",)).up()
    events, maria = box.follow(), box.client().sign_on("maria")
    gone = send(box, "POST", "/v1/tills/1/reports", b'{"kind": "z"}', Idempotency_Key="z",
                Authorization="Bearer " + maria.token)
    operation = events.wait("intent")["operation"]
    gone.close()
    assert events.wait("outcome")["operation"] == operation
    again = maria.report("z", key="z")
    assert again.status == 200 and again["id"] == operation
    assert len(box.account("printer1")["z_reports"]) == 1


def test_a_client_that_has_closed_its_own_side_is_still_answered(shop):
    connection = send(shop, "GET", "/v1")
    connection.sock.shutdown(1)
    heard = b""
    while more := connection.sock.recv(65536):
        heard += more
    connection.close()
    assert heard.startswith(b"HTTP/1.1 200") and heard.endswith(b"}\n")


def test_a_reader_of_events_that_does_not_read_is_cut_off_and_nobody_waits_for_it(make_box):
    box = make_box(devices=("terminal1",)).up()
    maria = box.client().sign_on("maria")
    lazy = send(box, "GET", "/v1/events")
    box.person("terminal1 next storm 3000")  # so many progress events, 700 KB
    assert maria.pay(100).status == 200
    heard = b""
    while more := lazy.sock.recv(65536):  # what was on its way, and then the end
        heard += more
    lazy.close()
    assert 0 < heard.count(b"event: operation.progress") < 3000
    assert b"event: outcome" not in heard
    box.follow("?after=0").wait("outcome")  # it can go on where it was


# -- half a sentence ------------------------------------------------------------------

def test_slow_ones_hold_up_nobody(make_box):
    box = make_box(devices=()).start().set_up()
    slow = []
    for i in range(50):
        slow.append(UnixConnection(box.socket, PATIENCE))
        slow[-1].connect()
        slow[-1].sock.sendall(b"POST /v1/sign-ons HTTP/1.1\r\nHost: x\r\nX-Slow: "[:20 + i % 30])
    client = box.client()
    for _ in range(5):
        for one in slow:
            one.sock.sendall(b"x")
        assert client.get("/v1").status == 200
    client.sign_on("anna")
    for one in slow:
        one.close()


# -- too many -------------------------------------------------------------------------

def test_the_connection_after_the_last_is_turned_away_and_told(make_box):
    box = make_box(devices=()).start()
    with contextlib.ExitStack() as stack:
        for _ in range(64):
            kept = stack.enter_context(contextlib.closing(UnixConnection(box.socket, PATIENCE)))
            assert exchange(kept, "GET", "/v1").status == 200
        answer = turned_away(box)
        CONTRACT.check("GET", "/v1", answer)
        assert (answer.status, answer.code) == (503, "too-many-connections")
        assert answer.headers["Retry-After"] == "1"
        assert exchange(kept, "GET", "/v1").status == 200  # the others are served
    with contextlib.closing(UnixConnection(box.socket, PATIENCE)) as connection:
        assert exchange(connection, "GET", "/v1").status in (200, 503)


def test_who_is_turned_away_after_speaking_is_told_as_well(make_box):
    """Most clients write before they read; a closed socket would be all that they see."""
    box = make_box(devices=(), socket='mode = "0600" connections-per-user = 1').start()
    with contextlib.closing(UnixConnection(box.socket, PATIENCE)) as kept:
        exchange(kept, "GET", "/v1")
        for _ in range(20):
            assert box.client().get("/v1").code == "too-many-connections"


def test_the_end_does_not_wait_for_those_who_were_turned_away(make_box):
    box = make_box(devices=(), socket='mode = "0600" connections-per-user = 1').start()
    with contextlib.ExitStack() as stack:
        for status in [200] + [503] * 40:
            one = stack.enter_context(contextlib.closing(UnixConnection(box.socket, PATIENCE)))
            assert exchange(one, "GET", "/v1").status == status
        box.stop()


def test_many_at_once(shop):
    client = shop.client()
    asked = [client.later(client.get, "/v1/tills") for _ in range(50)]
    assert {a.result().status for a in asked} == {200}


# -- too eager ------------------------------------------------------------------------

def kinds(box, kind):
    return [e for e in box.journal(kind=kind)]


def test_a_flood_of_refusals_is_told_to_slow_down_and_the_journal_stays_small(make_box):
    box = make_box(devices=DRAWER).up()
    anna = box.client().sign_on("anna")
    answers = [anna.open_drawer(reason=f"try {i}") for i in range(150)]
    assert {a.code for a in answers} == {"authorization-required", "too-many-requests"}
    for answer in answers:
        if answer.status == 429:
            assert answer["retry_after"] >= 1
    assert len(kinds(box, "refused")) <= 16
    assert box.client().sign_on("maria").open_drawer().status == 200  # who may is not affected


def test_withdrawing_and_asking_again_is_no_way_around(make_box):
    box = make_box(devices=DRAWER).up()
    anna = box.client().sign_on("anna")
    for i in range(120):
        answer = anna.open_drawer(reason=f"try {i}")
        if answer.status == 429:
            break
        anna.request("DELETE", "/v1/authorizations/" + answer["authorization"]["id"])
    assert answer.code == "too-many-requests" and 25 < i < 60
    assert len(kinds(box, "refused")) <= 60


def test_one_uid_has_so_many_questions_open(make_box):
    box = make_box(devices=DRAWER).up()
    anna = box.client().sign_on("anna")
    asked = [anna.open_drawer(key=f"k{i}") for i in range(17)]
    assert [a.status for a in asked] == [403] * 16 + [429]
    assert anna.approve(asked[3]["authorization"]["id"]).status == 200
    assert anna.open_drawer(key="k3").status == 200
    assert anna.open_drawer(key="k17").status == 403  # there is room for one again


def test_wrong_passwords_do_not_fill_the_journal(make_box):
    box = make_box(devices=DRAWER).up()
    client = box.client()
    body = {"till": "1", "login": "anna", "password": "wrong"}
    answers = [client.post("/v1/sign-ons", body) for _ in range(60)]
    assert answers[-1].code == "slow-down"
    assert len(kinds(box, "wrong-credentials")) <= 8


def test_those_who_may_not_consent_do_not_fill_the_journal(make_box):
    """Right passwords of people who can't authorize this: each is on record, to a limit."""
    box = make_box(devices=DRAWER).up()
    anna = box.client().sign_on("anna")
    asked = anna.open_drawer(key="k")["authorization"]["id"]
    codes = [anna.approve(asked, "anna", ANNA).code]
    while codes[-1] == "own-authorization" and len(codes) < 1000:
        codes.append(anna.approve(asked, "anna", ANNA).code)
    assert codes[-1] == "too-many-requests"
    assert len(kinds(box, "authorization.not-taken")) == len(codes) - 1
    assert anna.approve(asked, "maria", MARIA).status == 200


def test_a_key_by_two_requests_with_different_bodies_at_once(make_box):
    box = make_box(devices=DRAWER).up()
    maria = box.client().sign_on("maria")
    tries = [maria.later(maria.open_drawer, key="k", reason=f"reason {i % 2}") for i in range(8)]
    answers = [t.result() for t in tries]
    done = [a for a in answers if a.status == 200]
    assert len({a["id"] for a in done}) == 1
    assert {a.code for a in answers if a.status != 200} == {"key-reused"}
    assert box.account("drawer1")["pulse_count"] == 1


def test_an_answer_without_prefer_is_waited_for(make_box):
    """Nobody has to know of Prefer: a Z takes its time, and 200 comes when it is done."""
    box = make_box(devices=("printer1",)).up()
    assert box.client().sign_on("maria").report("z").status == 200


def test_a_consent_without_prefer_is_not_waited_for(make_box):
    box = make_box(devices=("drawer1", "reader1")).up()
    anna, events = box.client().sign_on("anna"), box.follow()
    assert anna.open_drawer().code == "authorization-required"
    assert anna.open_drawer(wait=0).code == "authorization-required"
    assert "reader.armed" not in [e["event"] for e in events.seen]


def test_an_operation_is_on_disk_before_anybody_is_told_of_it(make_box):
    box = make_box(devices=DRAWER).up()
    maria = box.client().sign_on("maria")
    for _ in range(10):
        answer = maria.open_drawer(wait=0)
        if answer.status == 202:
            operation = answer.headers["Location"].rsplit("/", 1)[1]
            assert [e["kind"] for e in box.journal(operation=operation)][0] == "intent"
