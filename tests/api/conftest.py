# SPDX-License-Identifier: Apache-2.0
"""What the API tests share: boxes, and results as TAP for automake."""
import contextlib
import os
import pathlib
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import box as boxes  # noqa: E402
from contract import CONTRACT  # noqa: E402
from tillsim import Sim  # noqa: E402


LONGEST_ID = 60


def pytest_make_parametrize_id(val):
    """Of what is long only how it begins, and how long it is: ids stand in every report."""
    text = val if isinstance(val, str) else repr(val)
    return f"{text[:40]!a}... ({len(text)})" if len(text) > LONGEST_ID else None


@pytest.fixture(autouse=True)
def events_are_as_described():
    """Answers are held against docs/openapi.yaml at once, events here."""
    CONTRACT.faults.clear()
    yield
    assert not CONTRACT.faults, "\n".join(CONTRACT.faults[:5])


@pytest.fixture
def make_box():
    """Makes boxes that are put away at the end of the test."""
    with contextlib.ExitStack() as made:  # all of them, even if one can't be
        def make(folder=None, **options):
            own = made.enter_context(tempfile.TemporaryDirectory(prefix="tilld-test."))
            box = boxes.Box(folder or own, **options)
            made.callback(box.close)
            return box
        yield make


@pytest.fixture
def box(make_box):
    """A box with all five devices, set up, everything ready."""
    return make_box().up()


@pytest.fixture(scope="module")
def shared_box():
    """The same for tests of a module that leave it as they found it."""
    with tempfile.TemporaryDirectory(prefix="tilld-test.") as folder:
        made = boxes.Box(folder)
        try:
            yield made.up()
        finally:
            made.close()


@pytest.fixture
def sim(tmp_path):
    """Starts tillsims, and sees to it that none is left."""
    started = []

    def start(script, *options, **more):
        folder = tmp_path / str(len(started))
        folder.mkdir()
        started.append(None)  # its folder is taken even if it fails
        started[-1] = Sim.__new__(Sim)
        started[-1].__init__(folder, script, *options, **more)
        return started[-1]

    yield start
    for one in started:
        if one and hasattr(one, "process"):
            one.stop()


class Tap:
    """One TAP line per test, for automake's harness."""

    def __init__(self):
        self.count = 0

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report):
        if report.when == "call" or (report.when == "setup" and not report.passed) or \
                (report.when == "teardown" and report.failed):
            self.count += 1
            word = "not ok" if report.failed else "ok"
            note = " # SKIP" if report.skipped else ""
            sys.__stdout__.write(f"{word} {self.count} - {report.nodeid.split('::')[-1]}{note}\n")
            if report.failed:
                for line in str(report.longrepr).splitlines():
                    sys.__stdout__.write(f"# {line}\n")
            sys.__stdout__.flush()

    @pytest.hookimpl
    def pytest_collectreport(self, report):
        if report.failed:
            self.count += 1
            sys.__stdout__.write(f"not ok {self.count} - {report.nodeid} can't be read\n")
            for line in str(report.longrepr).splitlines():
                sys.__stdout__.write(f"# {line}\n")

    @pytest.hookimpl
    def pytest_sessionfinish(self):
        sys.__stdout__.write(f"1..{self.count}\n")
        sys.__stdout__.flush()


def pytest_configure(config):
    if os.environ.get("TILLD_TAP"):
        config.option.verbose = 0  # no terminal sets it, and assert's words hang on it
        config.pluginmanager.register(Tap(), "tap")
