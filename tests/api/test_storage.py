# SPDX-License-Identifier: Apache-2.0
"""What is found on disk at a start, and a disk that gives out meanwhile."""
import contextlib
import hashlib
import os
import shutil
import sqlite3
import subprocess
import time

import pytest

from box import BUILD, PATIENCE, Box, policy
from elsewhere import NoDisk, fill, small_disk


NOBODY = 65534


def refuses_to_start(box, *words, **options):
    """It ends by itself with status 1, says why, and touches nothing."""
    before = contents(box.dir / "state")
    box.start(ready=False, **options)
    assert box.daemon.wait(PATIENCE) == 1
    box.log.thread.join(PATIENCE)
    said = "\n".join(box.log.seen)
    for word in words:
        assert word in said, said
    assert "ready at" not in said
    assert contents(box.dir / "state") == before
    box.daemon = None


def contents(folder):
    """Of the database and what belongs to it; its index is SQLite's own affair."""
    return {f.name: f.read_bytes() for f in folder.glob("*") if f.is_file()
            and f.stat().st_size and f.name not in ("tilld.db-shm", "ballast")}


@pytest.fixture
def stopped(make_box):
    """A box that was used and stopped."""
    box = make_box(devices=()).start().set_up()
    box.client().sign_on("anna")
    box.stop()
    return box


def database(box):
    return contextlib.closing(sqlite3.connect(box.dir / "state/tilld.db"))


# -- what is found at a start -----------------------------------------------------------

def test_a_head_file_that_is_gone(make_box):
    """Its disk is not mounted, for one."""
    box = make_box(devices=("drawer1",), settings='head-file = "{dir}/head"').up()
    maria = box.client().sign_on("maria")
    assert maria.open_drawer(key="before").status == 200
    box.stop()
    (box.dir / "head").unlink()
    box.start(ready=False)
    box.log.wait(f"{box.dir}/head: the journal's head was noted here and is missing", "mounted")
    box.log.wait("tillctl setup --confirm-rollback --reason TEXT")
    box.log.wait("ready at")
    refused = box.wait_ready().client().request(
        "POST", "/v1/tills/1/drawer/open", {"reason": "x"}, key="x",
        headers={"Authorization": "Bearer " + maria.token})
    assert refused.code == "rolled-back" and "not certain" in refused["title"]


def test_two_daemons_on_one_database(make_box, stopped):
    stopped.start()
    second = make_box(devices=())
    second.write_config()
    config = (second.dir / "tilld.conf").read_text()
    (second.dir / "tilld.conf").write_text(config.replace(
        f'state-dir = "{second.dir}/state"', f'state-dir = "{stopped.dir}/state"'))
    second.start(ready=False)
    assert second.daemon.wait(PATIENCE) == 1
    second.log.wait("Another tilld is using this database")
    second.daemon = None
    assert stopped.client().sign_on("anna")


# All of the last page: at its end alone there may be nothing that could be missed.
@pytest.mark.parametrize("where", [0, 100, 5000, -4096], ids=["magic", "header", "middle", "end"])
def test_a_corrupt_database(stopped, where):
    path = stopped.dir / "state/tilld.db"
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(where % size)
        file.write(os.urandom(64) if where % size + 4096 > size else os.urandom(4096))
    refuses_to_start(stopped, "error:")


def test_a_database_that_was_cut_short(stopped):
    path = stopped.dir / "state/tilld.db"
    os.truncate(path, path.stat().st_size // 2)
    refuses_to_start(stopped, "error:")


def test_a_database_of_a_newer_version(stopped):
    with database(stopped) as newer:
        version = newer.execute("PRAGMA user_version").fetchone()[0]
        newer.execute(f"PRAGMA user_version = {version + 1}")
        newer.commit()
    refuses_to_start(stopped, "newer version of tilld")


def test_a_database_of_somebody_else(stopped):
    (stopped.dir / "state/tilld.db").unlink()
    with database(stopped) as other:
        other.execute("CREATE TABLE shopping (item TEXT)")
        other.commit()
    refuses_to_start(stopped, "error:")


@pytest.mark.parametrize("name", ["seal.key", "badge.pepper", "pin.pepper"])
def test_a_key_is_missing(stopped, name):
    (stopped.dir / "keys" / name).unlink()
    refuses_to_start(stopped, "keys", "missing")


def test_all_keys_are_missing(stopped):
    shutil.rmtree(stopped.dir / "keys")
    refuses_to_start(stopped, "keys", "missing")


def test_keys_of_another_box(make_box, stopped):
    other = make_box(devices=()).start().set_up()
    other.stop()
    shutil.rmtree(stopped.dir / "keys")
    shutil.copytree(other.dir / "keys", stopped.dir / "keys")
    refuses_to_start(stopped, "keys", "missing")


def test_keys_that_others_may_read(stopped):
    (stopped.dir / "keys/seal.key").chmod(0o644)
    refuses_to_start(stopped, "others may read")


def test_a_state_folder_that_others_may_write_to(stopped):
    (stopped.dir / "state").chmod(0o777)
    refuses_to_start(stopped, "others may write")


@pytest.mark.parametrize("name", ["seal.key", "badge.pepper", "pin.pepper", "seal.pub"])
@pytest.mark.parametrize("text", ["", "ed25519 and so on\n", None], ids=["empty", "text", "other"])
def test_a_key_is_garbled(stopped, name, text):
    key = stopped.dir / "keys" / name
    if text is None:  # a digit of it
        good = key.read_text()
        text = good.replace(good[-2], "0" if good[-2] != "0" else "1")
        if "pepper" in name:
            text = good[:-2] + "\n"  # of these none is wrong but by its form
    key.chmod(0o600)
    key.write_text(text)
    key.chmod(0o400)
    refuses_to_start(stopped, name, "damaged" if name != "seal.pub" else "seal.")


def test_a_folder_of_keys_that_others_may_look_into(stopped):
    (stopped.dir / "keys").chmod(0o755)
    refuses_to_start(stopped, f"{stopped.dir}/keys: others may look into this folder")


def test_a_log_without_its_database(stopped):
    (stopped.dir / "state/tilld.db").unlink()
    (stopped.dir / "state/tilld.db-wal").write_bytes(b"what was written last")
    refuses_to_start(stopped, "its log is there, but not the database")


def test_no_folder_to_make_the_state_folder_in(make_box):
    box = make_box(devices=())
    box.write_config()
    config = (box.dir / "tilld.conf").read_text()
    (box.dir / "tilld.conf").write_text(config.replace(
        f'state-dir = "{box.dir}/state"', f'state-dir = "{box.dir}/missing/state"'))
    refuses_to_start(box, "missing/state: the folder that it belongs in is missing")


def test_a_state_folder_that_is_none(stopped):
    shutil.rmtree(stopped.dir / "state")
    (stopped.dir / "state").write_text("a file")
    refuses_to_start(stopped, "state: is no folder")


needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")


@needs_root
@pytest.mark.parametrize("what", ["state", "state/tilld.db", "keys", "keys/seal.key"])
def test_what_belongs_to_another_user(stopped, what):
    os.chown(stopped.dir / what, NOBODY, NOBODY)
    refuses_to_start(stopped, f"{stopped.dir}/{what}: belongs to another user (uid {NOBODY})")


@needs_root
@pytest.mark.parametrize("what, words", [
    ("state", "state/tilld.lock: uid 65534, which tilld runs as, may not write"),
    ("state/tilld.db", "state/tilld.db: belongs to another user (uid 0)"),
    ("keys", "keys: belongs to another user (uid 0)"),
    ("keys/pin.pepper", "keys/pin.pepper: uid 65534, which tilld runs as, may not read"),
])
def test_what_root_put_back_and_did_not_give_to_tilld(stopped, what, words):
    """Such as a backup that root has copied to its place."""
    stopped.dir.chmod(0o711)
    for folder in ("state", "keys"):
        for path in (stopped.dir / folder, *(stopped.dir / folder).glob("*")):
            os.chown(path, NOBODY, NOBODY)
    path = stopped.dir / what
    os.chown(path, 0, 0)
    if what == "state":
        path.chmod(0o755)
        (path / "tilld.lock").unlink()
    refuses_to_start(stopped, words, user=NOBODY, group=NOBODY, extra_groups=())


@needs_root
def test_a_disk_that_is_mounted_read_only():
    try:
        with small_disk(24) as folder:
            box = Box(folder, devices=()).start().set_up()
            box.stop()
            subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
            refuses_to_start(box, "state/tilld.lock", "mounted read-only")
    except NoDisk as why:
        pytest.skip(f"no disk can be mounted here: {why}")


def test_an_emptied_database_beside_its_keys(stopped):
    for file in (stopped.dir / "state").glob("tilld.db*"):
        file.unlink()
    refuses_to_start(stopped, "the database is empty or missing")
    (stopped.dir / "state/tilld.db").write_bytes(b"")
    refuses_to_start(stopped, "the database is empty or missing")


def test_everything_gone_but_the_keys(stopped):
    shutil.rmtree(stopped.dir / "state")
    (stopped.dir / "state").mkdir(mode=0o700)
    refuses_to_start(stopped, "the database is empty or missing")


def test_an_entry_altered_while_it_was_stopped(stopped):
    with database(stopped) as altered:
        with contextlib.suppress(sqlite3.Error):
            altered.execute("DROP TRIGGER IF EXISTS journal_update")
        altered.execute("UPDATE journal SET line = replace(line, 'password', 'badge') "
                        "WHERE kind = 'sign-on'")
        altered.commit()
    stopped.start(ready=False)
    with contextlib.suppress(AssertionError):
        stopped.log.wait("ready at", patience=5)
    if stopped.daemon.poll() is None:  # far behind the last seal: found by who looks
        verdict = stopped.client().post("/v1/journal/verify")
        assert verdict["sound"] is False and verdict["line"] > 1, verdict
    else:
        assert stopped.daemon.wait() == 1
        stopped.daemon = None


# -- a database that comes back from the past --------------------------------------------

@pytest.fixture
def restored(make_box):
    """A backup was put back; the head file, on another disk, knows better."""
    box = make_box(devices=("drawer1", "display1"), settings='head-file = "{dir}/head"').up()
    maria = box.client().sign_on("maria")
    assert maria.open_drawer(key="old").status == 200
    box.stop()
    shutil.copytree(box.dir / "state", box.dir / "backup")
    box.start().wait_ready()
    maria.open_drawer(key="new")
    box.stop()
    shutil.rmtree(box.dir / "state")
    shutil.move(box.dir / "backup", box.dir / "state")
    box.start().wait_ready()
    return box, maria


def test_nothing_moves_until_somebody_has_looked(restored):
    box, maria = restored
    assert box.client().get("/v1")["rolled_back"] is True
    assert maria.open_drawer().code == "rolled-back"
    assert maria.open_drawer(key="old").code == "rolled-back"
    assert box.account("drawer1")["pulse_count"] == 2
    assert box.client().get("/v1/tills/1/drawer").status == 200  # status is readable
    assert maria.request("PUT", "/v1/tills/1/display", {"lines": ["Closed"]}).status == 200
    box.stop()
    box.start().wait_ready()  # starting again is not a way out
    assert maria.open_drawer().code == "rolled-back"
    assert [e["kind"] for e in box.journal()].count("rolled-back") == 1
    confirmed = box.client().post("/v1/setup/confirm-rollback", {"reason": "the disk broke"})
    assert confirmed.status == 200
    assert box.client().get("/v1")["rolled_back"] is False
    assert maria.open_drawer(key="old").body["outcome"] == "ok"
    assert box.account("drawer1")["pulse_count"] == 2  # still the same opening
    lost = maria.open_drawer(key="new")  # the backup does not know of it
    assert lost.status == 504 and lost.code == "outcome-lost", lost
    assert box.account("drawer1")["pulse_count"] == 2
    assert box.journal(kind="rolled-back")[0]["lost"] == 1
    assert maria.open_drawer(key="newer").status == 200
    entry = box.journal(kind="rollback-confirmed")[0]
    assert entry["reason"] == "the disk broke" and entry["uid"] == os.getuid()
    assert box.client().post("/v1/setup/confirm-rollback",
                             {"reason": "again"}).code == "not-rolled-back"
    box.stop()
    box.start().wait_ready()
    assert box.client().get("/v1")["rolled_back"] is False
    assert box.client().post("/v1/journal/verify")["sound"] is True


def test_a_person_can_compare_the_key(make_box):
    """At set-up, from the daemon, and from an export: the same 64 digits everywhere."""
    box = make_box(devices=()).start()
    fingerprint = box.client().post("/v1/setup", {"policy": policy()})["fingerprint"]
    public = (box.dir / "keys/seal.pub").read_text().split()[2]
    digits = hashlib.sha256(bytes.fromhex(public)).hexdigest()
    assert fingerprint.replace(" ", "") == digits
    assert box.client().get("/v1")["journal"]["fingerprint"] == fingerprint
    assert box.client().post("/v1/journal/verify")["fingerprint"] == fingerprint

    def tillctl(*words):
        return subprocess.run([BUILD / "tillctl", "journal", *words], capture_output=True,
                              text=True, env={**os.environ, "TILLD_SOCKET": str(box.socket)})
    export = box.dir / "export"
    assert fingerprint in tillctl("verify").stdout
    assert fingerprint in tillctl("export", export).stderr
    assert fingerprint in tillctl("verify", export).stdout
    assert tillctl("verify", export, "--key", fingerprint).returncode == 0
    other = fingerprint[:-1] + ("0" if fingerprint[-1] != "0" else "1")
    refused = tillctl("verify", export, "--key", other)
    assert refused.returncode != 0 and "another till's key" in refused.stdout


def test_only_the_database_file_put_back(stopped):
    shutil.copy(stopped.dir / "state/tilld.db", stopped.dir / "backup.db")
    stopped.start()
    stopped.client().sign_on("anna")
    stopped.stop()
    shutil.copy(stopped.dir / "backup.db", stopped.dir / "state/tilld.db")
    stopped.start()
    assert stopped.client().get("/v1")["rolled_back"] is True


def test_the_head_file_is_gone(stopped):
    (stopped.dir / "state/head").unlink()
    stopped.start()
    assert stopped.client().get("/v1")["rolled_back"] is True


# -- a full disk ---------------------------------------------------------------------------

def once_there_is_room(call, *args, **options):
    """The daemon looks again every few seconds by itself."""
    end = time.monotonic() + PATIENCE
    while (answer := call(*args, **options)).code == "disk-full" and time.monotonic() < end:
        pass
    return answer


@pytest.fixture
def tight():
    """A box on a disk of its own, small enough to be filled."""
    try:
        with small_disk(32) as folder:
            box = Box(folder, devices=("drawer1",))
            try:
                yield box.up()
            finally:
                box.close()
    except NoDisk as why:
        pytest.skip(f"no disk can be mounted here: {why}")


def test_a_full_disk_refuses_and_recovers(tight):
    anna, maria = tight.client().sign_on("anna", till="2"), tight.client().sign_on("maria")
    assert maria.open_drawer().status == 200
    fill(tight.dir)
    for _ in range(3):
        answer = maria.open_drawer(key="k")
        if answer.code == "disk-full":
            break
    assert answer.code == "disk-full" and answer.status == 503, answer
    assert tight.account("drawer1")["pulse_count"] <= 3
    # what only looks goes on, what would have to be written does not
    assert tight.client().get("/v1/tills/1/drawer").status == 200
    assert anna.get("/v1/sign-ons/current").status == 200
    assert tight.journal(kind="intent")
    assert tight.client().post("/v1/journal/verify")["sound"] is True
    sign_on = tight.client().post("/v1/sign-ons", {"till": "2", "login": "maria", "pin": "2580"})
    assert sign_on.code == "disk-full"
    (tight.dir / "filler").unlink()
    assert once_there_is_room(maria.open_drawer, key="k").status == 200
    assert tight.client().post("/v1/journal/verify")["sound"] is True


@pytest.mark.parametrize("ballast", [True, False], ids=["ballast", "none"])
@pytest.mark.parametrize("end", ["stop", "kill"])
def test_starting_on_a_full_disk(tight, end, ballast):
    """It can be looked at, says what is wrong, and is well again by itself."""
    maria = tight.client().sign_on("maria")
    assert maria.open_drawer(key="before").status == 200
    getattr(tight, end)()
    if not ballast:
        os.truncate(tight.dir / "state/ballast", 0)
    fill(tight.dir)
    tight.start().wait_ready()
    storage = tight.client().get("/v1")["storage"]
    assert storage["state"] == "full" and "disk is full" in storage["detail"], storage
    assert tight.client().get("/v1/tills/1/drawer").status == 200
    assert tight.journal(kind="intent")
    assert tight.client().post("/v1/journal/verify")["sound"] is True
    assert maria.open_drawer(key="before")["outcome"] == "ok"
    answer = maria.open_drawer(key="k")
    assert answer.status == 503 and answer.code == "disk-full", answer
    assert tight.account("drawer1")["pulse_count"] == 1
    told = subprocess.run([BUILD / "tillctl", "tills"], capture_output=True, text=True,
                          env={**os.environ, "TILLD_SOCKET": str(tight.socket)})
    assert told.returncode == 0 and "disk is full" in told.stderr, told
    (tight.dir / "filler").unlink()
    assert once_there_is_room(maria.open_drawer, key="k").status == 200
    assert tight.client().get("/v1")["storage"] == {"state": "good"}
    tight.kill()
    tight.start().wait_ready()
    assert maria.open_drawer(key="k")["outcome"] == "ok"
    assert tight.account("drawer1")["pulse_count"] == 2
    assert tight.client().post("/v1/journal/verify")["sound"] is True


def test_what_was_begun_is_recorded_on_a_full_disk(tight):
    """The ballast is there for outcomes: whoever was let in gets a record of the end."""
    events, maria = tight.follow(), tight.client().sign_on("maria")
    tight.person("drawer1 delay 300")
    opening = maria.later(maria.open_drawer, key="k")
    events.wait("intent")
    fill(tight.dir)
    assert opening.result().status == 200
    assert events.wait("outcome")["outcome"] == "ok"
    tight.person("drawer1 delay 0")
    tight.kill()
    (tight.dir / "filler").unlink()
    tight.start().wait_ready()
    assert maria.open_drawer(key="k")["outcome"] == "ok"
    assert tight.account("drawer1")["pulse_count"] == 1


def test_the_policy_is_not_lost_by_a_set_up_that_did_not_fit(make_box):
    box = make_box(devices=())
    try:
        with small_disk(24) as folder:
            (folder / "state").mkdir(mode=0o700)
            (box.dir / "state").symlink_to(folder / "state")
            box.start()
            fill(folder)
            answer = box.client().post("/v1/setup", {"policy": policy()})
            assert answer.status == 503 and answer.code in ("disk-full", "disk-failed"), answer
            assert box.client().get("/v1")["set_up"] is False
            (folder / "filler").unlink()
            answer = once_there_is_room(box.client().post, "/v1/setup", {"policy": policy()})
            assert answer.status == 201, answer
            box.stop()
    except NoDisk as why:
        pytest.skip(f"no disk can be mounted here: {why}")
