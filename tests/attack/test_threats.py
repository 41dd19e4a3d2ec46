# SPDX-License-Identifier: Apache-2.0
"""docs/security.md and the tests say the same: every attack on the page has a test that is
run, and every line of threats.tsv an attack on the page."""
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
PAGE = TOP / "docs/security.md"

GROUPS = {"A": "app", "D": "device", "S": "sign-on", "R": "replay", "G": "guess", "F": "flood",
          "P": "place", "J": "journal", "C": "clock", "O": "out of scope"}
# Where secrets are, or hashes of them, nothing is compared that stops at the first difference.
HASTY = re.compile(r"\b(memcmp|strcmp|strncmp|strcasecmp)\s*\([^()]*"
                   r"\b(password|secret|token|pin|pepper|tag|raw)\s*[,)]", re.I)


def rows():
    """Every row of the page's tables: its id and its cells."""
    found = []
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("| `"):
            found.append((cells[0].strip("`"), cells[1:]))
    return found


def threats():
    """threats.tsv: an id and a test of it in each line."""
    lines = (HERE / "threats.tsv").read_text().splitlines()
    return [tuple(line.split("\t")) for line in lines if line and not line.startswith("#")]


def test_the_page_s_tables_can_be_read():
    found = rows()
    assert len(found) > 40 and {i[0] for i, _ in found} == set(GROUPS)
    for name, cells in found:
        assert re.fullmatch("[A-Z]-[a-z0-9]+(-[a-z0-9]+)*", name), name
        assert len(cells) == 2 and all(len(cell) > 10 for cell in cells), name
    names = [name for name, _ in found]
    assert len(set(names)) == len(names)


def test_every_attack_has_a_test():
    tested = {name for name, _ in threats()}
    bare = [name for name, _ in rows() if name[0] != "O" and name not in tested]
    assert not bare, f"without a test in threats.tsv: {bare}"


def test_every_test_is_of_an_attack():
    names = {name for name, _ in rows()}
    stray = [name for name, _ in threats() if name not in names]
    assert not stray, f"not in docs/security.md: {stray}"
    assert len(set(threats())) == len(threats())


def test_what_is_out_of_scope_has_no_test_but_a_reason():
    for name, (_, why) in ((n, c) for n, c in rows() if n[0] == "O"):
        assert len(why) > 40, name
        assert name not in {n for n, _ in threats()}


def test_all_of_these_tests_are_run():
    run = (TOP / "Makefile.am").read_text().split("check_PROGRAMS =")[1].split()
    for name, test in threats():
        path, _, function = test.partition("::")
        assert (TOP / path).is_file(), f"{name}: there is no {path}"
        assert path.removesuffix(".c") in run, f"{name}: Makefile.am does not run {path}"
        head = r"^def {}\(" if path.endswith(".py") else r"^static void {}\("
        found = re.search(head.format(re.escape(function)), (TOP / path).read_text(), re.M)
        assert found, f"{name}: there is no {function} in {path}"


def test_secrets_are_compared_in_one_time():
    """Of passwords, PINs, badges and tokens hashes are compared, by secret_equal(), which takes
    as long for a near miss as for any other."""
    hasty = []
    for path in [*TOP.glob("src/core/*.c"), *TOP.glob("src/store/password.c"),
                 *TOP.glob("src/http/*.c"), *TOP.glob("devices/reader/*.c")]:
        hasty += [f"{path.name}: {m.group(0)}" for m in HASTY.finditer(path.read_text())]
    assert not hasty, hasty
    for name in ("src/store/password.c", "src/core/signon.c", "src/core/token_spend.c",
                 "devices/reader/em4100.c"):
        assert "secret_equal(" in (TOP / name).read_text(), name
