# SPDX-License-Identifier: Apache-2.0
"""What is told to people, in Polish and German; and what stays as it is."""
import http.client
import json
import os
import socket
import subprocess
import uuid

import pytest

from box import ANNA, BUILD, MARIAS_BADGE, PATIENCE, swipe

pytestmark = pytest.mark.skipif(not (BUILD / "po/pl").exists(), reason="built without msgfmt")

REFUSED = {"en": "A supervisor has to authorize this.", "pl": "Potrzebna jest zgoda przełożonego.",
           "de": "Das muss eine Aufsicht freigeben."}
ASKED = {"en": "Anna asks to open the drawer at Front till (change).",
         "pl": "Anna prosi o zgodę: otwarcie szuflady, Front till (change).",
         "de": "Anna bittet um Freigabe: Schublade öffnen, Front till (change)."}


def ask(client, method, path, accept, body=None, key=None, **options):
    headers = {} if accept is None else {"Accept-Language": accept}
    return client.request(method, path, body, key=key, headers=headers, **options)


def open_drawer(client, accept, key=None):
    return ask(client, "POST", "/v1/tills/1/drawer/open", accept, {"reason": "change"},
               key=key or uuid.uuid4().hex)


def test_a_question_in_the_language_of_who_asks(box):
    for language in ASKED:
        check_question(box, language)


def check_question(box, language):
    told = open_drawer(box.client().sign_on("anna"), language)
    assert told.code == "authorization-required"
    assert told["title"] == REFUSED[language]
    assert told["detail"] == told["authorization"]["sentence"] == ASKED[language]
    assert told.headers["Content-Language"] == language
    assert told.headers["Vary"] == "Accept-Language"
    assert [m["id"] for m in told["missing"]] == ["drawer.open"]
    # the supervisor reads it in a language of their own
    path = f"/v1/authorizations/{told['authorization']['id']}"
    for other, asked in ASKED.items():
        assert ask(box.client().sign_on("maria", till="2"), "GET", path, other)["sentence"] == asked
    listed = ask(box.client(), "GET", "/v1/status", language)["authorizations"]
    assert {a["sentence"] for a in listed} == {ASKED[language]}


def test_why_a_badge_does_not_count(box):
    anna, events = box.client().sign_on("anna"), box.follow()
    box.person("reader1 unplug")
    while box.client().get("/v1/devices/reader1")["state"] in ("ready", "busy"):
        events.wait("device")
    told = open_drawer(anna, "pl")["authorization"]
    assert told["badge_objection"] == "czytnik identyfikatorów tej kasy jest niedostępny"


def test_a_kept_answer(box):
    """It is told in the language of the request at hand, not of the first one."""
    piotr, key = box.client().sign_on("piotr"), uuid.uuid4().hex
    box.person("terminal1 next decline")
    told = {language: ask(piotr, "POST", "/v1/tills/1/payments", language,
                          {"amount": 100, "currency": "EUR"}, key=key, wait=20)
            for language in ("de", "pl", "en")}
    assert len({t["operation"]["id"] for t in told.values()}) == 1
    assert told["de"]["operation"]["sentence"] == "Die Karte wurde abgelehnt."
    assert told["pl"]["operation"]["sentence"] == "Karta została odrzucona."
    assert told["en"]["operation"]["sentence"] == "The card was declined."
    assert {t["operation"]["reason"] for t in told.values()} == {"declined"}


def test_what_is_wrong_with_a_box(box):
    events = box.follow()
    box.person("drawer1 unplug")
    while box.client().get("/v1/devices/drawer1").body.get("reason") != "port-missing":
        events.wait("device")
    told = ask(box.client(), "GET", "/v1/devices/drawer1", "de")
    assert told["reason"] == "port-missing"
    assert told["sentence"] == "Das Gerät ist nicht angeschlossen."
    trouble, = ask(box.client(), "GET", "/v1/status", "pl")["troubles"]
    assert trouble["sentence"] == "Urządzenie nie jest podłączone."
    missing = ask(box.client(), "GET", "/v1/devices/nothing", "pl")
    assert missing["detail"] == "Nie ma tu: urządzenie nothing."


def test_records_and_the_log_are_english(box):
    anna = box.client().sign_on("anna")
    for language in ASKED:
        open_drawer(anna, language)
        ask(anna, "POST", "/v1/tills/1/drawer/open", language, {"why": "x"}, key="k")
    maria = box.client().sign_on("maria")
    open_drawer(maria, "pl")
    kept = json.dumps(box.journal(), ensure_ascii=False)
    exported = box.client().request("GET", "/v1/journal/export",
                                    headers={"Accept-Language": "pl"})
    box.stop()
    logged = "\n".join(box.log.seen)
    for text in (kept, str(exported.body), logged):
        assert "prosi" not in text and "bittet" not in text and "szuflad" not in text


ODD = [
    (None, "en"), ("", "en"), ("fr", "en"), ("*", "en"), ("pl;q=0.1, de;q=0.2", "de"),
    ("PL-pl", "pl"), ("de;q=2", "en"), ("pl;q=", "en"), (";;;", "en"), ("%n%s", "en"),
    ("../../../../etc/passwd", "en"), (",".join(f"x{i}" for i in range(100)) + ",pl", "en"),
    ("pl," + "a" * 8000, "en"), ("pl;q=0." + "9" * 8000, "en"), ("\u00ff\u00fe", "en")]


def test_whatever_is_asked_for_is_no_error(box):
    client = box.client()
    for accept, language in ODD:
        told = ask(client, "GET", "/v1/tills/nothing", accept)
        assert told.code in ("sign-on-required", "not-found"), told
        assert told.headers["Content-Language"] == language, accept


def test_bytes_that_are_no_text(box):
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(box.socket))
        for junk in (b"\xff\xfe\x80", b"p\x01l", b"\xc3\x28"):
            line.sendall(b"GET /v1 HTTP/1.1\r\nHost: x\r\nAccept-Language: " + junk + b"\r\n\r\n")
            answer = http.client.HTTPResponse(line)
            answer.begin()
            answer.read()
            assert answer.status == 200 and answer.headers["Content-Language"] == "en", junk


def test_two_people_at_once(box):
    """Whoever asks in between does not change what the other is told."""
    anna = box.client().sign_on("anna")
    later = [(language, anna.later(open_drawer, box.client(), language, uuid.uuid4().hex))
             for language in list(ASKED) * 5]
    for language, answer in later:
        assert answer.result().headers["Content-Language"] == language


def test_a_badge_that_is_shown_when_the_question_was_polish(box):
    anna = box.client().sign_on("anna")
    waiting = anna.later(ask, anna, "POST", "/v1/tills/1/drawer/open", "pl",
                         {"reason": "change"}, key="k", wait=20)
    events = box.follow()
    while not box.client().get("/v1/status")["authorizations"]:
        events.wait("prompt.shown")
    swipe(box, MARIAS_BADGE)
    done = waiting.result()
    assert done.status == 200 and done.headers["Content-Language"] == "pl"


def test_without_catalogues_all_is_english(make_box, tmp_path):
    box = make_box(devices=())
    box.start(env={"TEXTDOMAINDIR": str(tmp_path), "LANG": "pl_PL.UTF-8", "LANGUAGE": "pl"})
    box.set_up()
    assert ask(box.client(), "GET", "/v1/devices/x", "pl")["title"] == "There is no such thing here."


# -- tillctl -------------------------------------------------------------------------

def ctl(box, locale, *words, expect=1):
    done = subprocess.run([BUILD / "tillctl", *words], text=True, capture_output=True,
                          timeout=PATIENCE, stdin=subprocess.DEVNULL, env={
                              **os.environ, "LC_ALL": locale, "TILLD_SOCKET": str(box.socket),
                              "XDG_RUNTIME_DIR": str(box.dir), "TEXTDOMAINDIR": str(BUILD / "po")})
    assert done.returncode == expect, done
    return done.stdout + done.stderr


def test_tillctl_speaks_the_language_of_its_locale(box):
    """Its own sentences and the daemon's; also where that locale is not installed."""
    for locale, own, daemons in (
            ("pl_PL.UTF-8", "Podać powód: --reason TEXT", "To logowanie się zakończyło"),
            ("de_DE.UTF-8", "Geben Sie den Grund an: --reason TEXT", "Diese Anmeldung ist zu Ende"),
            ("fr_FR.UTF-8", "Say why: --reason TEXT", "This sign-on has ended"),
            ("C", "Say why: --reason TEXT", "This sign-on has ended")):
        assert own in ctl(box, locale, "drawer", "open", "--till", "1", expect=64)
        told = ctl(box, locale, "drawer", "open", "--till", "1", "--reason", "x", expect=4)
        assert daemons in told, told


def test_tillctl_asks_in_polish(box):
    ctl(box, "pl_PL", "sign-on", "--till", "1", "--login", "anna", expect=64)
    env = {**os.environ, "LC_ALL": "pl_PL.UTF-8", "TILLD_SOCKET": str(box.socket),
           "XDG_RUNTIME_DIR": str(box.dir), "TEXTDOMAINDIR": str(BUILD / "po")}
    subprocess.run([BUILD / "tillctl", "sign-on", "--till", "1", "--login", "anna",
                    "--password-stdin"], input=ANNA + "\n", text=True, env=env, check=True,
                   capture_output=True, timeout=PATIENCE)
    told = ctl(box, "pl_PL.UTF-8", "drawer", "open", "--reason", "change", "--wait", "0", expect=3)
    assert ASKED["pl"] in told and "Kto może dać zgodę: " in told, told
