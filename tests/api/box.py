# SPDX-License-Identifier: Apache-2.0
"""A box under the counter, for tests: the real tilld in a temporary folder,
tillsim's devices on real ptys and TCP ports, and clients on its real socket.

Nothing here sleeps in order to wait: a test waits for a line that a program
prints, for an answer, or for an event.
"""
import contextlib
import http.client
import json
import os
import pathlib
import queue
import signal
import socket
import subprocess
import threading
import time
import uuid

from contract import CONTRACT

os.environ["LC_ALL"] = "C.UTF-8"  # what is said is English, whoever runs the tests
BUILD = pathlib.Path(os.environ.get("TILLD_BUILD", "build/plain")).resolve()
# Sanitizers and valgrind make programs slow; a bound that is never reached
# when all is well costs nothing.
PATIENCE = float(os.environ.get("TILLD_PATIENCE", "20"))

ANNA, MARIA, PIOTR = "anna-sells-apples", "maria-runs-the-shop", "piotr-leads-a-shift"
MARIAS_BADGE, PIOTRS_BADGE, ANNAS_BADGE = "0110185C5B", "04184EDCBA", "62E3086CED"
MARIAS_PIN = "2580"

SIM = {
    "drawer1": "escpos pty {dir}/drawer1 polarity=low-is-open",
    "printer1": "posnet pty {dir}/printer1",
    "terminal1": "zvt tcp 0",
    "display1": "display pty {dir}/display1 dialect=epson",
    "reader1": "em4100 pty {dir}/reader1",
}
DEVICES = {
    "drawer1": 'driver = "escpos-drawer" sensor = "low-is-open" poll = 100 '
               'kicks-per-minute = 120',
    "printer1": 'driver = "posnet-printer" poll = 1000',
    "terminal1": 'driver = "zvt-terminal"',
    "display1": 'driver = "epson-display"',
    "reader1": 'driver = "em4100-reader"',
}


def policy():
    """Two tills; Anna may sell at both, Piotr authorizes at 1, Maria anything."""
    sell = {"receipt": ["read", "add"], "cash_deposit": ["read", "add"],
            "cash_report": ["read", "add"]}
    clients = {"users": [os.getuid()]}
    return {
        "tills": [{"id": "1", "name": "Front till", "currency": "EUR", "clients": clients},
                  {"id": "2", "name": "Back till", "currency": "EUR", "clients": clients,
                   "pin_sign_on": True}],
        "groups": [
            {"id": "cashiers", "name": "Cashiers", "tills": ["1", "2"], "rights": sell},
            {"id": "leaders", "name": "Shift leaders", "tills": ["1"],
             "permissions": ["drawer.open"], "rights": sell},
            {"id": "managers", "name": "Managers", "tills": ["1", "2", "@box"],
             "permissions": ["drawer.open", "report.daily", "report.periodic",
                             "card.cancel", "refund.validate", "payment.accept_unvalidated",
                             "balance.preview", "shift.start_difference",
                             "shift.end_difference", "shift.end_without_withdrawal",
                             "day.end", "balance.exceed_limit", "config.access"],
             "rights": {**sell, "cash_withdrawal": ["read", "add"]}},
        ],
        "operators": [
            {"login": "anna", "name": "Anna", "groups": ["cashiers"], "password": ANNA,
             "badges": ["em4100:" + ANNAS_BADGE.lower()]},
            {"login": "piotr", "name": "Piotr", "groups": ["leaders"], "password": PIOTR,
             "badges": ["em4100:" + PIOTRS_BADGE.lower()]},
            {"login": "maria", "name": "Maria", "role": "manager", "groups": ["managers"],
             "password": MARIA, "pin": MARIAS_PIN,
             "badges": ["em4100:" + MARIAS_BADGE.lower()]},
        ],
    }


def tilld(*arguments):
    """tilld, asked for something that it answers and ends."""
    return subprocess.run([BUILD / "tilld", *arguments], text=True, capture_output=True,
                          timeout=PATIENCE, stdin=subprocess.DEVNULL)


class Lines:
    """What a program prints, as it comes."""

    def __init__(self, stream, name):
        self.name, self.seen, self.queue = name, [], queue.Queue()
        self.thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self.thread.start()

    def _read(self, stream):
        for line in stream:
            self.seen.append(line.rstrip("\n"))
            self.queue.put(self.seen[-1])
        self.queue.put(None)

    def wait(self, *what, patience=PATIENCE):
        """The next line, not yet waited for, that holds all of what."""
        end = time.monotonic() + patience
        while True:
            try:
                line = self.queue.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                line = None
            if line is None:
                raise AssertionError(f"{self.name}: waited in vain for {what}; it said:\n"
                                     + "\n".join(self.seen[-40:]))
            if all(w in line for w in what):
                return line

    def forget(self):
        while not self.queue.empty():
            self.queue.get()


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.raw = status, headers, body
        self.body = json.loads(body) if body and "json" in (headers.get("Content-Type") or "") \
            and "ndjson" not in headers["Content-Type"] else None

    def __repr__(self):
        return f"<{self.status} {self.raw[:600]!r}>"

    def __getitem__(self, key):
        return self.body[key]

    @property
    def code(self):
        return self.body.get("code") if isinstance(self.body, dict) else None


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def exchange(connection, method, path, data=None, headers=None):
    connection.request(method, path, body=data, headers=headers or {})
    got = connection.getresponse()
    return Answer(got.status, got.headers, got.read())


class Client:
    """A POS app on the box."""

    def __init__(self, box, token=None, till="1"):
        self.box, self.token, self.till = box, token, till

    def request(self, method, path, body=None, key=None, wait=None, headers=None, raw=None):
        sent = dict(headers or {})
        if self.token:
            sent.setdefault("Authorization", "Bearer " + self.token)
        if key:
            sent["Idempotency-Key"] = key
        if wait is not None:
            sent["Prefer"] = f"wait={wait}"
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        answer = self.exchange(method, path, data, sent, PATIENCE + (wait or 0) + 60)
        CONTRACT.check(method, path, answer)
        return answer

    def exchange(self, method, path, data, headers, timeout):
        connection = UnixConnection(self.box.socket, timeout)
        with contextlib.closing(connection):
            return exchange(connection, method, path, data, headers)

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.request("POST", path, body={} if body is None else body, **options)

    # -- what apps do ----------------------------------------------------------

    def sign_on(self, login="anna", password=None, till=None, session=True):
        """Signs on and, since nothing is sold without one, sees to a session."""
        till = till or self.till
        password = password or {"anna": ANNA, "maria": MARIA, "piotr": PIOTR}[login]
        answer = self.post("/v1/sign-ons", {"till": till, "login": login, "password": password})
        assert answer.status == 201, answer
        self.token, self.till = answer["token"], till
        if session and not self.get(f"/v1/tills/{till}/session").body.get("session"):
            opened = self.open_session(0)
            if opened.code == "authorization-required" and opened["missing_any"]:
                # nothing is granted to them there: they go without
                self.request("DELETE", f"/v1/authorizations/{opened['authorization']['id']}")
                return self
            assert opened.status == 200 or opened.code == "rolled-back", opened
        return self

    def open_session(self, counted, key=None, **options):
        return self.post(f"/v1/tills/{self.till}/sessions", {"counted": counted},
                         key=key or uuid.uuid4().hex, **options)

    def open_drawer(self, key=None, reason="change", **options):
        return self.post(f"/v1/tills/{self.till}/drawer/open", {"reason": reason},
                         key=key or uuid.uuid4().hex, **options)

    def report(self, kind="z", key=None, **fields):
        options = {k: fields.pop(k) for k in ("wait",) if k in fields}
        return self.post(f"/v1/tills/{self.till}/reports", {"kind": kind, **fields},
                         key=key or uuid.uuid4().hex, **options)

    def pay(self, amount, key=None, **options):
        return self.post(f"/v1/tills/{self.till}/payments", {"amount": amount},
                         key=key or uuid.uuid4().hex, **options)

    def cancel(self, payment, key=None, **options):
        return self.post(f"/v1/tills/{self.till}/payments/{payment}/cancel",
                         {"reason": "goods returned"}, key=key or uuid.uuid4().hex, **options)

    def approve(self, authorization, login="maria", password=None):
        password = password or {"maria": MARIA, "piotr": PIOTR, "anna": ANNA}[login]
        return self.post(f"/v1/authorizations/{authorization}/approve",
                         {"login": login, "password": password})

    def later(self, call, *args, **options):
        """Makes a call in the background; .result() waits for its answer."""
        return Later(call, args, options)


class Later:
    def __init__(self, call, args, options):
        self.answer = self.error = None

        def run():
            try:
                self.answer = call(*args, **options)
            except Exception as error:  # given to whoever asks for the result
                self.error = error
        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()

    def done(self):
        return not self.thread.is_alive()

    def result(self, patience=PATIENCE + 60):
        self.thread.join(patience)
        assert not self.thread.is_alive(), "no answer"
        if self.error:
            raise self.error
        return self.answer


class Events:
    """Follows /v1/events."""

    def __init__(self, box, query="", headers=None):
        self.connection = UnixConnection(box.socket, None)
        self.connection.request("GET", "/v1/events" + query, headers=headers or {})
        self.response = self.connection.getresponse()
        assert self.response.status == 200, self.response.read()
        self.queue, self.seen = queue.Queue(), []
        assert self.response.readline().startswith(b":")
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        event = {}
        with contextlib.suppress(Exception):
            for line in self.response:
                line = line.decode().rstrip("\n")
                if line.startswith("data: "):
                    event["data"] = json.loads(line[6:])
                elif ": " in line:
                    name, value = line.split(": ", 1)
                    event[name] = value
                elif event:
                    CONTRACT.check_event(event)
                    self.seen.append(event)
                    self.queue.put(event)
                    event = {}
        self.queue.put(None)

    def wait(self, kind, patience=PATIENCE, **fields):
        """The next event of that type, not yet waited for, with these fields."""
        end = time.monotonic() + patience
        while True:
            try:
                event = self.queue.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                event = None
            if event is None:
                raise AssertionError(f"waited in vain for {kind} {fields}; seen: "
                                     f"{[e.get('event') for e in self.seen]}")
            data = event.get("data", {})
            if event.get("event") == kind and all(data.get(k) == v for k, v in fields.items()):
                return data

    def close(self):
        with contextlib.suppress(Exception):
            self.connection.sock.shutdown(socket.SHUT_RDWR)
        self.connection.close()
        self.thread.join(5)


class Box:
    """One box: devices, daemon, files."""

    def __init__(self, folder, devices=tuple(DEVICES), sim=None, config=None, settings="",
                 socket='mode = "0600"', tills=None):
        self.dir = pathlib.Path(folder)
        self.socket = self.dir / "tilld.sock"
        self.names, self.settings, self.socket_options = devices, settings, socket
        if "0666" in socket:
            self.dir.chmod(0o711)  # for clients of other uids
        self.sim_lines = {**SIM, **(sim or {})}
        self.device_options = {**DEVICES, **(config or {})}
        self.tills = tills or {}  # of a device: '"1", "2"'
        self.ports, self.followers = {}, []
        self.sim = self.daemon = None

    # -- devices ---------------------------------------------------------------

    def start_sim(self):
        script = "".join(f"device {n} {self.sim_lines[n].format(dir=self.dir)}\n"
                         for n in self.names)
        (self.dir / "sim.conf").write_text(script)
        self.sim = subprocess.Popen([BUILD / "tillsim", self.dir / "sim.conf"], text=True,
                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, bufsize=1)
        self.street = Lines(self.sim.stdout, "tillsim")
        for _ in self.names:
            _, name, _, port = self.street.wait("ready ").split()
            self.ports[name] = port

    def person(self, command):
        """Somebody in the shop does something at a device."""
        self.sim.stdin.write(command + "\n")
        self.sim.stdin.flush()
        while True:
            line = self.street.queue.get(timeout=PATIENCE)
            assert line is not None, "tillsim is gone"
            if line == "ok":
                return
            assert not line.startswith("error"), f"{command}: {line}"

    def account(self, device):
        """What a simulated device really did."""
        self.sim.stdin.write(f"account {device}\n")
        self.sim.stdin.flush()
        line = self.street.wait(f"account {device} ")
        return json.loads(line.split(" ", 2)[2])

    # -- the daemon -------------------------------------------------------------

    def write_config(self, extra=""):
        settings = self.settings.replace("{dir}", str(self.dir))
        text = (f'state-dir = "{self.dir}/state"\nkeys-dir = "{self.dir}/keys"\n'
                f'password-cost = 14\n{settings}\n'
                f'socket {{\n\tpath = "{self.socket}"\n\t{self.socket_options}\n}}\n')
        for name in self.names:
            port = self.ports.get(name, "/nowhere")
            line = f'serial = "{port}"' if port.startswith("/") else f'tcp = "{port}"'
            tills = self.tills.get(name, '"1", "2"' if name.startswith("reader") else '"1"')
            options = self.device_options[name].replace(" = ", "=").split()
            section = "\n\t".join(o.replace("=", " = ") for o in options)
            text += f'device "{name}" {{\n\t{section}\n\t{line}\n\ttills = {{ {tills} }}\n}}\n'
        (self.dir / "tilld.conf").write_text(text + extra)

    def start(self, ready=True, wrap=(), env=None, **options):
        if self.sim is None and self.names:
            self.start_sim()
        if not (self.dir / "tilld.conf").exists():
            self.write_config()
        self.daemon = subprocess.Popen([*wrap, BUILD / "tilld", "-c", self.dir / "tilld.conf"],
                                       text=True, stderr=subprocess.PIPE,
                                       env={**os.environ, "TEXTDOMAINDIR": str(BUILD / "po"),
                                            **(env or {})}, **options)
        self.log = Lines(self.daemon.stderr, "tilld")
        if ready:
            self.log.wait("ready at ")
        return self

    def set_up(self, document=None):
        answer = Client(self).post("/v1/setup", {"policy": document or policy()})
        assert answer.status == 201, answer
        return self

    def wait_ready(self, *names):
        """Until the devices are there; told by events, not by looking again."""
        events = self.follow()
        client = Client(self)
        missing = {d["name"] for d in client.get("/v1/devices")["devices"]
                   if d["state"] not in ("ready", "busy") and (not names or d["name"] in names)}
        while missing:
            device = events.wait("device")["device"]
            if device["state"] in ("ready", "busy"):
                missing.discard(device["name"])
        events.close()
        return self

    def up(self, document=None):
        return self.start().set_up(document).wait_ready()

    def follow(self, query="", headers=None):
        events = Events(self, query, headers)
        self.followers.append(events)
        return events

    def client(self, **options):
        return Client(self, **options)

    def journal(self, **query):
        """All entries, or those asked for."""
        words = "&".join(f"{k}={v}" for k, v in {"limit": 1000, **query}.items())
        return Client(self).get("/v1/journal?" + words)["entries"]

    def kill(self):
        """The power goes."""
        self.daemon.send_signal(signal.SIGKILL)
        self.daemon.wait(PATIENCE)

    def stop(self, expect=0):
        if self.daemon is None:
            return
        if self.daemon.poll() is None:
            self.daemon.send_signal(signal.SIGTERM)
        try:
            code = self.daemon.wait(PATIENCE + 10)
        except subprocess.TimeoutExpired:
            self.hurry()
            raise
        finally:
            self.log.thread.join(5)
        self.daemon = None
        if expect is not None:
            assert code == expect, f"tilld ended with {code}:\n" + "\n".join(self.log.seen[-60:])

    def hurry(self):
        """It waits for what is past its point of no return. A second signal leaves that to the
        next start; what doesn't end by that either hangs."""
        self.daemon.send_signal(signal.SIGTERM)
        try:
            self.daemon.wait(5)
        except subprocess.TimeoutExpired:
            self.daemon.kill()
            self.daemon.wait(PATIENCE)
            raise AssertionError("tilld hangs:\n" + "\n".join(self.log.seen[-60:])) from None

    def close(self, expect=0):
        for events in self.followers:
            events.close()
        try:
            self.stop(expect if self.daemon and self.daemon.poll() is None else None)
        finally:
            if self.sim is not None:
                self.sim.terminate()
                self.sim.wait(PATIENCE)
                self.sim = None


def swipe(box, badge, events=None, reader="reader1"):
    """Holds a badge to the reader, after the second that it needs to settle;
    with events, once the till's display has shown what is asked."""
    if events:
        events.wait("prompt.shown")
    time.sleep(1.05)  # the reader's rule itself: see docs/policy.md
    box.person(f"{reader} badge {badge}")
