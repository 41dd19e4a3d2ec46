# SPDX-License-Identifier: Apache-2.0
"""Boxes with things plugged in; the rest is shared with the API tests."""
import contextlib
import importlib.util
import pathlib
import sys
import tempfile

import pytest

API = pathlib.Path(__file__).parent.parent / "api"
sys.path.insert(0, str(API))
sys.path.insert(0, str(pathlib.Path(__file__).parent))
from plugbox import PlugBox  # noqa: E402

spec = importlib.util.spec_from_file_location("api_conftest", API / "conftest.py")
api = importlib.util.module_from_spec(spec)
spec.loader.exec_module(api)
events_are_as_described = api.events_are_as_described
pytest_configure = api.pytest_configure


@pytest.fixture
def make_plug_box():
    """Makes boxes that are put away at the end of the test."""
    with contextlib.ExitStack() as made:
        def make(wires, **options):
            folder = made.enter_context(tempfile.TemporaryDirectory(prefix="tilld-test."))
            box = PlugBox(folder, wires, **options)
            made.callback(box.close)
            return box
        yield make
