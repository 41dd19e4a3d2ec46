# SPDX-License-Identifier: Apache-2.0
"""A hostile app on the box: what it says of itself, asks at once, and floods with."""
import contextlib
import json
import os
import socket
import threading
import time
import uuid

import pytest
from box import ANNA, MARIA, PATIENCE, Answer, UnixConnection, exchange, policy
from elsewhere import OtherClient
from hostile import memory

root_only = pytest.mark.skipif(os.getuid() != 0, reason="only root can be others")
STRANGER, CLERK = 65533, 65532


# -- who it says it is ---------------------------------------------------------------

CLAIMS = ["X-Uid", "X-Forwarded-User", "X-Remote-User", "Remote-User", "X-Real-IP", "Forwarded",
          "X-Forwarded-For", "From", "Via", "X-Tilld-Uid", "X-Operator", "Cookie"]


@root_only
def test_a_uid_is_what_the_kernel_says(make_box):
    """Headers, fields and parameters that name another are refused or mean nothing."""
    box = make_box(devices=("drawer1",), socket='mode = "0666"').up()
    stranger = OtherClient(box, STRANGER)
    claims = {name: "0" for name in CLAIMS}
    assert stranger.get("/v1/tills", headers=claims)["tills"] == []
    assert stranger.get("/v1", headers=claims).body.get("technician") is False
    body = {"till": "1", "login": "maria", "password": MARIA}
    assert stranger.post("/v1/sign-ons", body, headers=claims).code == "not-found"
    for name in ("uid", "peer", "user", "client"):
        assert stranger.post("/v1/sign-ons", {**body, name: 0}).status in (400, 404)
        assert stranger.get(f"/v1/tills?{name}=0").code == "bad-query"
    setup = {"manager": {"login": "m", "name": "M", "password": "12345678"}}
    assert stranger.post("/v1/setup", setup, headers=claims).code == "not-allowed-uid"
    assert box.client().sign_on("maria").open_drawer(headers=claims).status == 200
    assert {e["uid"] for e in box.journal() if "uid" in e} == {os.getuid()}


@root_only
def test_credentials_that_are_sent_along_mean_nothing(make_box):
    """SCM_CREDENTIALS of root's, as only root can forge them, on a connection of a stranger's:
    whose it is was settled when it was made."""
    box = make_box(devices=(), socket='mode = "0666"').start().set_up()
    ours, theirs = socket.socketpair()
    child = os.fork()
    if not child:
        os.setgroups([])
        os.setresgid(STRANGER, STRANGER, STRANGER)
        os.setresuid(STRANGER, STRANGER, STRANGER)
        made = socket.socket(socket.AF_UNIX)
        made.connect(str(box.socket))
        socket.send_fds(theirs, [b"x"], [made.fileno()])
        os._exit(0)
    fds = socket.recv_fds(ours, 1, 1)[1]
    assert os.waitpid(child, 0)[1] == 0
    with contextlib.closing(socket.socket(fileno=fds[0])) as handed, ours, theirs:
        forged = (0).to_bytes(4, "little") * 3
        handed.sendmsg([b"GET /v1/tills HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"],
                       [(socket.SOL_SOCKET, socket.SCM_CREDENTIALS,
                         os.getpid().to_bytes(4, "little") + forged[4:])])
        handed.settimeout(PATIENCE)
        heard = b""
        while more := handed.recv(65536):
            heard += more
    assert json.loads(heard.split(b"\r\n\r\n", 1)[1])["tills"] == []


def test_descriptors_that_are_sent_along_are_dropped(make_box):
    """Hundreds of files handed over with a request: none stays open here."""
    box = make_box(devices=()).start().set_up()
    before = len(os.listdir(f"/proc/{box.daemon.pid}/fd"))
    files = [os.open("/dev/null", os.O_RDONLY) for _ in range(64)]
    with contextlib.closing(UnixConnection(box.socket, PATIENCE)) as connection:
        connection.connect()
        for _ in range(32):
            socket.send_fds(connection.sock, [b"GET /v1 HTTP/1.1\r\nHost: x\r\n\r\n"], files)
        got = b""
        while got.count(b"HTTP/1.1 200") < 32:
            got += connection.sock.recv(65536)
        assert len(os.listdir(f"/proc/{box.daemon.pid}/fd")) <= before + 3
    for file in files:
        os.close(file)


# -- at once -------------------------------------------------------------------------

def at_once(calls):
    """All of them, begun together; their answers."""
    gate, answers = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index):
        gate.wait(PATIENCE)
        answers[index] = calls[index]()
    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE + 60)
    assert all(isinstance(a, Answer) for a in answers), answers
    return answers


def test_consent_refusal_and_withdrawal_at_once(make_box):
    """One of them wins, all are told the same, and the record says so once."""
    box = make_box(devices=("drawer1",)).up()
    anna = box.client().sign_on("anna")
    word, opened = {"login": "maria", "password": MARIA}, 0
    for number in range(6):
        key = uuid.uuid4().hex
        question = anna.open_drawer(key=key, reason=f"try {number}")["authorization"]["id"]
        path = f"/v1/authorizations/{question}"
        at_once([lambda: box.client().post(path + "/approve", word),
                 lambda: box.client().post(path + "/deny", word),
                 lambda: anna.request("DELETE", path),
                 lambda: box.client().post(path + "/approve", word)])
        state = anna.get(path)["state"]
        ends = [e["kind"] for e in box.journal() if e.get("authorization") == question
                and e["kind"] in ("authorization.approved", "authorization.denied",
                                  "authorization.withdrawn")]
        answers = at_once([lambda: anna.open_drawer(key=key, reason=f"try {number}")
                           for _ in range(4)])
        assert len(ends) <= 2 and ends.count("authorization.approved") <= 1, ends
        if state == "approved":
            assert {a.status for a in answers} == {200}
            opened += 1
            box.person("drawer1 close")
        else:
            assert {a.code for a in answers} == {"authorization-required"}, answers
    assert box.account("drawer1")["pulse_count"] == opened


def test_one_consent_under_many_requests_at_once(make_box):
    """The same key ten times at once, and ten other keys with the same consent in mind."""
    box = make_box(devices=("drawer1",)).up()
    anna, key = box.client().sign_on("anna"), uuid.uuid4().hex
    anna.approve(anna.open_drawer(key=key)["authorization"]["id"])
    same = [lambda: anna.open_drawer(key=key)] * 10
    others = [lambda n=n: anna.open_drawer(key=f"other-{n}") for n in range(10)]
    answers = at_once(same + others)
    assert len({a["id"] for a in answers[:10] if a.status == 200}) == 1
    assert {a.status for a in answers[10:]} == {403}
    assert box.account("drawer1")["pulse_count"] == 1


def test_signing_off_and_acting_at_once(make_box):
    """What is begun before the end is done, what comes after is refused; nothing in between."""
    box = make_box(devices=("drawer1",)).up()
    pulses = 0
    for _ in range(5):
        maria = box.client().sign_on("maria")
        answers = at_once([maria.open_drawer, maria.open_drawer,
                           lambda: maria.request("DELETE", "/v1/sign-ons/current")])
        for answer in answers[:2]:
            assert answer.status == 200 or answer.code in ("sign-on-required", "failed"), answer
        pulses += sum(a.status == 200 for a in answers[:2])
        assert maria.open_drawer().code == "sign-on-required"
    assert box.account("drawer1")["pulse_count"] <= pulses + 5
    assert box.account("drawer1")["pulse_count"] == len(
        [e for e in box.journal(kind="outcome") if e.get("outcome") == "ok"])


def test_a_request_that_is_sent_again_as_it_was(make_box):
    """Recorded byte by byte and played back: the same operation, over and over, and after the end
    of its sign-on nothing."""
    box = make_box(devices=("drawer1",)).up()
    maria = box.client().sign_on("maria")
    body = b'{"reason": "change"}'
    recorded = (b"POST /v1/tills/1/drawer/open HTTP/1.1\r\nHost: x\r\nIdempotency-Key: k\r\n"
                b"Content-Type: application/json\r\nContent-Length: %d\r\n"
                b"Authorization: Bearer %s\r\nConnection: close\r\n\r\n%s"
                % (len(body), maria.token.encode(), body))

    def play():
        with contextlib.closing(UnixConnection(box.socket, PATIENCE)) as connection:
            connection.connect()
            connection.sock.sendall(recorded)
            heard = b""
            while more := connection.sock.recv(65536):
                heard += more
        return int(heard.split()[1])
    assert [play() for _ in range(20)] == [200] * 20
    box.kill()
    box.start().wait_ready()
    assert play() == 200
    maria.request("DELETE", "/v1/sign-ons/current")
    assert play() == 401
    assert box.account("drawer1")["pulse_count"] == 1


# -- floods --------------------------------------------------------------------------

@contextlib.contextmanager
def flooding(box, request, connections=8):
    """Somebody who sends the same request over and over, as fast as it is taken."""
    end, counts, open_ones = threading.Event(), [0] * connections, []

    def run(index):
        with contextlib.closing(UnixConnection(box.socket, PATIENCE)) as connection:
            connection.connect()
            open_ones.append(connection.sock)
            with contextlib.suppress(OSError):
                while not end.is_set():
                    connection.sock.sendall(request * 16)
                    connection.sock.recv(1 << 20)
                    counts[index] += 16
    threads = [threading.Thread(target=run, args=(i,)) for i in range(connections)]
    for thread in threads:
        thread.start()
    try:
        yield counts
    finally:
        end.set()
        for one in open_ones:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(PATIENCE)


def http(method, path, body=b"", **headers):
    lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines.append("Content-Type: application/json")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def in_time(box, count=5):
    maria = box.client().sign_on("maria")
    for _ in range(count):
        begun = time.monotonic()
        assert maria.open_drawer().status == 200
        assert time.monotonic() - begun < PATIENCE / 4
        box.person("drawer1 close")


FLOODS = {
    "status": http("GET", "/v1"),
    "tills": http("GET", "/v1/tills/1"),
    "journal": http("GET", "/v1/journal?limit=100"),
    "verify": http("POST", "/v1/journal/verify", b"{}"),
    "made-up token": http("GET", "/v1/sign-ons/current", Authorization="Bearer " + "a" * 52),
    "bad body": http("POST", "/v1/sign-ons", b"[" * 2000),
    "nowhere": http("GET", "/v2/" + "x" * 500),
    "no consent": http("POST", "/v1/authorizations/" + "a" * 26 + "/approve",
                       b'{"login":"maria","password":"wrong"}'),
}


@pytest.mark.parametrize("what", FLOODS)
def test_a_flood_of_requests_holds_up_nobody(make_box, what):
    box = make_box(devices=("drawer1",)).up()
    box.client().sign_on("maria").open_drawer()
    box.person("drawer1 close")
    before, entries = memory(box), len(box.journal())
    with flooding(box, FLOODS[what]) as counts:
        in_time(box)
    assert sum(counts)
    if "asan" not in os.environ.get("TILLD_BUILD", ""):
        assert memory(box) - before < 24 * 1024
    assert len(box.journal()) - entries < 60
    box.stop()


def test_a_flood_of_refused_actions_with_ever_new_keys(make_box):
    """Each would be a question, an entry and a wait."""
    box = make_box(devices=("drawer1",)).up()
    anna = box.client().sign_on("anna", till="2")
    body, entries = b'{"action": "drawer.open"}', len(box.journal())
    requests = b"".join(http("POST", "/v1/tills/2/check", body, Idempotency_Key=f"k{n}",
                             Authorization="Bearer " + anna.token) for n in range(200))
    with contextlib.closing(UnixConnection(box.socket, PATIENCE)) as connection:
        connection.connect()
        connection.sock.sendall(requests)
        in_time(box)
    assert len([e for e in box.journal() if e["kind"] == "refused"]) - entries < 40
    box.stop()


def test_a_flood_of_events_to_readers_that_do_not_read(make_box):
    """Forty of them, and 3000 events: each gets its share and is then cut off."""
    box = make_box(devices=("drawer1", "terminal1")).up()
    maria, before = box.client().sign_on("maria"), memory(box)
    with contextlib.ExitStack() as stack:
        for _ in range(40):
            lazy = stack.enter_context(contextlib.closing(UnixConnection(box.socket, PATIENCE)))
            lazy.request("GET", "/v1/events")
        box.person("terminal1 next storm 3000")
        paying = maria.later(maria.pay, 100)
        in_time(box)
        assert paying.result().status in (200, 401), paying.result()
        if "asan" not in os.environ.get("TILLD_BUILD", ""):
            assert memory(box) - before < 64 * 1024
    box.stop()


def test_an_export_that_nobody_takes(make_box):
    """Its reader stops in the middle: the journal goes on being written, the log stays short."""
    box = make_box(devices=("drawer1",)).up()
    maria = box.client().sign_on("maria")
    with contextlib.ExitStack() as stack:
        for path in ("/v1/journal/export", "/v1/backup", "/v1/journal/export"):
            slow = stack.enter_context(contextlib.closing(UnixConnection(box.socket, PATIENCE)))
            slow.request("GET" if "export" in path else "POST", path, body=b"",
                         headers={"Authorization": "Bearer " + maria.token})
        in_time(box, 10)
        assert box.client().post("/v1/journal/verify")["sound"] is True
    box.stop()


@root_only
def test_one_uid_takes_all_its_connections_and_another_still_signs_on(make_box):
    document = policy()
    for till in document["tills"]:
        till["clients"] = {"users": [os.getuid(), CLERK]}
    box = make_box(devices=("drawer1",), socket='mode = "0666"').up(document)
    with contextlib.ExitStack() as stack:
        for _ in range(64):
            kept = stack.enter_context(contextlib.closing(UnixConnection(box.socket, PATIENCE)))
            kept.connect()
            kept.sock.sendall(b"POST /v1/sign-ons HTTP/1.1\r\nHost:")
        clerk = OtherClient(box, CLERK).sign_on("maria")
        assert clerk.open_drawer().status == 200
        with contextlib.closing(UnixConnection(box.socket, PATIENCE)) as one_more:
            assert exchange(one_more, "GET", "/v1").status == 503


@contextlib.contextmanager
def connected_as(box, uid):
    """A connection that another uid made, and keeps."""
    connection = UnixConnection(box.socket, PATIENCE)
    os.seteuid(uid)
    try:
        connection.connect()
    finally:
        os.seteuid(0)
    with contextlib.closing(connection):
        yield connection


@root_only
def test_uids_without_a_till_do_not_keep_the_others_out(make_box):
    document = policy()
    for till in document["tills"]:
        till["clients"] = {"users": [os.getuid(), CLERK]}
    limits = 'mode = "0666"\n\tconnections = 16\n\tconnections-per-user = 4'
    box = make_box(devices=("drawer1",), socket=limits).up(document)
    with contextlib.ExitStack() as stack:
        answers = [exchange(stack.enter_context(connected_as(box, CLERK - n)), "GET", "/v1").status
                   for n in range(1, 5) for _ in range(4)]
        assert answers == 4 * [200] + 12 * [503]
        clerk = OtherClient(box, CLERK).sign_on("maria")
        assert clerk.open_drawer().status == 200


@root_only
def test_one_uid_floods_with_passwords_and_another_signs_on(make_box):
    """One is checked at a time, and one of each uid waits: the clerk's is not behind them all."""
    document = policy()
    for till in document["tills"]:
        till["clients"] = {"users": [os.getuid(), CLERK]}
    box = make_box(devices=(), socket='mode = "0666"').start().set_up(document)
    guesses = b"".join(http("POST", "/v1/sign-ons", json.dumps(
        {"till": "2", "login": f"zoe{n}", "password": "x"}).encode()) for n in range(16))
    with flooding(box, guesses):
        begun = time.monotonic()
        assert OtherClient(box, CLERK).sign_on("anna", ANNA, session=False).token
        assert time.monotonic() - begun < PATIENCE / 2
    assert len(box.journal(kind="wrong-credentials")) <= 40
