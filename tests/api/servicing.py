# SPDX-License-Identifier: Apache-2.0
"""What a technician asks of devices: tests, and handing them over."""
import os
import uuid

import pytest

from box import policy

OTHER = 65534
as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")


def service(client, device, task="internal-test", **fields):
    return client.post(f"/v1/devices/{device}/service", {"task": task, **fields})


def check(client, device, what="drawer", key=None, **options):
    return client.post(f"/v1/devices/{device}/test", {"test": what, "reason": "a new cable"},
                       key=key or uuid.uuid4().hex, **options)


def state(box, device):
    return box.client().get(f"/v1/devices/{device}")["state"]


def kinds(box, *wanted):
    return [e for e in box.journal() if e["kind"] in wanted]


def outsiders():
    """People, and a uid that may act for the tills but is no technician's."""
    document = policy()
    for till in document["tills"]:
        till["clients"] = {"users": [os.getuid(), OTHER]}
    return document
