# SPDX-License-Identifier: Apache-2.0
"""What the API tests share (boxes, results as TAP) serves these as well."""
import importlib.util
import pathlib
import sys

API = pathlib.Path(__file__).resolve().parent.parent / "api"
sys.path.insert(0, str(API))
SPEC = importlib.util.spec_from_file_location("api_conftest", API / "conftest.py")
SHARED = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(SHARED)

pytest_configure = SHARED.pytest_configure
events_are_as_described = SHARED.events_are_as_described
make_box = SHARED.make_box
box = SHARED.box
