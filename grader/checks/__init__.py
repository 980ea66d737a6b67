"""The checks of each exercise: pytest tests that judge what the probes bring back.

Each module has `HINTS` (part id to hints, from the mildest to the plainest) and tests marked with
the part they belong to. A test's docstring is the title that learners see.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


def part(part_id: str) -> Callable[[Any], Any]:
    """Mark a test as a check of the part `part_id`."""
    return pytest.mark.part(part_id)
