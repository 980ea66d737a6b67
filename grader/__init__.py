"""The autograder of the Astronomy ML Workbook.

A notebook needs three names: `check("1.2")` tells what a part of it does, right or wrong,
`hint("1.2")` gives a nudge, and `prior("1", "filter_lightcurve")` brings in earlier work.
"""

from __future__ import annotations

from typing import Any

__all__ = ["check", "hint", "prior"]


def __getattr__(name: str) -> Any:
    """Import the learner's commands when first asked for: the sandbox never needs them."""
    if name in __all__:
        from grader import learner

        return getattr(learner, name)
    raise AttributeError(f"module 'grader' has no attribute {name!r}")
