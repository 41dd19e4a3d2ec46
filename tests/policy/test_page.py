# SPDX-License-Identifier: Apache-2.0
"""docs/policy.md, the daemon's tables and the test cases say the same.

All that the daemon's tables hold is on the page, and all that the page names is in the
tables; every row of the page has a case in cases.tsv, and every case a row.
"""
import json
import re
import subprocess

import pytest

from box import BUILD
from cases import BOX, PAGE, RIGHTS, TOP, Page, named, read_cases, read_policy

# Cases that are still to be written. Only ever to be made smaller.
TODO = 0

BY = {"daemon", "app", "daemon, app"}
SECTION_OF = {"W": 1, "R": 2, "C": 2, "P": 3, "A": 4, "S": 5, "X": 6, "N": 7}


@pytest.fixture(scope="module")
def page():
    return Page(PAGE.read_text())


@pytest.fixture(scope="module")
def cases():
    return read_cases()


@pytest.fixture(scope="module")
def api():
    """What the daemon itself prints of its tables."""
    return json.loads(subprocess.run([BUILD / "tilld", "--api"], text=True, check=True,
                                     capture_output=True).stdout)


@pytest.fixture(scope="module")
def known(api):
    """All that can be asked for or done, by name."""
    return {row["name"] for row in api["asks"] + api["actions"]}


def hyphens(name):
    return re.sub("[._]", "-", name)


def assert_same(on_page, in_code, what):
    """The same names in both lists, and none twice on the page."""
    assert len(set(on_page)) == len(on_page), f"{what}: twice on the page"
    missing, extra = set(in_code) - set(on_page), set(on_page) - set(in_code)
    assert not missing, f"{what}: in the code, but not in docs/policy.md: {sorted(missing)}"
    assert not extra, f"{what}: in docs/policy.md, but not in the code: {sorted(extra)}"


# -- the page itself ----------------------------------------------------------------

def test_its_tables_can_be_read(page):
    assert not page.faults, "\n".join(page.faults)
    assert {row.section for row in page.rows} == set(range(1, 8))
    for row in page.rows:
        assert row.columns[0] == "id", row.columns
        assert row.cells["id"] == f"`{row.id}`", row.id


def test_its_ids_are_stable_and_unique(page):
    references = page.references()
    assert len(set(references)) == len(references)
    for row in page.rows:
        assert re.fullmatch("[WRCPASXN]-[a-z0-9]+(-[a-z0-9]+)*", row.id), row.id
        assert SECTION_OF[row.id[0]] == row.section, row.id


def test_every_row_says_who_sees_to_it(page):
    for row in page.rows:
        if "object" not in row.columns:
            assert row["by"] in BY, (row.id, row["by"])


# -- the page and the code ----------------------------------------------------------

def test_permissions(page, api):
    rows = page.having("permission")
    assert_same([row.name("permission") for row in rows],
                [p["id"] for p in api["permissions"]], "permissions")
    for row in rows:
        assert row.id == "P-" + hyphens(row.name("permission"))


def test_objects_and_rights(page, api):
    rows = page.having("object")
    assert_same([row.name("object") for row in rows], [o["id"] for o in api["objects"]],
                "objects")
    assert tuple(api["rights"]) == RIGHTS
    for row in rows:
        assert row.id == "R-" + hyphens(row.name("object"))
        assert all(row[f"without `{right}`"] for right in RIGHTS), row.id


def test_asks(page, api):
    plain = [row.name("permission") for row in page.having("permission")]
    plain += [f"{row.name('object')}.{right}" for row in page.having("object")
              for right in RIGHTS]
    rows = page.having("ask")
    assert_same(plain + [row.name("ask") for row in rows], [a["name"] for a in api["asks"]],
                "what can be asked for")
    asks = {ask["name"]: ask for ask in api["asks"]}
    for row in rows:
        ask, takes = asks[row.name("ask")], row["takes"]
        assert row.id == "C-" + hyphens(ask["name"])
        kind, other = ("any", "all") if takes.startswith("any of ") else ("all", "any")
        assert named(takes) == ask[kind] and not ask[other], row.id


def test_what_a_plain_right_takes(api):
    """One for a permission; read as well for the rights that are void without it."""
    objects = {o["id"] for o in api["objects"]}
    permissions = {p["id"] for p in api["permissions"]}
    for ask in api["asks"]:
        first, last = ask["name"].rsplit(".", 1)
        if ask["name"] in permissions or (first in objects and last == "read"):
            assert ask["all"] == [ask["name"]] and not ask["any"], ask
        elif first in objects and last in RIGHTS:
            assert ask["all"] == [f"{first}.read", ask["name"]] and not ask["any"], ask


def test_actions(page, api, known):
    rows = page.having("in the API")
    on_page = {name for row in rows for name in named(row["in the API"])}
    assert_same(sorted(on_page), [a["name"] for a in api["actions"]], "actions")
    for row in rows:
        for name in named(row["takes"]):
            assert name == BOX or name in known, f"{row.id}: there is no {name}"


# -- the page and the cases ---------------------------------------------------------

def test_every_row_has_a_case(page, cases):
    bare_rows = set(page.references()) - {case.row for case in cases}
    assert not bare_rows, f"without a case in cases.tsv: {sorted(bare_rows)}"


def test_every_case_has_a_row(page, cases):
    references = set(page.references())
    for case in cases:
        assert case.row in references, f"{case}: there is no such row"


def test_cases_can_be_decided(cases, api, known):
    policy = read_policy()
    operators = {operator["login"] for operator in policy["operators"]}
    tills = {till["id"] for till in policy["tills"]} | {BOX}
    grants = {p["id"] for p in api["permissions"]}
    grants |= {f"{o['id']}.{right}" for o in api["objects"] for right in RIGHTS}
    for case in filter(lambda c: c.decision, cases):
        assert case.operator in operators and case.till in tills, case
        assert case.action in known, f"{case}: nothing is called so"
        assert bool(case.missing) == (case.kind != "allowed"), case
        assert set(case.missing) <= grants, case


def test_no_case_is_there_twice(cases):
    seen = [(c.row, c.operator, c.till, c.action, c.rest) for c in cases]
    assert len(set(seen)) == len(seen)


def test_each_right_is_once_allowed_and_once_missing(page, cases):
    granted = [(row.id, row.name("permission")) for row in page.having("permission")]
    granted += [(f"{row.id}-{right}", f"{row.name('object')}.{right}")
                for row in page.having("object") for right in RIGHTS]
    granted += [(row.id, row.name("ask")) for row in page.having("ask")]
    for reference, name in granted:
        kinds = {c.kind for c in cases if (c.row, c.action) == (reference, name)}
        assert "allowed" in kinds and kinds & {"missing", "missing-any"}, reference


def test_all_of_the_fixture_is_used(cases):
    used = {c.operator for c in cases}
    restricted = {"view_tills", "access_tills", "no_foreign_session", "single_session"}
    for operator in read_policy()["operators"]:
        assert operator["login"] in used or restricted & set(operator), operator["login"]


def test_scenarios_exist(cases):
    run = (TOP / "Makefile.am").read_text().split("check_PROGRAMS =")[1].split()
    for case in cases:
        if case.decision or case.kind == "todo":
            continue
        assert case.kind == "scenario", f"{case}: {case.kind} is nothing to expect"
        path, _, function = case.rest.partition("::")
        assert (TOP / path).is_file(), f"{case}: there is no {path}"
        assert path.removesuffix(".c") in run, f"{case}: Makefile.am does not run {path}"
        head = r"^def {}\(" if path.endswith(".py") else r"^static void {}\("
        found = re.search(head.format(re.escape(function)), (TOP / path).read_text(), re.M)
        assert found, f"{case}: there is no {function} in {path}"


def test_what_is_still_to_be_tested_gets_less(cases, capsys):
    todo = [case.row for case in cases if case.kind == "todo"]
    with capsys.disabled():
        print(f"# {len(todo)} cases of docs/policy.md still to do: {' '.join(todo)}")
    assert len(todo) <= TODO, f"{len(todo)} cases to do, {TODO} are allowed"
