"""Notebooks as people hand them in, made by code from the released ones.

Each is a function that makes a finished notebook odd in one way; its name says how.
"""

from __future__ import annotations

from odd_notebooks import (  # noqa: F401
    cells,
    checks,
    classes,
    clumsy,
    editors,
    failures,
    magics,
    modules,
    places,
    plots,
    shell,
    state,
    text,
    waiting,
)
from odd_notebooks.draft import ALL, Odd

__all__ = ["ALL", "Odd"]
