# SPDX-License-Identifier: Apache-2.0
"""Files: links and modes that somebody prepared; journal, policy and keys that somebody edited."""
import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import stat

import pytest
from box import PATIENCE


def ends(box, *words):
    """It does not start, with status 1, and says why."""
    box.start(ready=False)
    assert box.daemon.wait(PATIENCE) == 1, "\n".join(box.log.seen)
    box.log.thread.join(PATIENCE)
    said = "\n".join(box.log.seen)
    assert all(word in said for word in words), said
    box.daemon = None


def starts(box, patience=PATIENCE):
    """Whether it does; if not, it ended with status 1."""
    box.start(ready=False)
    with contextlib.suppress(AssertionError):
        box.log.wait("ready at", patience=patience)
        return True
    assert box.daemon.wait(PATIENCE) == 1, "\n".join(box.log.seen)
    box.daemon = None
    return False


@pytest.fixture
def stopped(make_box):
    """A box that was used and stopped; its head file lies in a folder of its own."""
    box = make_box(devices=(), settings='head-file = "{dir}/heads/head"')
    (box.dir / "heads").mkdir(mode=0o700)
    box.start().set_up()
    box.client().sign_on("anna")
    box.stop()
    return box


# -- links ---------------------------------------------------------------------------

LINKED = ["state/tilld.db", "state/tilld.db-wal", "state/tilld.db-shm", "state/tilld.lock",
          "state/ballast", "heads/head", "heads/head.intents", "keys/seal.key",
          "keys/badge.pepper", "tilld.sock", "tilld.sock.lock"]


@pytest.mark.parametrize("there", [True, False], ids=["to a file", "to nothing"])
@pytest.mark.parametrize("name", LINKED)
def test_a_link_in_the_place_of_a_file_is_not_followed(stopped, name, there):
    """Whatever it leads to stays as it was, and is not made."""
    place, victim = stopped.dir / name, stopped.dir / "victim"
    if there:
        if place.exists():
            shutil.copy(place, victim)
        else:
            victim.write_bytes(b"somebody else's\n")
        victim.chmod(0o644)
    place.unlink(missing_ok=True)
    place.symlink_to(victim)
    before = victim.read_bytes() if there else None
    if starts(stopped):
        assert name.startswith("heads/"), "it runs on a file that it was led to"
        stopped.stop()
    if there:
        assert victim.read_bytes() == before
        assert stat.S_IMODE(victim.stat().st_mode) == 0o644
    else:
        assert not victim.exists()


def test_a_link_in_the_place_of_what_is_written_anew(stopped):
    """The head file is written beside itself first; a backup put back, beside the database."""
    victims = []
    for name in ("heads/head.new", "heads/head.intents.new", "state/tilld.db.new"):
        victims.append(stopped.dir / f"victim{len(victims)}")
        victims[-1].write_text("somebody else's\n")
        (stopped.dir / name).symlink_to(victims[-1])
    stopped.start()
    stopped.client().sign_on("anna")
    stopped.stop()
    assert {victim.read_text() for victim in victims} == {"somebody else's\n"}


# -- modes ---------------------------------------------------------------------------

@pytest.mark.parametrize("umask", [0o000, 0o027, 0o777])
def test_an_umask_changes_nothing(make_box, umask):
    """Whoever starts it: nobody else can read the records and keys, and the socket's mode is
    that of the configuration."""
    box = make_box(devices=("drawer1",), socket='mode = "0660"',
                   settings='head-file = "{dir}/heads/head"')
    (box.dir / "heads").mkdir(mode=0o700)
    box.start_sim()
    box.write_config()
    box.start(umask=umask).set_up().wait_ready()
    assert box.client().sign_on("maria").open_drawer().status == 200
    assert stat.S_IMODE(box.socket.stat().st_mode) == 0o660
    for folder in ("state", "keys", "heads"):
        for path in [box.dir / folder, *(box.dir / folder).rglob("*")]:
            assert not path.stat().st_mode & 0o077 or path.name == "seal.pub", path
    box.stop()
    box.start(umask=umask).wait_ready()  # what it left it can use
    assert box.client().sign_on("maria").open_drawer().status == 200


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o1777])
def test_a_folder_of_head_files_that_others_may_write_to(stopped, mode):
    """Whoever can exchange the head file can hide that the database came from the past."""
    (stopped.dir / "heads").chmod(mode)
    ends(stopped, f"{stopped.dir}/heads", "others may write")


@pytest.mark.parametrize("mode, fine", [(0o777, False), (0o770, False), (0o1777, False),
                                        (0o755, True), (0o750, True)])
def test_a_folder_of_the_socket_that_others_may_write_to(make_box, mode, fine):
    """Whoever can exchange the socket can play the daemon, and hear passwords."""
    box = make_box(devices=())
    box.socket = box.dir / "run" / "tilld.sock"
    box.socket.parent.mkdir()
    box.socket.parent.chmod(mode)
    if fine:
        box.start().stop()
    else:
        ends(box, f"{box.socket.parent}", "others may write")


# -- edits ---------------------------------------------------------------------------

@contextlib.contextmanager
def edited(box):
    """The database as somebody has it who may write it, and knows SQL."""
    with contextlib.closing(sqlite3.connect(box.dir / "state/tilld.db")) as database:
        yield database
        database.commit()


def swap(database, one, other):
    """The lines of two entries, in each other's place."""
    lines = dict(database.execute("SELECT seq, line FROM journal WHERE seq IN (?, ?)",
                                  (one, other)).fetchall())
    database.execute("UPDATE journal SET line = ? WHERE seq = ?", (lines[other], one))
    database.execute("UPDATE journal SET line = ? WHERE seq = ?", (lines[one], other))


def rechain(database, at):
    """An entry altered, and all hashes after it made anew: what somebody does who has read how
    the chain is made. What they have not is the key of the seals."""
    previous = None
    for seq, line in database.execute("SELECT seq, line FROM journal ORDER BY seq").fetchall():
        entry = json.loads(line)
        if seq == at:
            line = line.replace('"kind":"', '"kind":"x', 1)
        if previous is not None and seq > at:
            line = line.replace(entry["prev"], previous)
        previous = hashlib.sha256(line.encode()).hexdigest()
        if seq >= at:
            database.execute("UPDATE journal SET line = ? WHERE seq = ?", (line, seq))


EDITS = {
    "a word altered": lambda d: d.execute(
        "UPDATE journal SET line = replace(line, 'password', 'badge') WHERE kind = 'sign-on'"),
    "one dropped": lambda d: d.execute("DELETE FROM journal WHERE seq = 3"),
    "two exchanged": lambda d: swap(d, 2, 3),
    "the first dropped": lambda d: d.execute("DELETE FROM journal WHERE seq = 1"),
    "the tail dropped": lambda d: d.execute(
        "DELETE FROM journal WHERE seq > (SELECT max(seq) - 2 FROM journal)"),
    "all dropped": lambda d: d.execute("DELETE FROM journal"),
    "one repeated": lambda d: d.execute(
        "UPDATE journal SET line = (SELECT line FROM journal WHERE seq = 2) WHERE seq = 3"),
    "chained anew": lambda d: rechain(d, 3),
}


@pytest.mark.parametrize("what", EDITS)
def test_a_journal_edited_in_the_database(stopped, what):
    """It shows at the start, or to whoever verifies; never does it pass for sound."""
    with edited(stopped) as database:
        EDITS[what](database)
    if not starts(stopped):
        return
    if stopped.client().get("/v1")["rolled_back"]:
        return  # older than what was noted outside: nothing moves
    verdict = stopped.client().post("/v1/journal/verify")
    assert verdict["sound"] is False, verdict


@pytest.mark.parametrize("what", [
    "CREATE TRIGGER innocent AFTER INSERT ON journal BEGIN "
    "DELETE FROM journal WHERE seq = NEW.seq - 1; END",
    "CREATE VIEW more AS SELECT * FROM journal",
    "CREATE TABLE shopping (item TEXT)",
    "ALTER TABLE journal ADD COLUMN more TEXT",
    "DROP INDEX operation_reversed",
])
def test_rules_of_somebody_else_s_in_the_database(stopped, what):
    """A trigger would run at tilld's own hand; a table without its rules would take anything."""
    with contextlib.closing(sqlite3.connect(stopped.dir / "state/tilld.db")) as database:
        database.executescript(what)
        database.commit()
    ends(stopped, "somebody has altered the database")


# -- the policy, by somebody who knows how its hashes are made -------------------------

def reword(database, column, before, after):
    """A part of the policy in other words, with all the SHA-256 that name it made anew."""
    listed = database.execute(f"SELECT {column} FROM policy").fetchone()[0]
    (old, text), = [part for part in database.execute("SELECT hash, text FROM policy_part")
                    if part[0] in listed and before in part[1]]
    text = text.replace(before, after)
    new = hashlib.sha256(text.encode()).digest()
    listed = listed.replace(old, new)
    database.execute("INSERT INTO policy_part VALUES (?, ?)", (new, text))
    database.execute(f"UPDATE policy SET {column} = ?", (listed,))
    if column == "document":
        database.execute("UPDATE policy SET hash = ?", (hashlib.sha256(listed).digest(),))


def give_a_right(database):
    reword(database, "document", '"permissions":[', '"permissions":["drawer.open",')


def give_a_password(database):
    """Another's scrypt hash, so that theirs is good for two."""
    secrets = "".join(text for text, in database.execute("SELECT text FROM policy_part")
                      if text.startswith("o "))
    hashes = [line.split(" ")[2] for line in secrets.splitlines() if line.startswith("o ")]
    reword(database, "secrets", hashes[0], hashes[1])


def make_older(database):
    """As before there were signatures: then the next start would make one."""
    give_a_right(database)
    database.executescript("DROP TABLE bound; PRAGMA user_version = 1")


REWORDED = {
    "a right more": (give_a_right, "not what its hash says"),
    "a password of somebody else": (give_a_password, "not what its hash says"),
    "no signature": (lambda d: d.execute("DELETE FROM bound WHERE name = 'policy'"),
                     "not what its hash says"),
    "an older version": (make_older, "sealed by a newer one"),
    "none": (lambda d: d.execute("DELETE FROM policy"), "the journal knows of version 1"),
}


@pytest.mark.parametrize("what", REWORDED)
def test_a_policy_edited_in_the_database(stopped, what):
    """What they have not is the key that signs it."""
    edit, words = REWORDED[what]
    with edited(stopped) as database:
        edit(database)
    ends(stopped, words)


# -- keys ------------------------------------------------------------------------------

def exchange(box, one, other):
    keys = {name: (box.dir / "keys" / name).read_text() for name in (one, other)}
    for name, text in zip((one, other), reversed(keys.values())):
        (box.dir / "keys" / name).chmod(0o600)
        (box.dir / "keys" / name).write_text(text)
        (box.dir / "keys" / name).chmod(0o400)


def alter(box, name):
    path = box.dir / "keys" / name
    text = path.read_text()
    path.chmod(0o600)
    path.write_text(text[:-10] + ("b" if text[-10] == "a" else "a") + text[-9:])
    path.chmod(0o400)


@pytest.mark.parametrize("name", ["badge.pepper", "pin.pepper"])
def test_a_pepper_that_was_altered(stopped, name):
    """With another, every PIN and badge would be wrong, and keys that were used unknown."""
    alter(stopped, name)
    ends(stopped, f"{name} in {stopped.dir}/keys is not the one", "--new-keys")


def test_peppers_in_each_other_s_place(stopped):
    exchange(stopped, "badge.pepper", "pin.pepper")
    ends(stopped, "badge.pepper", "is not the one")
    exchange(stopped, "badge.pepper", "pin.pepper")
    assert starts(stopped)
    assert stopped.client().sign_on("anna")


# -- what is noted outside the database -------------------------------------------------

SLOT = 64


@pytest.fixture
def noted(make_box):
    """A box that has opened its drawer three times, and is stopped."""
    box = make_box(devices=("drawer1",)).up()
    maria = box.client().sign_on("maria")
    for key in "abc":
        assert maria.open_drawer(key=key).status == 200
    box.stop()
    return box


def write_head(box):
    """For the database as it is now: nothing but a hash of its last line."""
    with contextlib.closing(sqlite3.connect(box.dir / "state/tilld.db")) as database:
        seq, line = database.execute("SELECT seq, line FROM journal ORDER BY seq DESC").fetchone()
    head = {"hash": hashlib.sha256(line.encode()).hexdigest(), "seq": seq}
    (box.dir / "state/head").write_text(json.dumps(head, separators=(",", ":")))


def drop_notes(box, slots):
    ring = bytearray((box.dir / "state/head.intents").read_bytes())
    for slot in slots:
        ring[SLOT * slot:SLOT * (slot + 1)] = bytes(SLOT)
    (box.dir / "state/head.intents").write_bytes(ring)


OUTSIDE = {
    "a head of one's own": write_head,
    "no notes": lambda box: (box.dir / "state/head.intents").unlink(),
    "all notes dropped": lambda box: drop_notes(box, range(16)),
    "the last note dropped": lambda box: drop_notes(box, [3]),
    "the first note dropped": lambda box: drop_notes(box, [1]),
    "head and notes": lambda box: (write_head(box), drop_notes(box, range(16))),
}


@pytest.mark.parametrize("what", OUTSIDE)
def test_head_and_notes_that_somebody_wrote(noted, what):
    """Who has no keys makes none that fits: nothing moves until root has looked."""
    OUTSIDE[what](noted)
    noted.start(ready=False)
    noted.log.wait("nobody can tell")
    noted.log.wait("ready at")
    assert noted.wait_ready().client().get("/v1")["rolled_back"] is True
    assert noted.client().sign_on("maria").open_drawer(key="d").code == "rolled-back"
    assert noted.account("drawer1")["pulse_count"] == 3
