# SPDX-License-Identifier: Apache-2.0
"""What comes in wrong: refused, with words that help, and nothing else happens."""
import contextlib
import http.client
import io
import json
import socket
import uuid

import pytest

from box import PATIENCE, Answer, Client, UnixConnection
from contract import CONTRACT

SIGN_ON = {"till": "1", "login": "anna", "password": "anna-sells-apples"}


@pytest.fixture(scope="module")
def shop(shared_box):
    return shared_box


@pytest.fixture
def anna(shop):
    return shop.client().sign_on("anna")


@pytest.fixture
def maria(shop):
    return shop.client().sign_on("maria")


class Heard(io.BytesIO):
    """What was heard, for http.client to read one answer after the other of."""

    def makefile(self, *_):
        return self

    def close(self):
        pass


def say(box, *pieces):
    """Sends bytes as they are; all answers until the daemon has no more to say."""
    heard, answers = b"", []
    with contextlib.closing(UnixConnection(box.socket, PATIENCE)) as connection:
        connection.connect()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for piece in pieces:
                connection.sock.sendall(piece)
            connection.sock.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            while more := connection.sock.recv(65536):
                heard += more
    heard = Heard(heard)
    while heard.tell() < len(heard.getvalue()):
        got = http.client.HTTPResponse(heard)
        got.begin()
        answers.append(Answer(got.status, got.headers, got.read()))
    return answers


def still_well(box):
    assert Client(box).get("/v1").status == 200


# -- bodies -------------------------------------------------------------------------

@pytest.mark.parametrize("body, code", [
    (b"{", "bad-json"),
    (b"{} x", "bad-json"),
    (b"{'till': '1'}", "bad-json"),
    (b'{"till": "1",}', "bad-json"),
    (b'{"till": "1", "till": "2"}', "bad-json"),
    (b'{"till": "\xff"}', "bad-json"),
    (b'{"till": "\xc0\xaf"}', "bad-json"),
    (b'{"till": "\\u0000"}', "bad-json"),
    (b'{"till": "\\ud800"}', "bad-json"),
    (b'\xef\xbb\xbf{"till": "1"}', "bad-json"),
    (b'{"till": 99999999999999999999999999}', "bad-json"),
    (b'{"till": NaN}', "bad-json"),
    (b"\x00", "bad-json"),
    (b"[" * 30000, "bad-json"),
    (b'{"till":' * 8000, "bad-json"),
    (b'{"till": ' + b"[" * 1000 + b"]" * 1000 + b"}", "bad-body"),
    (b"[]", "bad-body"),
    (b"null", "bad-body"),
    (b'"till"', "bad-body"),
    (b"5", "bad-body"),
    (b"", "bad-body"),
    (b"{}", "bad-body"),
], ids=lambda value: repr(value[:20]))
def test_bodies_that_are_no_objects(shop, body, code):
    answer = shop.client().post("/v1/sign-ons", raw=body)
    assert (answer.status, answer.code) == (400, code), answer


@pytest.mark.parametrize("body, words", [
    (b'{"amount": 99999999999999999999999}', "A number is too large"),
    (b'{"till": "a\\u0000"}', "Text can't hold the character \\u0000"),
    (b'{"till\\u0000": 1}', "A name can't hold the character \\u0000"),
    (b"[" * 30000, "too deep"),
])
def test_what_is_json_is_not_called_something_else(shop, body, words):
    answer = shop.client().post("/v1/sign-ons", raw=body)
    assert answer.code == "bad-json" and words in answer["detail"], answer


@pytest.mark.parametrize("text", ["\u202egnp.exe", "a\u2066b", "a\u200bb", "\ufeff", "a\u2028b",
                                  "\U000e0041"], ids=ascii)
def test_a_reason_reads_as_it_is(shop, text):
    anna = shop.client().sign_on("anna")
    answer = anna.open_drawer(reason=text)
    assert (answer.code, answer["field"]) == ("bad-body", "reason"), answer


def test_a_complaint_about_json_does_not_repeat_it(shop):
    answer = shop.client().post("/v1/sign-ons", raw=b'{"password": "hunter2hunter2" x}')
    assert answer.code == "bad-json" and "byte" in answer["detail"]
    assert b"hunter2" not in answer.raw


@pytest.mark.parametrize("change, field", [
    ({"till": 1}, "till"), ({"till": None}, "till"), ({"till": ""}, "till"),
    ({"till": "a b"}, "till"), ({"till": "../1"}, "till"), ({"till": "x" * 33}, "till"),
    ({"login": ["anna"]}, "login"), ({"login": "ann\x07"}, "login"),
    ({"password": 5}, "password"), ({"password": ""}, "password"),
    ({"password": "x" * 129}, "password"), ({"password": "a\nb"}, "password"),
    ({"badge": "yes"}, "badge"), ({"colour": "red"}, "colour"), ({"Till": "1"}, "Till"),
    ({"": 1}, None), ({"x" * 65: 1}, None), ({"bad\x07name": 1}, None),
    ({"pin": "1234"}, "password"), ({"badge": True}, "password"),
    ({"login": None}, "login"),
])
def test_fields_that_are_wrong(shop, change, field):
    answer = shop.client().post("/v1/sign-ons", {**SIGN_ON, **change})
    assert (answer.status, answer.code, answer.body.get("field")) == (400, "bad-body", field), answer


@pytest.mark.parametrize("path, body, field", [
    ("drawer/open", {}, "reason"),
    ("drawer/open", {"reason": ""}, "reason"),
    ("drawer/open", {"reason": "x" * 201}, "reason"),
    ("drawer/open", {"reason": "a\tb"}, "reason"),
    ("payments", {"amount": 1.0}, "amount"),
    ("payments", {"amount": 12.34}, "amount"),
    ("payments", {"amount": "100"}, "amount"),
    ("payments", {"amount": True}, "amount"),
    ("payments", {"amount": 0}, "amount"),
    ("payments", {"amount": -1}, "amount"),
    ("payments", {"amount": 10 ** 12}, "amount"),
    ("payments", {"amount": 100, "currency": "PLN"}, "currency"),
    ("payments", {"amount": 100, "currency": "eur"}, "currency"),
    ("payments", {"amount": 100, "currency": "EURO"}, "currency"),
    ("payments", {"amount": 100, "reference": "x" * 65}, "reference"),
    ("reports", {"kind": "q"}, "kind"),
    ("reports", {"kind": "periodic"}, "from_date"),
    ("reports", {"kind": "periodic", "from_date": "2026-11-01"}, "from_date"),
    ("reports", {"kind": "periodic", "from_date": "2026-11-21", "to_date": "2026-11-01"},
     "from_date"),
    ("reports", {"kind": "periodic", "from_date": "2026-02-30", "to_date": "2026-03-01"},
     "from_date"),
    ("reports", {"kind": "periodic", "from_date": "yesterday", "to_date": "today"}, "from_date"),
    ("reports", {"kind": "periodic", "from_number": 1.5, "to_number": 2}, "from_number"),
    ("reports", {"kind": "periodic", "from_number": 2, "to_number": 1}, "from_number"),
    ("reports", {"kind": "periodic", "from_number": 0, "to_number": 1}, "from_number"),
    ("reports", {"kind": "periodic", "from_number": 1, "to_number": 2,
                 "from_date": "2026-11-01"}, "from_number"),
    ("payments/x/cancel", {"reason": 5}, "reason"),
    ("display", {"lines": []}, "lines"),
    ("display", {"lines": "one"}, "lines"),
    ("display", {"lines": ["1", "2", "3"]}, "lines"),
    ("display", {"lines": ["x" * 61]}, "lines[0]"),
    ("display", {"lines": ["fine", None]}, "lines[1]"),
    ("display", {"lines": ["fine", "esc\x1b@"]}, "lines[1]"),
])
def test_parameters_of_actions(shop, maria, path, body, field):
    method = "PUT" if path == "display" else "POST"
    answer = maria.request(method, f"/v1/tills/1/{path}", body, key=uuid.uuid4().hex)
    assert (answer.status, answer.code, answer["field"]) == (400, "bad-body", field), answer
    assert shop.journal(kind="intent") == []


CARD = "4111111111111111"
CARDS = [CARD, "4111 1111 1111 1111", "paid by 4111-1111-1111-1111, she said"]


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("path, body, field", [
    ("drawer/open", {"reason": ""}, "reason"),
    ("payments", {"amount": 100, "reference": ""}, "reference"),
    ("payments/x/cancel", {"reason": ""}, "reason"),
    ("operations/x/settle", {"outcome": "ok", "reason": ""}, "reason"),
])
def test_card_numbers_are_not_taken_into_the_record(shop, maria, path, body, field, card):
    answer = maria.post(f"/v1/tills/1/{path}", {**body, field: card}, key=uuid.uuid4().hex)
    assert (answer.status, answer.code, answer["field"]) == (400, "bad-body", field), answer
    assert answer["detail"] == f"{field}: It must not hold a full card number, as it is kept."
    assert_nowhere(shop, answer, card)


def assert_nowhere(shop, answer, card):
    assert card.encode() not in answer.raw
    assert card not in json.dumps(shop.journal())
    for file in (shop.dir / "state").iterdir():
        assert card.encode() not in file.read_bytes(), file
    assert not [line for line in shop.log.seen if card in line]


@pytest.mark.parametrize("key", [CARD, "sale-4111-1111-1111-1111", "sale:" + CARD])
def test_nor_as_a_key(shop, maria, key):
    answer = maria.open_drawer(key=key)
    assert (answer.code, answer["header"]) == ("bad-header", "Idempotency-Key"), answer
    assert answer["detail"] == "It must not hold a full card number, as it is kept."
    assert_nowhere(shop, answer, key)


def test_nor_as_a_name(shop, maria):
    sign_on = shop.client().post("/v1/sign-ons", {**SIGN_ON, "login": CARD})
    assert (sign_on.code, sign_on["field"]) == ("bad-body", "login")
    for answer in (sign_on, maria.get("/v1/tills/" + CARD), maria.get("/v1/journal?" + CARD),
                   maria.post("/v1/sign-ons", {**SIGN_ON, CARD: CARD}),
                   maria.get("/v1", headers={CARD: "\x01"})):
        assert 400 <= answer.status < 500
        assert_nowhere(shop, answer, CARD)


def test_nor_as_the_first_managers(make_box):
    box = make_box(devices=()).start()
    olga = {"login": "olga", "name": "Olga", "password": "olga-is-new-here"}
    for wrong in ({"name": "Olga " + CARDS[1]}, {"login": CARD}, {"shoes": 1}, {"name": 5}):
        answer = box.client().post("/v1/setup", {"manager": {**olga, **wrong}})
        assert answer.code == "bad-body"
        assert CARDS[1] not in answer.raw.decode() + "".join(box.log.seen)
    assert box.client().post("/v1/setup", {"manager": olga, "shoes": 1}).code == "bad-body"
    assert box.client().post("/v1/setup", raw=b'{"manager": {}, "manager": {}}').code == "bad-json"
    assert box.client().post("/v1/setup", {"manager": olga}).status == 201


def test_but_on_the_display_which_keeps_nothing(shop, maria):
    answer = maria.request("PUT", "/v1/tills/1/display", {"lines": [CARD]})
    assert answer.status == 200
    assert_nowhere(shop, answer, CARD)


def test_lengths_count_characters_not_bytes(maria):
    answer = maria.request("PUT", "/v1/tills/1/display", {"lines": ["Ż" * 60]})
    assert answer.status == 200


def test_no_body_where_none_belongs(shop):
    answer = shop.client().request("DELETE", "/v1/sign-ons/current", {"really": True})
    assert answer.code == "bad-body" and "field" not in answer.body


@pytest.mark.parametrize("size, code", [(65536, "bad-json"), (65537, "body-too-large"),
                                        (300000, "body-too-large"),
                                        (5000000, "body-too-large")])
def test_too_large(shop, size, code):
    head = (b"POST /v1/sign-ons HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n" % size)
    answer = say(shop, head, b" " * size)[0]
    CONTRACT.check("POST", "/v1/sign-ons", answer)
    assert answer.code == code
    still_well(shop)


@pytest.mark.parametrize("size", [70000, 1100000, 5000000])
def test_who_sends_too_much_before_reading_is_told(shop, size):
    """http.client writes all of it first, and gives up if it can't."""
    for _ in range(5):
        assert shop.client().post("/v1/sign-ons", raw=b" " * size).code == "body-too-large"


def test_who_sends_chunks_without_an_end_is_told(shop):
    with contextlib.closing(UnixConnection(shop.socket, PATIENCE)) as connection:
        connection.request("POST", "/v1/sign-ons", iter([b" " * 8192] * 500), encode_chunked=True,
                           headers={"Content-Type": "application/json",
                                    "Transfer-Encoding": "chunked"})
        got = connection.getresponse()
        answer = Answer(got.status, got.headers, got.read())
        CONTRACT.check("POST", "/v1/sign-ons", answer)
        assert (answer.code, answer["limit"]) == ("body-too-large", 65536)
        assert got.headers["Connection"] == "close"


def test_too_large_in_chunks(shop):
    head = (b"POST /v1/sign-ons HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n")
    answer = say(shop, head, *[b"1000\r\n" + b" " * 4096 + b"\r\n"] * 20, b"0\r\n\r\n")[0]
    assert answer.code == "body-too-large" and answer["limit"] == 65536
    still_well(shop)


@pytest.mark.parametrize("kind", [None, "", "text/plain", "application/jsonx", "application/xml",
                                  "application/json; charset=latin1", "application/json, text",
                                  "application/x-www-form-urlencoded", "multipart/form-data"])
def test_other_types(shop, kind):
    data = json.dumps(SIGN_ON).encode()
    lines = [b"POST /v1/sign-ons HTTP/1.1", b"Host: x", b"Content-Length: %d" % len(data)]
    if kind is not None:
        lines.append(b"Content-Type: " + kind.encode())
    answer = say(shop, b"\r\n".join(lines) + b"\r\n\r\n" + data)[0]
    assert (answer.status, answer.code) == (415, "not-json"), answer


@pytest.mark.parametrize("kind", ["APPLICATION/JSON", "application/json;charset=UTF-8",
                                  'application/json; charset="utf-8"'])
def test_types_that_are_json(shop, kind):
    assert shop.client().post("/v1/sign-ons", SIGN_ON,
                              headers={"Content-Type": kind}).status == 201


def test_packed_bodies(shop):
    answer = shop.client().post("/v1/sign-ons", SIGN_ON, headers={"Content-Encoding": "gzip"})
    assert answer.code == "not-json"


# -- headers ------------------------------------------------------------------------

@pytest.mark.parametrize("key", ["a b", "a" * 129, "ż", "a\tb", " "])
def test_bad_keys(shop, anna, key):
    answer = anna.post("/v1/tills/1/drawer/open", {"reason": "change"},
                       headers={"Idempotency-Key": key.encode()})
    assert answer.code in ("bad-header", "key-missing"), answer
    assert answer.code == "key-missing" or answer["header"] == "Idempotency-Key"
    assert shop.journal(kind="refused") == []


def test_no_key(anna):
    assert anna.post("/v1/tills/1/drawer/open", {"reason": "change"}).code == "key-missing"


@pytest.mark.parametrize("prefer", ["wait", "wait=", "wait=x", "wait=-1", "wait=1.5x",
                                    "respond-async", "x" * 1000, ", ,;=", "wait=\"5\""])
def test_a_bad_prefer_is_ignored(anna, prefer):
    answer = anna.open_drawer(key="prefer", headers={"Prefer": prefer})
    assert answer.code == "authorization-required"


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "5x", "99999999999999999999", "0x10"])
def test_a_bad_last_event_id(shop, last):
    answer = shop.client().get("/v1/events", headers={"Last-Event-ID": last})
    assert answer.code == "bad-header" and answer["header"] == "Last-Event-ID"


def test_an_event_id_from_the_future(shop):
    """Told before a backup was put back: silence would say that nothing happened."""
    last = shop.journal()[-1]["seq"]
    answer = shop.client().get("/v1/events", headers={"Last-Event-ID": str(10 ** 15)})
    assert (answer.code, answer["header"]) == ("bad-header", "Last-Event-ID"), answer
    assert "put back" in answer["detail"]
    answer = shop.client().get(f"/v1/events?after={10 ** 15}")
    assert (answer.code, answer["field"]) == ("bad-query", "after"), answer
    events = shop.follow(headers={"Last-Event-ID": str(last)})
    shop.client().sign_on("anna", till="2")
    assert events.wait("sign-on", till="2")


@pytest.mark.parametrize("lines, header", [
    (["Origin: http://localhost"], "Origin"),
    (["Authorization: Bearer a", "Authorization: Bearer b"], "Authorization"),
    (["Content-Type: application/json", "Content-Type: text/plain"], "Content-Type"),
    (["Idempotency-Key: a", "idempotency-key: b"], "Idempotency-Key"),
    (["Host: y"], "Host"),
    (["X-Thing: a\x01b"], "X-Thing"),
    (["X-Thing: \xff"], "X-Thing"),
], ids=lambda value: ascii(value))
def test_headers_that_are_refused(shop, lines, header):
    head = "\r\n".join(["GET /v1 HTTP/1.1", "Host: x", *lines]) + "\r\n\r\n"
    answer = say(shop, head.encode("latin-1"))[0]
    assert answer.code == "bad-header", answer
    assert answer["header"].lower() == header.lower()


HARDLY_HTTP = {
    "no host": b"GET /v1 HTTP/1.1\r\n\r\n",
    "a long header": b"GET /v1 HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 40000 + b"\r\n\r\n",
    "many headers": b"GET /v1 HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
    "a long address": b"GET /" + b"x" * 40000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a negative length": b"GET /v1 HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    "no length": b"GET /v1 HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
    "a version to come": b"GET /v1 HTTP/9.9\r\nHost: x\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    "zeros": b"\x00" * 3000, "empty lines": b"\r\n" * 3000, "a word": b"hello\r\n\r\n",
    "all bytes": bytes(range(256)) * 20, "nothing": b"",
}


@pytest.mark.parametrize("what", HARDLY_HTTP)
def test_what_is_hardly_http(shop, what):
    """Answered by microhttpd, in its own words; or not at all, if it is no request yet."""
    with contextlib.closing(UnixConnection(shop.socket, 0.1)) as connection:
        connection.connect()
        connection.sock.sendall(HARDLY_HTTP[what])
        with contextlib.suppress(OSError):
            heard = connection.sock.recv(65536)
            assert not heard or heard[:10] in (b"HTTP/1.1 4", b"HTTP/1.1 5"), heard[:200]
    still_well(shop)


def test_two_requests_in_one_write(shop):
    one = b"GET /v1 HTTP/1.1\r\nHost: x\r\n\r\n"
    assert [a.status for a in say(shop, one + one)] == [200, 200]


@pytest.mark.parametrize("framing", [
    b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: chunked\r\nContent-Length: 999\r\n",
    b"Content-Length : 5\r\n",
    b"Content-Length: 5\r\nContent-Length: 6\r\n",
    b"Content-Length: 5\r\nX y: z\r\n",
], ids=["both", "both the other way round", "blank", "two", "no name"])
def test_a_request_with_two_readings_is_the_last(shop, framing):
    """What one takes for its body another would take for the next request."""
    inner = b"GET /v1 HTTP/1.1\r\nHost: x\r\n\r\n"
    answers = say(shop, b"POST /v1/sign-ons HTTP/1.1\r\nHost: x\r\n"
                  b"Content-Type: application/json\r\n" + framing + b"\r\n0\r\n\r\n" + inner)
    assert [(a.status, a.code) for a in answers] == [(400, "bad-header")]
    assert answers[0].headers["Connection"] == "close"
    still_well(shop)


# -- addresses ----------------------------------------------------------------------

@pytest.mark.parametrize("path", [
    "/", "//v1", "/v1/", "/V1", "/v2", "/v1/tills/", "/v1/tills/1/", "/v1/tills/1/drawer/",
    "/v1/../v1", "/v1/tills/../..", "/v1/tills/%2e%2e/drawer", "/v1/tills/1%2Fdrawer",
    "/v1/tills/1%00", "/v1/tills/%00", "/v1/tills/%", "/v1/tills/%zz", "/v1/tills/%1",
    "/v1/tills/%ff", "/v1/tills/%0a", "/v1/tills/" + "x" * 129, "/v1/tills/%20",
    "/v1/tills/1/drawer/open/../../drawer", "/v1;x", "/v1%3Fa",
])
def test_addresses_that_lead_nowhere(shop, path):
    answer = shop.client().get(path)
    assert (answer.status, answer.code) == (404, "not-found"), answer


def test_a_request_line_with_a_host_in_it_or_a_star(shop):
    host = b" HTTP/1.1\r\nHost: x\r\n\r\n"
    assert say(shop, b"GET http://x/v1" + host)[0]["name"] == "tilld"
    assert say(shop, b"OPTIONS *" + host)[0].code == "not-found"


def test_every_other_method_is_refused_and_told_which_there_are(shop):
    paths = {}
    for method, path, _ in CONTRACT.operations():
        paths.setdefault(path, set()).add(method)
    for path, methods in paths.items():
        path = path.replace("{till}", "1").replace("{", "").replace("}", "")
        there = methods | ({"HEAD"} if "GET" in methods else set())
        for method in {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE",
                       "FROB"} - there:
            answer = shop.client().request(method, path)
            assert answer.status == 405, (method, path)
            assert set(answer.headers["Allow"].split(", ")) == there
            assert method == "HEAD" or answer["allowed"] == answer.headers["Allow"]


@pytest.mark.parametrize("query", [
    "till=1&till=1", "colour=red", "after=x", "after=-1", "after=1.5", "before=0", "limit=0",
    "limit=1001", "limit=", "order=random", "kind=", "kind=a+b", "till=%00", "till=%zz", "%00=1",
    "%ff", "=", "limit=99999999999999999999", "operation=" + "x" * 33, "x" * 100 + "=1",
])
def test_queries(shop, query):
    answer = shop.client().get("/v1/journal?" + query)
    assert (answer.status, answer.code) == (400, "bad-query"), answer


def test_unknown_tills_everywhere(maria):
    for method, path, operation in CONTRACT.operations():
        if "{till}" not in path or (method, path) == ("PUT", "/v1/tills/{till}/policy"):
            continue  # that one makes tills
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        example = body.get("example") or next(
            iter(body.get("examples", {}).values()), {}).get("value")
        path = path.replace("{till}", "nowhere").replace("{payment}", "x").replace(
            "{operation}", "x")
        answer = maria.request(method, path, example, key="k")
        assert (answer.status, answer.code) == (404, "not-found"), (method, path, answer)


# -- tokens -------------------------------------------------------------------------

@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Bearer x", "Basic YTpi",
                                    "bearer " + "x" * 8000, "Bearer " + "A" * 43])
def test_no_token_or_a_made_up_one(shop, header):
    headers = {} if header is None else {"Authorization": header}
    answer = shop.client().get("/v1/sign-ons/current", headers=headers)
    assert (answer.status, answer.code) == (401, "sign-on-required")


def test_the_token_of_another_till_or_of_one_who_has_signed_off(shop):
    anna = shop.client().sign_on("anna", till="2")
    anna.till = "1"
    assert anna.open_drawer().code == "sign-on-required"
    assert anna.request("DELETE", "/v1/sign-ons/current").status == 204
    anna.till = "2"
    assert anna.open_drawer().code == "sign-on-required"
