# SPDX-License-Identifier: Apache-2.0
"""kill -9 between intent and outcome, with the device having moved and not."""
import pytest
