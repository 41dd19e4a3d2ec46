# SPDX-License-Identifier: Apache-2.0
"""docs/policy.md and the cases that hold it, as Python has them."""
import json
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
PAGE = TOP / "docs/policy.md"
BOX = "@box"
RIGHTS = ("read", "add", "modify", "delete")


# -- the page -----------------------------------------------------------------------

def bare(cell):
    """`P-drawer-open` without its marks."""
    return cell.strip("`")


def named(cell):
    """All that is named in a cell: "`a.b`, and `c` too" names a.b and c."""
    return re.findall(r"`([^`]+)`", cell)


class Row:
    """A row of one of the page's tables; its cells by the names of the columns."""

    def __init__(self, section, columns, cells):
        self.section, self.columns = section, columns
        self.cells = dict(zip(columns, cells))
        self.id = bare(cells[0])

    def __getitem__(self, column):
        return self.cells[column]

    def name(self, column):
        return bare(self.cells[column])

    def references(self):
        """What can be cited of it: itself, or each right of an object."""
        return [f"{self.id}-{r}" for r in RIGHTS] if "object" in self.columns else [self.id]


class Page:
    """Every row of docs/policy.md, in order; faults in its form are kept to be told."""

    def __init__(self, text):
        self.rows, self.faults = [], []
        section, columns = 0, None
        for number, line in enumerate(text.splitlines(), 1):
            heading = re.match(r"## (\d+)\. ", line)
            if heading:
                section = int(heading.group(1))
            if not line.startswith("|"):
                columns = None
                continue
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if columns is None:
                columns = cells
            elif len(cells) != len(columns):
                self.faults.append(f"line {number}: {len(cells)} cells, not {len(columns)}")
            elif not set("".join(cells)) <= set("-"):
                self.rows.append(Row(section, columns, cells))

    def having(self, *columns):
        """The rows of the tables that have all these columns."""
        return [row for row in self.rows if set(columns) <= set(row.columns)]

    def references(self):
        return [r for row in self.rows for r in row.references()]


# -- the cases ----------------------------------------------------------------------

class Case:
    def __init__(self, line, number):
        cells = line.split("\t")
        if len(cells) != 5 or not all(cells):
            raise ValueError(f"line {number}: a case has five columns")
        self.row, self.operator, self.till, self.action, expected = cells
        self.number = number
        self.kind, _, self.rest = expected.partition(" ")

    @property
    def decision(self):
        return self.kind in ("allowed", "missing", "missing-any")

    @property
    def missing(self):
        return self.rest.split(",") if self.kind.startswith("missing") else []

    def __repr__(self):
        return f"line {self.number}: {self.row} {self.operator}@{self.till} {self.action}"


def read_cases():
    lines = (HERE / "cases.tsv").read_text().splitlines()
    numbered = [(n, line) for n, line in enumerate(lines, 1)
                if line.strip() and not line.startswith("#")]
    assert numbered[0][1].split("\t") == ["row", "operator", "till", "action", "expected"]
    return [Case(line, number) for number, line in numbered[1:]]


def read_policy():
    return json.loads((HERE / "policy.json").read_text())
