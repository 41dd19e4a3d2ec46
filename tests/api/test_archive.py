# SPDX-License-Identifier: Apache-2.0
"""The journal's archive: what goes, what stays, and that all of it verifies."""
import hashlib
import json
import os
import subprocess

import pytest

from box import BUILD, PATIENCE

ARCHIVE = 'archive-dir = "{dir}/archive" seal-entries = 5'.replace(" seal", "\nseal")


def tillctl(box, *words):
    return subprocess.run([BUILD / "tillctl", *map(str, words)], text=True, capture_output=True,
                          timeout=PATIENCE, stdin=subprocess.DEVNULL,
                          env={**os.environ, "TILLD_SOCKET": str(box.socket),
                               "XDG_RUNTIME_DIR": str(box.dir)})


@pytest.fixture
def archived(make_box):
    """A box whose journal was archived: what was done before, and since."""
    box = make_box(devices=("drawer1",), settings=ARCHIVE)
    (box.dir / "archive").mkdir()
    box.up()
    maria = box.client().sign_on("maria", session=False)
    for number in range(12):
        assert maria.open_drawer(key=f"k{number}").status == 200
    box.before = box.journal()
    box.done = box.client().post("/v1/journal/archive", {"keep_days": 0})
    assert box.done.status == 200, box.done
    return box


def files(box):
    return sorted((box.dir / "archive").iterdir())


def export(box, name="export.jsonl"):
    path = box.dir / name
    told = tillctl(box, "journal", "export", path)
    assert told.returncode == 0, told
    return path


def verify(box, *paths, key=True):
    words = ("--key", box.dir / "keys/seal.pub") if key else ()
    told = tillctl(box, "journal", "verify", *paths, "--json", *words)
    return told.returncode, json.loads(told.stdout)


def test_what_is_archived_is_in_files_and_gone_from_the_journal(archived):
    seq = archived.done["archived_seq"]
    assert archived.done["segments"] == 1 and archived.done["entries"] == seq > 20
    file, = files(archived)
    segment, = archived.client().get("/v1/journal/segments")["segments"]
    assert segment["file"] == file.name
    assert (segment["first"], segment["last"]) == (1, seq)
    assert segment["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert file.stat().st_mode & 0o777 == 0o600
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [e["seq"] for e in lines[1:-1]] == list(range(1, seq + 1))
    assert lines[1:-1] == archived.before[:seq]
    left = archived.client().get("/v1/journal?limit=1000")
    assert left["entries"][0]["seq"] == seq + 1 and left["archived_seq"] == seq
    entry, = archived.journal(kind="archived")
    assert (entry["first"], entry["last"], entry["file"], entry["sha256"]) == \
        (1, seq, file.name, segment["sha256"])
    asked, = archived.journal(kind="archive-asked")
    assert asked["uid"] == os.getuid() and asked["keep_days"] == 0
    head = archived.client().get("/v1")["journal"]
    assert head["archived_seq"] == seq and head["entries"] == head["seq"] - seq


def test_all_of_it_verifies_alone_and_together(archived):
    seq = archived.done["archived_seq"]
    verdict = archived.client().post("/v1/journal/verify").body
    assert verdict["sound"] and verdict["archived"] == seq, verdict
    first, = files(archived)
    maria = archived.client().sign_on("maria", session=False)
    assert maria.open_drawer(key="k3")["outcome"] == "ok"  # still the same one
    assert archived.account("drawer1")["pulse_count"] == 12
    for _ in range(6):
        maria.open_drawer()
    assert archived.client().post("/v1/journal/archive", {"keep_days": 0})["segments"] == 1
    first, second = files(archived)
    whole = export(archived)
    assert verify(archived, first)[1]["sound"]
    assert verify(archived, second)[1]["sound"]
    assert verify(archived, first, second)[1]["sound"]
    code, verdict = verify(archived, whole)
    total = archived.client().get("/v1")["journal"]["seq"]
    assert code == 0 and verdict["archived"] + verdict["entries"] == total, verdict
    code, verdict = verify(archived, first, second, whole)
    assert code == 0 and verdict["archived"] == 0 and verdict["entries"] == total, verdict
    # and what is wrong with them shows, with its place
    code, verdict = verify(archived, second, whole)
    assert code == 7 and "missing" in verdict["sentence"], verdict
    code, verdict = verify(archived, first, whole)
    assert code == 7 and verdict["file"] == str(whole), verdict
    altered = archived.dir / "altered.jsonl"
    altered.write_text(first.read_text().replace("change", "chance", 1))
    code, verdict = verify(archived, altered, second, whole)
    assert code == 7 and verdict["file"] == str(altered) and verdict["line"] > 1, verdict
    code, verdict = verify(archived, second, first)
    assert code == 7 and "does not follow" in verdict["sentence"], verdict


def test_it_outlives_restarts(archived):
    seq = archived.done["archived_seq"]
    for end in (archived.stop, archived.kill):
        end()
        archived.start()
        assert archived.client().get("/v1")["rolled_back"] is False
        assert archived.client().get("/v1")["journal"]["archived_seq"] == seq
        assert archived.client().post("/v1/journal/verify")["sound"] is True


def test_events_of_what_is_archived_are_gone(archived):
    seq = archived.done["archived_seq"]
    client = archived.client()
    for query in ("?after=0", f"?after={seq - 1}"):
        answer = client.get("/v1/events" + query)
        assert answer.status == 410 and answer.code == "journal-archived", answer
        assert answer["first"] == seq + 1
    answer = client.get("/v1/events", headers={"Last-Event-ID": "3"})
    assert answer.code == "journal-archived"
    events = archived.follow(f"?after={seq}")
    assert events.wait("archived")["last"] == seq


def test_what_is_open_stays(make_box):
    """A drawer that does not open leaves an opening unknown; its entries are kept."""
    box = make_box(devices=("drawer1",), settings=ARCHIVE)
    (box.dir / "archive").mkdir()
    box.up()
    maria, events = box.client().sign_on("maria", session=False), box.follow()
    box.person("drawer1 lock")
    opening = maria.later(maria.open_drawer)
    intent = events.wait("intent")
    page = box.client().get("/v1/journal/segments").body
    assert page["kept_for"] == "operation" and page["kept_from"] == intent["seq"]
    assert opening.result()["operation"]["outcome"] == "unknown"
    for _ in range(6):
        box.client().sign_on("maria", session=False)
    done = box.client().post("/v1/journal/archive", {"keep_days": 0})
    assert done.status == 200 and 0 < done["archived_seq"] < intent["seq"], done
    assert box.journal(operation=intent["operation"])[0]["kind"] == "intent"
    assert box.client().get("/v1/journal/segments")["kept_for"] == "operation"


def test_a_day_that_is_open_stays(make_box):
    box = make_box(devices=(), settings=ARCHIVE)
    (box.dir / "archive").mkdir()
    box.start().set_up()
    maria = box.client().sign_on("maria")
    begun = box.journal(kind="session.open")[0]["seq"]
    for _ in range(12):
        maria.get("/v1/tills/1/session")
        box.client().sign_on("maria")
    done = box.client().post("/v1/journal/archive", {"keep_days": 0})
    assert done.status == 200 and done["archived_seq"] < begun, done
    page = box.client().get("/v1/journal/segments").body
    assert page["kept_for"] == "day" and page["kept_from"] == begun


def test_nothing_is_old_enough(archived):
    done = archived.client().post("/v1/journal/archive", {"keep_days": 1})
    assert done.status == 200 and done["segments"] == 0 == done["entries"]
    done = archived.client().post("/v1/journal/archive")
    assert done.status == 200  # without journal-keep-days: all that is sealed
    assert len(files(archived)) >= 1


def test_without_an_archive(make_box):
    box = make_box(devices=()).start().set_up()
    answer = box.client().post("/v1/journal/archive", {"keep_days": 0})
    assert answer.status == 409 and answer.code == "no-archive"
    assert box.client().get("/v1/journal/segments")["segments"] == []


def test_an_archive_that_cannot_be_written(make_box):
    box = make_box(devices=(), settings=ARCHIVE).start().set_up()
    for _ in range(6):
        box.client().sign_on("maria", session=False)
    entries = len(box.journal())
    answer = box.client().post("/v1/journal/archive", {"keep_days": 0})
    assert answer.status == 503 and answer.code == "archive-failed", answer
    assert "No such file" in answer["detail"]
    assert len(box.journal()) > entries
    assert box.client().post("/v1/journal/verify")["sound"] is True
    (box.dir / "archive").mkdir()
    (box.dir / "archive").chmod(0o777)  # where others could take it away
    answer = box.client().post("/v1/journal/archive", {"keep_days": 0})
    assert answer.status == 503 and answer.code == "archive-failed", answer
    (box.dir / "archive").chmod(0o700)  # and it goes on where it was
    assert box.client().post("/v1/journal/archive", {"keep_days": 0})["segments"] == 1


def test_a_name_that_is_taken(make_box):
    box = make_box(devices=(), settings=ARCHIVE).start().set_up()
    for _ in range(6):
        box.client().sign_on("maria", session=False)
    folder = box.dir / "archive"
    folder.mkdir()
    key = box.client().get("/v1")["journal"]["key"]
    for last in range(1, 40):
        (folder / f"journal-000000000001-{last:012d}-{key}.jsonl").write_text("another's\n")
    answer = box.client().post("/v1/journal/archive", {"keep_days": 0})
    assert answer.code == "archive-failed" and "name" in answer["detail"], answer
    assert {f.read_text() for f in files(box)} == {"another's\n"}
    assert box.journal()[0]["seq"] == 1


def test_words_for_technicians(archived):
    told = tillctl(archived, "journal", "segments")
    assert told.returncode == 0 and files(archived)[0].name in told.stdout, told
    told = tillctl(archived, "journal", "archive", "--keep-days", "0")
    assert told.returncode == 0 and "Archived:" in told.stdout, told
    told = tillctl(archived, "journal", "verify")
    assert told.returncode == 0 and "in the archive" in told.stdout, told
    told = tillctl(archived, "journal", "archive", "--keep-days", "x")
    assert told.returncode == 64
