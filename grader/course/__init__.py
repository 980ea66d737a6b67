"""The course: for each exercise, everything that judges it, in a package of its own.

`exNN/probes.py` runs beside a learner's code and brings back plain values, `exNN/checks/` holds the
pytest tests that judge them, one module a part, and `exNN/feedback.toml` what learners are told.
"""

from __future__ import annotations

from pathlib import Path

COURSE = Path(__file__).parent


def package_of(number: str) -> str:
    """The package that judges an exercise, by its number: `ex06` for `"6"`."""
    return f"ex{int(number):02d}"
