# SPDX-License-Identifier: Apache-2.0
"""docs/openapi.yaml and docs/errors.md say what the daemon does, both ways.

That every answer looks as described is checked wherever a test gets one
(contract.py). Here: what the daemon's own tables say is what is described, and
all that is described is real.
"""
import json
import os
import re
import subprocess

import pytest

import tour_of_actions
from box import BUILD
from contract import CONTRACT, TOP, alternatives
from elsewhere import NoDisk, small_disk

NAME = "^[A-Za-z0-9][A-Za-z0-9._-]*$"


@pytest.fixture(scope="module")
def api():
    """What the daemon itself prints of its API."""
    return json.loads(subprocess.run([BUILD / "tilld", "--api"], text=True, check=True,
                                     capture_output=True).stdout)


# -- what is taken --------------------------------------------------------------

def field_as_schema(field):
    """A field of the daemon's table as JSON Schema has it."""
    kind, low, high = field["type"], field.get("min"), field.get("max")
    if kind in ("text", "secret"):
        schema = {"type": "string", "minLength": low, "maxLength": high,
                  "format": "password" if kind == "secret" else None}
    elif kind == "name":
        schema = {"type": "string", "pattern": NAME, "maxLength": high}
    elif kind == "integer":
        schema = {"type": "integer", "minimum": low, "maximum": high}
    elif kind == "boolean":
        schema = {"type": "boolean"}
    elif kind == "date":
        schema = {"type": "string", "format": "date"}
    elif kind == "choice":
        schema = {"type": "string", "enum": field["choices"]}
    elif kind == "list":
        schema = {"type": "array", "minItems": low, "maxItems": high,
                  "items": field_as_schema(field["of"])}
    else:
        assert kind == "object"
        schema = {"type": "object"}
        if "fields" in field:
            schema = fields_as_schema(field["fields"])
    return {k: v for k, v in schema.items() if v not in (None, "") and (k, v) != ("minLength", 0)}


def fields_as_schema(fields):
    schema = {"type": "object", "additionalProperties": False}
    required = sorted(f["name"] for f in fields if f["required"])
    if required:
        schema["required"] = required
    if fields:
        schema["properties"] = {f["name"]: field_as_schema(f) for f in fields}
    return schema


def bare(schema):
    """A schema without words, and with its references followed."""
    schema = dict(CONTRACT.resolve(schema))
    schema = {k: v for k, v in schema.items() if k not in ("description", "example", "examples")}
    if "required" in schema:
        schema["required"] = sorted(schema["required"])
    if "properties" in schema:
        schema["properties"] = {k: bare(v) for k, v in schema["properties"].items()}
    if "items" in schema:
        schema["items"] = bare(schema["items"])
    return schema


def test_routes(api):
    described = {(method, path) for method, path, _ in CONTRACT.operations()}
    assert described == {(r["method"], r["path"]) for r in api["routes"]}


def test_bodies(api):
    for route in api["routes"]:
        body = CONTRACT.find(route["method"], route["path"])[1].get("requestBody")
        if route["body"] is None:
            assert body is None, route["path"]
            continue
        if [f["type"] for f in route["body"]] == ["raw"]:  # checked on a worker
            assert body["required"], route["path"]
            continue
        described = bare(body["content"]["application/json"]["schema"])
        assert described == fields_as_schema(route["body"]), route["path"]
        assert body.get("required", False) == any(f["required"] for f in route["body"])


def test_queries(api):
    for route in api["routes"]:
        parameters = CONTRACT.find(route["method"], route["path"])[1].get("parameters", [])
        described = {p["name"]: bare(p["schema"]) for p in map(CONTRACT.resolve, parameters)
                     if p["in"] == "query"}
        assert described == {f["name"]: field_as_schema(f) for f in route["query"] or ()}, \
            route["path"]


def test_every_action_takes_a_key_and_waits(api):
    for method, path, operation in CONTRACT.operations():
        headers = {p["name"] for p in map(CONTRACT.resolve, operation.get("parameters", ()))
                   if p["in"] == "header"}
        assert ("Idempotency-Key" in headers) == ("428" in operation["responses"]), path
        if "202" in operation["responses"] and method == "POST":
            assert "Prefer" in headers, path
        assert ("Tilld-Authorization" in headers) == CONTRACT.is_action(operation), path


# -- problems and reasons ---------------------------------------------------------

def rows_of(name, columns):
    """The tables of docs/errors.md whose first column has that name."""
    text = (TOP / "docs/errors.md").read_text()
    rows = [[cell.strip() for cell in line.strip("|").split("|")]
            for line in text.splitlines() if line.startswith("|")]
    wanted, found = False, {}
    for row in rows:
        if row[0] in ("code", "reason"):
            wanted = row[0] == name
        elif wanted and not row[0].startswith("---"):
            assert row[0] not in found, row[0]
            found[row[0].strip("`")] = row[1:columns]
    return found


def test_problems(api):
    assert CONTRACT.schemas["ProblemCode"]["enum"] == [p["code"] for p in api["problems"]]
    assert rows_of("code", 4) == {p["code"]: [str(p["status"]), p["title"], p.get("advice", "")]
                                  for p in api["problems"]}


def test_reasons(api):
    reasons = [r for r in api["reasons"] if r["reason"] != "none"]
    assert CONTRACT.schemas["Reasoning"]["enum"] == [r["reason"] for r in reasons]
    assert rows_of("reason", 3) == {r["reason"]: [r["sentence"], r["advice"]] for r in reasons}


def test_each_problem_is_described_under_its_own_status(api):
    status_of = {p["code"]: str(p["status"]) for p in api["problems"]}
    for method, path, operation in CONTRACT.operations():
        for status, response in operation["responses"].items():
            for code in CONTRACT.codes(CONTRACT.resolve(response)):
                assert status in ("default", status_of[code]), (method, path, status, code)


def test_reserved_problems_are_described_nowhere(api):
    described = set(CONTRACT.common)
    for _, _, operation in CONTRACT.operations():
        for response in operation["responses"].values():
            described.update(CONTRACT.codes(CONTRACT.resolve(response)))
    text = (TOP / "docs/errors.md").read_text()
    reserved = re.search(r"\n\n((?:`[a-z-]+`[ ,\nand]*)+) are reserved", text)
    reserved = set(re.findall(r"`([a-z-]+)`", reserved.group(1))) if reserved else set()
    assert described | reserved == {p["code"] for p in api["problems"]}
    assert not described & reserved


# -- who is told what happens ------------------------------------------------------

def test_who_is_told_of_each_kind_is_said():
    code, said = {}, {}
    source = (TOP / "src/core/event_sight.c").read_text()
    for kind, sight in re.findall(r'\{ "([a-z.-]+)", EVENT_SIGHT_(\w+) \}', source):
        assert kind not in code, kind
        code[kind] = sight
    text = (TOP / "docs/security.md").read_text().split("| who is told | kinds |")[1]
    for sight, row in zip(("TILL", "PARTIES", "JOURNAL"), text.split("\n\n")[0].splitlines()[2:]):
        said.update({kind: sight for kind in re.findall("`([a-z.-]+)`", row.split("|")[2])})
    kinds = {row["properties"]["kind"]["const"]
             for row in CONTRACT.schemas["JournalEntry"]["oneOf"]}
    assert set(code) == kinds
    assert said == code


# -- the description itself ---------------------------------------------------------

def test_nothing_else_may_be_in_an_answer():
    open_on_purpose = {"Can.may", "EvidenceRecord.evidence", "JournalPage.names",
                       "Operation.evidence", "TraceRecord.detail", "Trace.settings",
                       "SetUp.policy", "TillEntry.badge", "GroupEntry.rights",
                       "ChangedItem.changes", "ReleaseEndRecord.differences"}

    def walk(schema, where):
        if schema.get("type") == "object" and where not in open_on_purpose:
            closed = schema.get("additionalProperties", schema.get("unevaluatedProperties"))
            assert closed is False, where
        for name, part in schema.get("properties", {}).items():
            walk(part, f"{where}.{name}")
        for part in (*alternatives(schema), *filter(None, [schema.get("items")])):
            walk(part, where + "[]")
    for name, schema in CONTRACT.schemas.items():
        walk(schema, name)


def test_examples_are_true(api):
    advice_of = {p["code"]: p for p in api["problems"]}
    count = 0
    for method, path, operation in CONTRACT.operations():
        contents = [r.get("content", {}) for r in map(CONTRACT.resolve,
                                                      operation["responses"].values())]
        contents.append(operation.get("requestBody", {}).get("content", {}))
        for media in (m for content in contents for m in content.values()):
            examples = [e["value"] for e in media.get("examples", {}).values()]
            for example in examples + ([media["example"]] if "example" in media else []):
                CONTRACT.validate(media["schema"], example, f"{method} {path}")
                if "code" in example and "title" in example:
                    assert example["title"] == advice_of[example["code"]]["title"]
                count += 1
    assert count > 20


def test_every_operation_is_explained():
    for method, path, operation in CONTRACT.operations():
        assert operation["summary"] and operation["description"] and operation["tags"], path
        assert "default" in operation["responses"], path
    ids = [operation["operationId"] for _, _, operation in CONTRACT.operations()]
    assert len(set(ids)) == len(ids)


def test_every_part_is_used():
    text = json.dumps(CONTRACT.document)
    for kind, parts in CONTRACT.document["components"].items():
        for name in parts if kind != "securitySchemes" else ():
            assert f'"#/components/{kind}/{name}"' in text, (kind, name)


# -- what is described is real --------------------------------------------------------

def out_of_reach():
    """What this machine can't show, by its rights, or by being too quick."""
    yield "changed-meanwhile"  # two at the same moment: tests/unit/test_core_admin.c
    yield "drawer.gap"  # takes a minute: tests/unit/test_core_devices.c
    yield from (("DrawerGapRecord", field) for field in ("device", "since", "count"))
    yield "drawer.left-open"  # takes seconds: tests/unit/test_core_devices.c
    yield from (("DrawerLeftOpenRecord", field) for field in ("device", "seconds"))
    full_disk = [("Box.storage", "detail"), ("Box.storage", "advice")]
    if os.getuid() != 0:
        yield from ("not-allowed-uid", "technicians-only", "journal-not-allowed",
                    "managers-only", "disk-full")
        yield from (("POST", f"/v1/devices/{{device}}/{what}", "403")
                    for what in ("service", "take"))
        yield ("POST", "/v1/devices/{device}/take", "401")
        yield from full_disk
        yield from (("WrongSignOnRecord", field) for field in ("signon", "operator"))
        yield ("GET", "/v1/events", "404")
        for path in ("/v1/journal", "/v1/journal/export", "/v1/journal/verify",
                     "/v1/journal/segments", "/v1/journal/archive", "/v1/backup"):
            yield from ((m, path, s) for m in ("GET", "POST") for s in ("401", "403"))
        for method, path in (("GET", "/v1/sign-ons"), ("DELETE", "/v1/sign-ons/{signon}"),
                             ("GET", "/v1/guesses"), ("DELETE", "/v1/guesses/{subject}")):
            yield from ((method, path, status) for status in ("401", "403"))
        yield from (("POST", path, "403") for path in ("/v1/setup", "/v1/setup/recover",
                                                       "/v1/setup/confirm-rollback"))
    else:
        try:
            with small_disk(1):
                pass
        except NoDisk:
            yield "disk-full"
            yield from full_disk


def test_the_tour_sees_all_that_is_described(make_box):
    CONTRACT.seen.clear()
    tour_of_actions.go(make_box)
    missing = CONTRACT.described() - CONTRACT.seen
    hidden = set(out_of_reach())
    missing = {m for m in missing if not hidden & {m[-1], m[1:4]}}
    assert not missing, "described, but not seen:\n" + "\n".join(sorted(map(str, missing)))
