# SPDX-License-Identifier: Apache-2.0
"""The tour's second half: what moves, what goes wrong on its way, and the disk."""
import concurrent.futures
import contextlib
import shutil
import sqlite3
import uuid

import tour_of_administration
import tour_of_consents
import tour_of_printing
import tour_of_shifts
import tour_of_service
import tour_of_terminals
from box import PATIENCE, UnixConnection, exchange, tilld
from contract import CONTRACT
from elsewhere import NoDisk, OtherClient, fill, small_disk
from tour import (ACTIONS, EVERYTHING, MARIAS_WORD, NOTHING, OLGAS_WORD, OTHER, ROOT, act, ask,
                  badges, checks, display, guessing, idle, look_back, maria, mistakes, olga,
                  people, questions, too_late, turns, until)

SETTLED = {"outcome": "failed", "reason": "nothing there"}


def settle_path(operation):
    return f"/v1/tills/1/operations/{operation}/settle"


def an_unknown_opening(box):
    box.person("drawer1 lock")
    unknown = until(504, act, maria(box), "drawer")["operation"]["id"]
    box.person("drawer1 unlock")
    return unknown


# -- questions that actions wait for --------------------------------------------

def answers_to_those_who_wait(box, begin):
    """A request waits for a consent that is denied, then for one that is withdrawn."""
    for end in ("deny", "withdraw"):
        events, asker = box.follow(), olga(box)
        asking = asker.later(begin, asker, wait=20)
        question = "/v1/authorizations/" + events.wait("refused")["authorization"]
        if end == "deny":
            asker.post(question + "/deny", MARIAS_WORD)
        else:
            asker.request("DELETE", question)
        assert asking.result().status == 410
        events.close()


def no_answers(make_box):
    box = make_box(settings="consent-seconds = 1").up(people())
    paid = act(maria(box), "payment")["id"]
    unknown = settle_path(an_unknown_opening(box))
    events, asker = box.follow(), olga(box)
    asking = [asker.later(act, asker, what, paid, wait=20) for what in EVERYTHING]
    asking.append(asker.later(asker.post, unknown, SETTLED, wait=20))
    assert {a.result().code for a in asking} == {"authorization-expired"}
    look_back(asker, "/v1/authorizations/" + events.wait("refused")["authorization"])
    for what in EVERYTHING:
        until("too-many-requests", act, asker, what, paid)
    until("too-many-requests", lambda: asker.post(
        unknown, {**SETTLED, "reason": uuid.uuid4().hex}))  # another question each time
    box.journal()


# -- actions --------------------------------------------------------------------

def every_action(box):
    able, stranger, elsewhere = maria(box), box.client(), olga(box, till="2")
    for what in EVERYTHING:
        act(stranger, what)
        act(able, what, till="nowhere")
        act(elsewhere, what)
        act(maria(box), what, key=None)
        ask(olga(box), what, box.paid)
        answers_to_those_who_wait(box, lambda client, **options: act(  # noqa: B023
            client, what, box.paid, **options))
    checks(box)
    stranger.get("/v1/tills/1/can")
    for method in ("PUT", "DELETE"):
        display(stranger, method)
        idle(stranger, method)
        idle(stranger, method, till="nowhere")
        idle(stranger, method, till="2")
        until(200, display, maria(box), method)  # prompts may be queued there
        display(elsewhere, method, till="nowhere")
        display(elsewhere, method, till="2")
    elsewhere.get("/v1/tills")
    for till in ("1", "nowhere"):
        elsewhere.get(f"/v1/tills/{till}")
    for till in ("1", "2", "nowhere"):
        elsewhere.get(f"/v1/tills/{till}/drawer")
    elsewhere.get("/v1/devices/reader1")
    elsewhere.get("/v1/devices/nothing")
    elsewhere.get("/v1/operations/" + NOTHING)
    elsewhere.request("DELETE", "/v1/operations/" + NOTHING)


def the_drawer(box):
    events, able = box.follow(), maria(box)
    opened = act(able, "drawer", key="drawer")
    act(able, "drawer", key="drawer", body={"reason": "other"})
    act(able, "drawer")  # was open
    able.request("DELETE", "/v1/operations/" + opened["id"])
    box.person("drawer1 close")
    events.wait("drawer.closed")
    box.person("drawer1 key")
    events.wait("drawer.unsolicited")
    box.person("drawer1 paper out")
    while "paper" not in able.get("/v1/tills/1/drawer").body:
        events.wait("device")
    able.get("/v1/devices")
    until(502, act, able, "drawer")
    box.person("drawer1 paper ok")
    until(200, act, able, "drawer")
    box.person("drawer1 close")
    events.wait("drawer.closed")
    path = settle_path(an_unknown_opening(box))
    answers_to_those_who_wait(
        box, lambda client, **options: client.post(path, SETTLED, **options))
    box.client().post(path, SETTLED)
    asker = olga(box)
    asker.approve(asker.post(path, SETTLED)["authorization"]["id"])
    for _ in range(2):
        asker.post(path, SETTLED)
    asker.post(settle_path(NOTHING), SETTLED)
    box.person("drawer1 key")
    box.person("drawer1 unplug")
    box.person("drawer1 plug")
    events.wait("drawer.found-open")


def the_printer(box):
    able = maria(box)
    able.report("x")
    able.report("z", key="report")
    able.report("x", key="report")
    able.report("periodic", from_date="2026-11-01", to_date="2026-11-21")
    able.get(act(able, "report", wait=0).headers["Location"] + "?wait=60")
    box.person("printer1 cover open")
    able.report("z")
    box.person("printer1 cover closed")
    box.person("printer1 crash after periodicrepbynumbers 100")
    until(504, act, able, "report")
    box.wait_ready("printer1")


def other_printers(make_box):
    """Whose numbers are others."""
    for model in ("datecs-x", "datecs-classic"):
        box = make_box(devices=("printer1",), sim={
            "printer1": f"{model} pty {{dir}}/printer1 speed=fast"}, config={
            "printer1": 'driver = "datecs-printer"'}).up()
        box.person("printer1 refund 1.00")
        able = maria(box)
        able.report("x")
        able.report("z")
        able.post("/v1/tills/1/fiscal/read", key="read")


def the_terminal(box):
    able = maria(box)
    act(able, "payment", key="payment")
    act(able, "payment", key="payment", body={"amount": 1})
    act(able, "cancel", box.paid, key="payment")
    box.person("terminal1 next decline")
    act(able, "payment")
    paid = act(able, "payment")["id"]
    box.person("terminal1 eod needed on")
    act(able, "payment")
    act(able, "cancel", paid)
    box.person("terminal1 eod needed off")
    act(able, "payment", wait=0)
    act(able, "cancel", paid, wait=0)


def an_unknown_cancellation(make_box):
    box = make_box(devices=("terminal1",)).up(people())
    able = maria(box)
    first = act(able, "payment")["id"]
    box.person("terminal1 next tip 50")
    act(able, "payment")
    box.person("terminal1 reverse last on")
    until(504, act, able, "cancel", first)
    act(able, "payment")
    act(able, "cancel", first)


def an_unknown_payment(make_box):
    box = make_box(devices=("terminal1",), sim={"terminal1": "zvt tcp 0 booking=keep"}).up(people())
    box.person("terminal1 close at 5")
    until(504, act, maria(box), "payment")


# -- a busy box ---------------------------------------------------------------------

def queues(make_box):
    """So much to do for each device that it is refused; then the devices go."""
    box = make_box(config={"display1": 'driver = "epson-display" pace = 5000'},
                   sim={"terminal1": "zvt tcp 0 auto=no"}).up(people())
    events, able = box.follow(), maria(box)
    paid = pay_by_hand(box, able)
    too_many_texts(box, able)
    box.person("drawer1 jam")  # it is looked at for a while before that is said
    box.person("printer1 slow periodicrepbynumbers 5000")
    for what in ("drawer", "report", "payment"):
        act(able, what, wait=0)
    for what in ("report", "payment", "cancel"):
        queued = act(able, what, paid, key=what, wait=0)
        off = able.request("DELETE", queued.headers["Location"])
        ended = act(able, what, paid, key=what)
        assert ended.status == 502, (off, ended)
    for what in ("drawer", "report", "payment"):
        until("device-busy", act, able, what, wait=0)
    act(able, "cancel", paid)
    for device in ("printer1", "terminal1", "drawer1"):
        if device == "drawer1":
            box.street.forget()  # pulses that were over long ago, perhaps all of them
            act(able, "drawer", wait=0)
            box.street.wait("drawer1: click")
        box.person(f"{device} unplug")
        doubtful = events.wait("operation.doubtful", device=device)["operation"]
    able.request("DELETE", f"/v1/operations/{doubtful}")
    box.client().request("DELETE", f"/v1/operations/{doubtful}")
    able.post(settle_path(doubtful), SETTLED)
    for what in ACTIONS:
        assert act(able, what, paid).code == "outcome-open"
    for device in ("terminal1", "drawer1", "printer1"):
        box.person(f"{device} plug")
        events.wait("outcome", patience=3 * PATIENCE, device=device, recovered=True)
        box.person(f"{device} unplug")
    for what in ACTIONS:
        until("device-not-ready", act, able, what, paid)
    for method in ("PUT", "DELETE"):
        until("device-not-ready", display, able, method)
    box.journal()


def too_many_texts(box, able):
    """More than a slow display can take, of either kind; and it goes before they are shown."""
    with concurrent.futures.ThreadPoolExecutor(40) as pool:
        shown = {pool.submit(display, able, method): method for method in 20 * ("PUT", "DELETE")}
        busy = set()
        for text in concurrent.futures.as_completed(shown):
            if text.result().code == "device-busy":
                busy.add(shown[text])
            if len(busy) == 2:
                break
        assert len(busy) == 2
        box.person("display1 unplug")


def pay_by_hand(box, able):
    events = box.follow()
    paying = able.later(act, able, "payment")
    events.wait("operation.progress")
    for step in ("insert card", "pin", "approve"):
        box.person("terminal1 " + step)
        events.wait("operation.progress")
    box.person("terminal1 remove card")
    events.close()
    return paying.result()["id"]


def stopping(make_box):
    box = make_box(devices=("terminal1",), sim={"terminal1": "zvt tcp 0 auto=no"}).up(people())
    events, able = box.follow(), maria(box)
    paying = able.later(act, able, "payment")
    events.wait("operation.progress")
    with contextlib.closing(UnixConnection(box.socket, 20)) as kept:
        exchange(kept, "GET", "/v1")
        box.daemon.terminate()
        box.log.wait("stopping")
        looked = exchange(kept, "GET", "/v1")  # to the end
        CONTRACT.check("GET", "/v1", looked)
    assert looked.status == 200 and act(able, "drawer").code == "stopping"
    box.person("terminal1 stop")
    paying.result()
    assert box.daemon.wait(PATIENCE) == 0


# -- what is on disk ------------------------------------------------------------------

def the_past(make_box):
    box = make_box(devices=("drawer1", "printer1", "terminal1"), socket='mode = "0666"',
                   settings='head-file = "{dir}/head"').start().set_up(people())
    box.stop()
    shutil.copytree(box.dir / "state", box.dir / "backup")
    box.start().wait_ready()
    able = maria(box)
    paid = act(able, "payment", key="lost-payment")["id"]
    for what in EVERYTHING:
        assert act(able, what, paid, key=f"lost-{what}").status == 200
    tour_of_terminals.do_to_be_lost(able)
    box.stop()
    shutil.rmtree(box.dir / "state")
    shutil.copytree(box.dir / "backup", box.dir / "state")
    box.start()
    able = maria(box)
    for what in EVERYTHING:
        act(able, what)
    tour_of_terminals.do_in_the_past(able)
    able.post(settle_path(NOTHING), SETTLED)
    if ROOT:
        OtherClient(box, OTHER).post("/v1/setup/confirm-rollback", {"reason": "none"})
    able.post("/v1/setup/confirm-rollback", {"reason": "a backup"})
    for what in EVERYTHING:
        assert act(able, what, paid, key=f"lost-{what}").code == "outcome-lost"
    tour_of_terminals.expect_lost(able)
    box.stop()
    (box.dir / "head").unlink()
    box.start()
    box.follow("?after=0").wait("head-missing")
    box.journal()
    with contextlib.closing(sqlite3.connect(box.dir / "state/tilld.db")) as database:
        database.execute("UPDATE journal SET line = replace(line, 'backup', 'mistake')")
        database.commit()
    assert able.post("/v1/journal/verify")["sound"] is False


def at_once(wanted, *calls):
    """Until one of them comes while another is still going on."""
    while True:
        asked = [later(call, *args) for later, call, *args in calls for _ in range(4)]
        if wanted in {a.result().code for a in asked}:
            return


def the_archive(make_box):
    box = make_box(devices=("drawer1",), settings='archive-dir = "{dir}/archive"\n'
                                                  'seal-entries = 5').up(people())
    able = maria(box)
    an_unknown_opening(box)
    able.get("/v1/journal/segments")
    for _ in range(5):
        able.request("DELETE", "/v1/sign-ons/current")
        able = maria(box)
    able.post("/v1/journal/archive", {"keep_days": 0})  # there is no such folder
    (box.dir / "archive").mkdir()
    able.post("/v1/journal/archive")
    able.get("/v1/events?after=0")
    able.get("/v1/journal/segments?limit=5&after=0")
    able.get("/v1/journal/export")
    at_once("too-many-requests", (able.later, able.post, "/v1/journal/archive"))
    at_once("too-many-requests", (able.later, able.post, "/v1/backup"))
    box.follow("?after=%d" % able.get("/v1")["journal"]["archived_seq"]).wait("backup")
    box.journal()


def a_backup(make_box):
    box = make_box(devices=("drawer1",)).up(people())
    backup = box.dir / "backup.db"
    for _ in range(2):
        backup.write_bytes(maria(box).post("/v1/backup").raw)
        box.stop()
        shutil.rmtree(box.dir / "keys")
        (box.dir / "state/tilld.db").unlink()
        done = tilld("-c", box.dir / "tilld.conf", "--restore", backup, "--new-keys")
        assert done.returncode == 0, done
        box.start()
        box.follow("?after=0").wait("restored")
        box.journal()
        box.client().get("/v1/journal/export")


def a_resting_drawer(make_box):
    box = make_box(devices=("drawer1",), config={
        "drawer1": 'driver = "escpos-drawer" sensor = "low-is-open" kicks-per-minute = 1'})
    box.start().set_up(people()).wait_ready()
    events, able = box.follow(), maria(box)
    for _ in range(2):
        act(able, "drawer")
        events.wait("outcome")


def a_full_disk(make_box):
    with contextlib.suppress(NoDisk), small_disk(24) as folder:
        box = make_box(folder=folder, devices=()).start().set_up(people())
        fill(folder)
        until("disk-full", box.client().post, "/v1/sign-ons", {"till": "1", **OLGAS_WORD})
        assert box.client().get("/v1")["storage"]["state"] == "full"
        box.close()


def go(make_box):
    """All of it; boxes are independent of one another."""
    parts = (everyday, too_late, mistakes, guessing, no_answers, an_unknown_cancellation,
             an_unknown_payment, other_printers, queues, stopping, the_past, the_archive, a_backup,
             a_resting_drawer, a_full_disk, *tour_of_consents.PARTS, *tour_of_administration.PARTS,
             *tour_of_shifts.PARTS, *tour_of_printing.PARTS, *tour_of_terminals.PARTS,
             *tour_of_service.PARTS)
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        for part in [pool.submit(part, make_box) for part in parts]:
            part.result()


def everyday(make_box):
    box = make_box().up(people())
    box.follow("?after=0").wait("seal")
    box.paid = act(maria(box), "payment")["id"]
    for part in (questions, every_action, the_drawer, the_printer, the_terminal, turns, badges):
        part(box)
    box.journal()
