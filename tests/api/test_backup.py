# SPDX-License-Identifier: Apache-2.0
"""A backup, taken while the box works, and put back: on a new box, with its
keys and without them, and on the old one."""
import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import threading

import pytest

from box import BUILD, MARIAS_BADGE, PATIENCE, UnixConnection, policy, swipe
from elsewhere import OtherClient

HEAD = 'head-file = "{dir}/head"'


def tillctl(box, *words):
    return subprocess.run([BUILD / "tillctl", *map(str, words)], text=True, capture_output=True,
                          timeout=PATIENCE, stdin=subprocess.DEVNULL,
                          env={**os.environ, "TILLD_SOCKET": str(box.socket),
                               "XDG_RUNTIME_DIR": str(box.dir)})


def put_back(box, file, *options):
    if not (box.dir / "tilld.conf").exists():
        box.start_sim()
        box.write_config()
    return subprocess.run([BUILD / "tilld", "-c", box.dir / "tilld.conf", "--restore", file,
                           *options], text=True, capture_output=True, timeout=PATIENCE)


def take(box, name="backup.db"):
    path = box.dir / name
    told = tillctl(box, "backup", path)
    assert told.returncode == 0, told
    return path


@contextlib.contextmanager
def load(box):
    """Drawers are opened all the time; yields what was acknowledged."""
    done, stop = [], threading.Event()
    maria = box.client().sign_on("maria")

    def work():
        while not stop.is_set():
            key = f"load{len(done)}"
            assert maria.open_drawer(key=key)["outcome"] == "ok"
            done.append(key)
    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield done
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def old(make_box):
    """A box with a backup that was taken under load, and what came after it."""
    box = make_box(devices=("drawer1", "display1", "reader1"), settings=HEAD).up()
    maria = box.client().sign_on("maria")
    assert maria.open_drawer(key="known").status == 200
    with load(box) as done:
        while len(done) < 3:
            pass
        box.file = take(box)
    box.maria = box.client().sign_on("maria")
    assert box.maria.open_drawer(key="lost").status == 200
    box.stop()
    return box


def settle(maria):
    """What was under way when the backup was taken: nobody knows what became of it."""
    while (answer := maria.open_drawer()).code == "outcome-open":
        ended = maria.get(f"/v1/operations/{answer['operation_id']}?wait=60")
        assert ended["outcome"] == "unknown", ended
        settled = maria.post(f"/v1/tills/1/operations/{answer['operation_id']}/settle",
                             {"outcome": "ok", "reason": "seen on the old box"},
                             key=answer["operation_id"])
        assert settled.status == 200, settled
    assert answer.status == 200, answer


def confirm(box):
    assert box.client().get("/v1")["rolled_back"] is True
    maria = box.client().sign_on("maria")
    assert maria.open_drawer(key="before").code == "rolled-back"
    told = tillctl(box, "setup", "--confirm-rollback", "--reason", "a new box")
    assert told.returncode == 0, told
    assert box.client().get("/v1")["rolled_back"] is False
    return maria


def verify(box, *paths, key):
    told = tillctl(box, "journal", "verify", *paths, "--json", "--key", key)
    return json.loads(told.stdout)


def test_a_backup_holds_all_but_keys(old):
    assert old.file.stat().st_mode & 0o777 == 0o600
    content = old.file.read_bytes()
    for name in ("seal.key", "badge.pepper", "pin.pepper"):
        secret = (old.dir / "keys" / name).read_text().split()[2]
        assert secret.encode() not in content and bytes.fromhex(secret) not in content
    with contextlib.closing(sqlite3.connect(old.file)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        last = [json.loads(line) for line, in database.execute(
            "SELECT line FROM journal ORDER BY seq")]
    entry = next(e for e in last if e["kind"] == "backup")
    assert entry["uid"] == os.getuid()
    assert any(e["kind"] == "seal" and e["seq"] > entry["seq"] for e in last)


def test_to_a_new_box_with_its_keys(old, make_box):
    new = make_box(devices=("drawer1", "display1", "reader1"), settings=HEAD)
    told = put_back(new, old.file)
    assert told.returncode == 0 and "Put back" in told.stdout, told
    shutil.copytree(old.dir / "keys", new.dir / "keys")
    for name in ("head", "head.intents"):  # they could be saved, too
        shutil.copy(old.dir / name, new.dir / name)
    new.start().wait_ready()
    assert new.client(token=old.maria.token).get("/v1/sign-ons/current").status == 401
    maria = confirm(new)
    assert maria.open_drawer(key="known")["outcome"] == "ok"
    lost = maria.open_drawer(key="lost")
    assert lost.status == 504 and lost.code == "outcome-lost", lost
    assert new.account("drawer1")["pulse_count"] == 0
    settle(maria)
    assert new.account("drawer1")["pulse_count"] == 1
    assert new.journal(kind="rolled-back")[0]["lost"] >= 1
    # her badge still is hers
    events = new.follow()
    signing = new.client()
    answer = signing.later(signing.post, "/v1/sign-ons", {"till": "1", "badge": True}, wait=20)
    swipe(new, MARIAS_BADGE, events)
    assert answer.result().status == 201
    assert new.client().post("/v1/journal/verify")["sound"] is True
    path = new.dir / "export.jsonl"
    assert tillctl(new, "journal", "export", path).returncode == 0
    assert verify(new, path, key=old.dir / "keys/seal.pub")["sound"]


def test_to_a_new_box_with_its_keys_but_nothing_else(old, make_box):
    new = make_box(devices=("drawer1",), settings=HEAD)
    assert put_back(new, old.file).returncode == 0
    shutil.copytree(old.dir / "keys", new.dir / "keys")
    new.start().wait_ready()
    maria = confirm(new)
    assert new.journal(kind="head-missing")[0]["lost"] == 0
    assert maria.open_drawer(key="known")["outcome"] == "ok"
    assert new.account("drawer1")["pulse_count"] == 0
    assert new.client().post("/v1/journal/verify")["sound"] is True


def test_to_a_new_box_without_its_keys(old, make_box):
    new = make_box(devices=("drawer1", "display1", "reader1"), settings=HEAD)
    assert put_back(new, old.file, "--new-keys").returncode == 0
    for name in ("head", "head.intents"):
        shutil.copy(old.dir / name, new.dir / name)
    new.start().wait_ready()
    maria = confirm(new)  # her password works
    assert maria.open_drawer(key="known")["outcome"] == "ok"
    assert maria.report(key="known").code == "key-reused"
    assert new.account("drawer1")["pulse_count"] == 0
    settle(maria)
    changed, = new.journal(kind="key-changed")
    assert changed["badges"] == 3 and changed["pins"] == 1
    old_key = (old.dir / "keys/seal.pub").read_text().split()
    new_key = (new.dir / "keys/seal.pub").read_text().split()
    assert changed["from"] == old_key[1] != new_key[1] == changed["key"]
    assert changed["public"] == new_key[2]
    # badges and PINs are worth nothing
    events = new.follow()
    signing = new.client()
    answer = signing.later(signing.post, "/v1/sign-ons", {"till": "1", "badge": True}, wait=20)
    swipe(new, MARIAS_BADGE, events)
    events.wait("unknown-badge")
    assert signing.post("/v1/sign-ons", {"till": "2", "login": "maria",
                                         "pin": "2580"}).code == "wrong-credentials"
    # the journal goes on over the change
    assert new.client().post("/v1/journal/verify")["sound"] is True
    path = new.dir / "export.jsonl"
    assert tillctl(new, "journal", "export", path).returncode == 0
    assert verify(new, path, key=new.dir / "keys/seal.pub")["sound"]
    verdict = verify(new, path, key=old.dir / "keys/seal.pub")
    assert not verdict["sound"] and "another key" in verdict["sentence"], verdict
    lines = path.read_text().splitlines()
    assert '"key-changed"' in lines[verdict["line"] - 1]
    assert answer.thread.is_alive() or answer.result()
    new.stop()
    new.start().wait_ready()
    assert new.client().get("/v1")["rolled_back"] is False
    assert len(new.journal(kind="key-changed")) == 1


def test_without_keys_and_without_saying_so(old, make_box):
    new = make_box(devices=(), settings=HEAD)
    new.write_config()
    assert put_back(new, old.file).returncode == 0
    new.start(ready=False)
    assert new.daemon.wait(PATIENCE) == 1
    new.log.wait("is sealed by key")
    new.daemon = None


def test_to_the_old_box(old):
    for file in (old.dir / "state").glob("tilld.db*"):
        file.unlink()
    told = put_back(old, old.file)
    assert told.returncode == 0, told
    old.start().wait_ready()
    pulses = old.account("drawer1")["pulse_count"]
    maria = confirm(old)
    assert maria.open_drawer(key="lost").code == "outcome-lost"
    assert maria.open_drawer(key="known")["outcome"] == "ok"
    assert old.account("drawer1")["pulse_count"] == pulses
    assert old.client().post("/v1/journal/verify")["sound"] is True


def test_one_that_has_lost_nothing_is_confirmed_as_well(make_box):
    box = make_box(devices=(), settings=HEAD).start().set_up()
    box.client().sign_on("maria")
    file = take(box)
    box.stop()
    for path in (box.dir / "state").glob("tilld.db*"):
        path.unlink()
    assert put_back(box, file).returncode == 0
    box.start()
    assert box.client().get("/v1")["rolled_back"] is True
    assert [e["lost"] for e in box.journal(kind="restored")] == [0]
    box.stop()
    box.start()
    assert len(box.journal(kind="restored")) == 1


def databases(box):
    return {f.name: f.stat().st_ino for f in (box.dir / "state").glob("tilld.db*")
            if f.name[-4:] not in ("-wal", "-shm")}


def refuses(box, file, *words):
    before = databases(box)
    told = put_back(box, file)
    assert told.returncode == 1, told
    for word in words:
        assert word in told.stderr, told
    assert databases(box) == before


def test_what_is_not_put_back(old, make_box):
    refuses(old, old.file, "There is a database in its place")
    old.start()
    refuses(old, old.file, "tilld is running")
    new = make_box(devices=(), settings=HEAD)
    new.write_config()
    refuses(new, new.dir / "nowhere", "No such file")
    (new.dir / "empty").write_bytes(b"")
    refuses(new, new.dir / "empty", "no whole backup")
    (new.dir / "text").write_text("not a database, but long enough to be one\n" * 100)
    refuses(new, new.dir / "text", "no whole backup")
    content = old.file.read_bytes()
    (new.dir / "short").write_bytes(content[:-4096])
    refuses(new, new.dir / "short", "no whole backup")
    at = content.rindex(b'"kind":"backup"')
    (new.dir / "altered").write_bytes(content[:at] + b'"kind":"bickup"' + content[at + 15:])
    told = put_back(new, new.dir / "altered")
    if told.returncode == 0:  # far behind the last seal: found by who looks
        shutil.copytree(old.dir / "keys", new.dir / "keys")
        new.start()
        assert new.client().post("/v1/journal/verify")["sound"] is False


def test_of_a_box_that_was_never_set_up(make_box):
    box = make_box(devices=()).start()
    answer = box.client().post("/v1/backup")
    assert answer.code == "not-set-up"
    told = tillctl(box, "backup", box.dir / "file")
    assert told.returncode == 1 and not (box.dir / "file").exists(), told


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be another user")
def test_for_those_who_may_see_the_journal(make_box):
    document = policy()
    for till in document["tills"]:
        till["clients"]["users"].append(65534)
    box = make_box(devices=(), socket='mode = "0666"').start().set_up(document)
    asked = [("GET", "/v1/journal/segments"), ("POST", "/v1/journal/archive"),
             ("POST", "/v1/backup")]
    for who, code in ((None, "sign-on-required"), ("anna", "journal-not-allowed"),
                      ("piotr", "journal-not-allowed")):
        other = OtherClient(box)
        if who:
            other.sign_on(who)
        for method, path in asked:
            answer = other.request(method, path, {} if method == "POST" else None)
            assert answer.code == code, answer
    assert box.journal(kind="backup") == box.journal(kind="archive-asked") == []
    other.sign_on("maria")
    assert other.get("/v1/journal/segments").status == 200
    assert other.post("/v1/backup").raw.startswith(b"SQLite format 3")
    assert other.post("/v1/journal/archive").code == "no-archive"
    entry, = box.journal(kind="backup")
    names = box.client().get("/v1/journal?kind=backup")["names"]
    assert entry["uid"] == 65534 and names[entry["operator"]] == "Maria"
    assert box.journal(kind="archive-asked")[0]["operator"] == entry["operator"]


def test_only_to_a_new_file(make_box):
    box = make_box(devices=()).start().set_up(policy())
    (box.dir / "there").write_text("mine")
    told = tillctl(box, "backup", box.dir / "there")
    assert told.returncode == 74 and (box.dir / "there").read_text() == "mine", told
    told = tillctl(box, "backup", box.dir / "no/where")
    assert told.returncode == 74 and "no folder" in told.stderr, told
    assert box.journal(kind="backup") == []


def test_what_a_crash_leaves_of_one(make_box):
    """Half a copy in the state folder is nobody's any more."""
    box = make_box(devices=()).start().set_up()
    box.kill()
    (box.dir / "state/backup.new").write_bytes(b"half of it")
    box.start()
    take(box)
    assert not (box.dir / "state/backup.new").exists()


def test_stopping_meanwhile(make_box):
    """Whoever reads slowly is cut off, and does not take a part for the whole."""
    box = make_box(devices=()).start().set_up()
    box.stop()
    with contextlib.closing(sqlite3.connect(box.dir / "state/tilld.db")) as database:
        database.execute("PRAGMA secure_delete = OFF")
        database.execute("INSERT INTO meta (name, value) "
                         "VALUES ('filler', hex(randomblob(10000000)))")
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    box.start()
    with contextlib.closing(UnixConnection(box.socket, PATIENCE)) as connection:
        connection.request("POST", "/v1/backup", b"{}", {"Content-Type": "application/json"})
        answer = connection.getresponse()
        assert answer.status == 200
        answer.read(65536)
        box.stop()
        with pytest.raises(Exception):
            while answer.read(65536):
                pass


def test_a_backup_through_a_pipe(old, make_box):
    """It never lies on a disk in the clear: tillctl backup - | gpg ..."""
    old.start().wait_ready()
    told = subprocess.run([BUILD / "tillctl", "backup", "-"], capture_output=True,
                          timeout=PATIENCE, stdin=subprocess.DEVNULL, cwd=old.dir,
                          env={**os.environ, "TILLD_SOCKET": str(old.socket),
                               "XDG_RUNTIME_DIR": str(old.dir)})
    assert told.returncode == 0 and b"Keys are not in it" in told.stderr, told.stderr
    assert not (old.dir / "-").exists()
    new = make_box(devices=("drawer1",))
    new.start_sim()
    new.write_config()
    put = subprocess.run([BUILD / "tilld", "-c", new.dir / "tilld.conf", "--restore", "-"],
                         input=told.stdout, capture_output=True, timeout=PATIENCE)
    assert put.returncode == 0, put.stderr


def places_of(folder, *words):
    return [(path.name, word) for path in folder.rglob("*") if path.is_file()
            for word in words if word.encode() in path.read_bytes()]


def test_who_is_erased_is_nowhere(make_box):
    """Not in the database, its log, the archive, nor in a backup; and the chain holds."""
    box = make_box(devices=("drawer1",), settings=HEAD + '\narchive-dir = "{dir}/archive"')
    (box.dir / "archive").mkdir()
    box.up()
    maria = box.client().sign_on("maria")
    found = maria.get("/v1/operators/piotr")
    assert maria.request("PUT", "/v1/operators/zbyszek77", {
        "name": "Zbigniew Nadolny", "groups": found["operator"]["groups"], "password": "zbyszek-sells-it",
        "badges": [{"id": "em4100:00000000aa", "label": "zbyszek's own"}]},
        key="new").status == 200
    him = box.client()
    assert him.post("/v1/sign-ons", {"till": "1", "login": "zbyszek77",
                                     "password": "wrong"}).status == 401
    him.sign_on("zbyszek77", password="zbyszek-sells-it")
    assert him.open_drawer().status in (200, 403)
    words = ("zbyszek", "Zbigniew", "Nadolny")
    assert places_of(box.dir, *words)  # the search works
    maria = box.client().sign_on("maria")
    erased = maria.request("DELETE", "/v1/operators/zbyszek77/name", key="gone")
    assert erased.status == 200, erased
    assert places_of(box.dir, *words) == []
    take(box)
    assert box.client().post("/v1/journal/archive", {"keep_days": 0}).status == 200
    assert places_of(box.dir, *words) == []
    assert box.client().post("/v1/journal/verify")["sound"] is True
