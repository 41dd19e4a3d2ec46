# SPDX-License-Identifier: Apache-2.0
"""docs/openapi.yaml, held against what the daemon answers.

Every answer and every event that any API test gets comes through here: it has
to be described, and it has to look as described. What was seen is noted, so
that test_contract.py can ask the other way round: is what is described real?
"""
import json
import pathlib
import re

import jsonschema
import yaml

TOP = pathlib.Path(__file__).resolve().parents[2]
METHODS = ("get", "put", "post", "delete")
MEDIA = {"application/json", "application/problem+json", "application/x-ndjson",
         "text/event-stream", "application/vnd.sqlite3"}
# What any action answers to a token that does not do, wherever it is brought: to
# be seen at one of them is enough.
OF_TOKENS = {"authorization-not-found", "authorization-spent", "authorization-not-yours",
             "authorization-mismatch", "authorization-outdated", "slow-down"}


class Contract:
    def __init__(self, path=TOP / "docs/openapi.yaml"):
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self.document = yaml.load(path.read_text(), loader)
        self.schemas = self.document["components"]["schemas"]
        self.resolver = jsonschema.RefResolver.from_schema(self.document)
        self.routes = [(re.compile(re.sub(r"\{\w+\}", "[^/]+", template)), template, methods)
                       for template, methods in self.document["paths"].items()]
        # "/current" goes before "/{id}", as in the daemon's own table
        self.routes.sort(key=lambda route: "{" in route[1])
        self.seen, self.faults = set(), []
        self.common = set(self.codes(self.resolve(
            {"$ref": "#/components/responses/AnyProblem"})))

    # -- finding ----------------------------------------------------------------

    def resolve(self, schema):
        while set(schema) == {"$ref"}:
            schema = self.resolver.resolve(schema["$ref"])[1]
        return schema

    def operations(self):
        for template, methods in self.document["paths"].items():
            for method in METHODS:
                if method in methods:
                    yield method.upper(), template, methods[method]

    def find(self, method, path):
        """(template, operation), or two Nones for what is no route."""
        path = path.split("?")[0]
        method = "get" if method == "HEAD" else method.lower()
        for pattern, template, methods in self.routes:
            if pattern.fullmatch(path) and method in methods:
                return template, methods[method]
        return None, None

    @staticmethod
    def codes(response):
        """The problem codes that a response names."""
        content = response.get("content", {}).get("application/problem+json", {})
        return content.get("schema", {}).get("properties", {}).get("code", {}).get("enum", [])

    @staticmethod
    def is_action(operation):
        """Whether it can be consented to, in advance too."""
        refused = operation["responses"].get("403", {}).get("$ref", "")
        return refused.rpartition("/")[2] in ("AuthorizationRequired", "RefusedInSession",
                                            "RefusedTest")

    # -- checking ---------------------------------------------------------------

    def validate(self, schema, value, what):
        validator = jsonschema.Draft202012Validator(schema, resolver=self.resolver)
        errors = sorted(validator.iter_errors(value), key=lambda e: -len(e.absolute_path))
        assert not errors, f"{what}: {describe(errors[0])}\n{json.dumps(value)[:2000]}"

    def check(self, method, path, answer):
        """One answer of the daemon's."""
        template, operation = self.find(method, path)
        responses = operation["responses"] if operation else {}
        status = str(answer.status)
        response = self.resolve(responses.get(status) or responses.get(
            "default", {"$ref": "#/components/responses/AnyProblem"}))
        name = status if status in responses else "default"
        what = f"{method} {path} -> {answer.status}"
        self.check_headers(response, answer, what)
        media = (answer.headers.get("Content-Type") or "").split(";")[0]
        if not answer.raw and (method == "HEAD" or "content" not in response):
            self.note(method, template, name, None)
            return
        assert media in MEDIA, f"{what}: sent as {media!r}"
        assert media in response.get("content", {}), f"{what}: {media} is not described\n{answer}"
        schema = response["content"][media]["schema"]
        for value in answers_in(media, answer):
            self.validate(schema, value, what)
            self.visit(schema, value, f"{method} {template} {name}")
        self.note(method, template, name, answer.code)

    def check_headers(self, response, answer, what):
        for name, header in response.get("headers", {}).items():
            header = self.resolve(header)
            value = answer.headers.get(name)
            assert value is not None or not header.get("required"), f"{what}: {name} is missing"
            if value is not None:
                kind = header["schema"].get("type")
                self.validate(header["schema"], int(value) if kind == "integer" else value,
                              f"{what}, {name}")
        if isinstance(answer.body, dict) and "retry_after" in answer.body:
            assert answer.headers["Retry-After"] == str(answer["retry_after"]), what
        assert answer.headers["Cache-Control"] == "no-store", what

    def check_event(self, event):
        """One event of a stream; what is wrong is kept for the end of the test."""
        try:
            data = event["data"]
            what = f"event {event.get('event')}"
            assert event["event"] == data["type"], f"{what} says that it is {data['type']}"
            assert event.get("id") == (str(data["seq"]) if "seq" in data else None), what
            schema = {"$ref": "#/components/schemas/Event"}
            self.validate(schema, data, what)
            self.visit(schema, data, "")
            self.seen.add(("status", "GET", "/v1/events", "200"))
        except AssertionError as fault:
            self.faults.append(str(fault))

    # -- what was seen ----------------------------------------------------------

    def note(self, method, template, name, code):
        method = "GET" if method == "HEAD" else method
        if template and name != "default":
            self.seen.add(("status", method, template, name))
            self.seen.add(("code", method, template, name, code))
            if self.is_action(self.find(method, template)[1]):
                self.seen.add(("token", code))
        self.seen.add(("code", code))

    def visit(self, schema, value, where):
        """Notes which of the properties that are described are there."""
        if not isinstance(schema, dict):
            return
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            self.visit(self.resolver.resolve(schema["$ref"])[1], value, name)
        for part in alternatives(schema):
            if self.is_valid(part, value):
                self.seen.add(("variant", where, variant(part)))
                self.visit(part, value, where)
        if isinstance(value, dict):
            for name, part in schema.get("properties", {}).items():
                if name in value:
                    self.seen.add(("field", where, name))
                    self.visit(part, value[name], f"{where}.{name}")
        if isinstance(value, list):
            for item in value:
                self.visit(schema.get("items"), item, where + "[]")

    def is_valid(self, schema, value):
        return jsonschema.Draft202012Validator(schema, resolver=self.resolver).is_valid(value)

    # -- what is described ------------------------------------------------------

    def described(self):
        """All that check() and check_event() could have noted."""
        found, done = set(), set()
        for method, template, operation in self.operations():
            for status, response in operation["responses"].items():
                response = self.resolve(response)
                if status == "default":  # each once, whatever was asked for
                    found |= {("code", code) for code in self.codes(response)}
                    continue
                found.add(("status", method, template, status))
                codes = set(self.codes(response)) - self.common
                if self.is_action(operation):
                    found |= {("token", code) for code in codes & OF_TOKENS}
                    codes -= OF_TOKENS
                found |= {("code", method, template, status, code) for code in codes}
                for media, content in response.get("content", {}).items():
                    self.expect(content["schema"], f"{method} {template} {status}", found, done)
        self.expect({"$ref": "#/components/schemas/Event"}, "", found, done)
        found |= {("code", code) for code in self.common}
        return found

    def expect(self, schema, where, found, done):
        if not isinstance(schema, dict):
            return
        if "$ref" in schema and schema["$ref"] not in done:
            done.add(schema["$ref"])
            name = schema["$ref"].rsplit("/", 1)[1]
            self.expect(self.resolver.resolve(schema["$ref"])[1], name, found, done)
        for part in alternatives(schema):
            found.add(("variant", where, variant(part)))
            self.expect(part, where, found, done)
        if "$ref" not in schema:  # beside one, properties only narrow it
            for name, part in schema.get("properties", {}).items():
                found.add(("field", where, name))
                self.expect(part, f"{where}.{name}", found, done)
        self.expect(schema.get("items"), where + "[]", found, done)


def alternatives(schema):
    return (*schema.get("oneOf", ()), *schema.get("anyOf", ()))


def variant(part):
    """What an alternative is called: its kind, or its schema's name."""
    for field in part.get("properties", {}).values():
        if "const" in field:
            return field["const"]
    return part.get("$ref", part.get("description"))


def answers_in(media, answer):
    if media == "application/x-ndjson":
        return [json.loads(line) for line in answer.raw.decode().splitlines()]
    if media == "application/vnd.sqlite3":
        return []
    return [answer.body]


def describe(error):
    """The error that says most, of those inside a oneOf."""
    while error.context:
        error = max(error.context, key=lambda e: len(e.absolute_path))
    place = "/".join(str(p) for p in error.absolute_path)
    return f"{place or 'the whole'}: {error.message[:600]}"


CONTRACT = Contract()
