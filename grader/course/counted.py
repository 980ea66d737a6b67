"""Numbers of things: one item of a reply for each of a question, and how often something is."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

from grader.answer import UNREADABLE, Failure

T = TypeVar("T")


def as_many(values: list[T], wanted: int) -> list[T]:
    """The values of a reply, once there are as many as were asked for. Raises `Failure`."""
    if len(values) != wanted:
        raise Failure(f"{UNREADABLE} ({len(values)} values, not {wanted})", "error")
    return values


def often(n: int) -> str:
    """How often something happens, in words: "never", "once", "twice", "3 times"."""
    return {0: "never", 1: "once", 2: "twice"}.get(n, f"{n} times")


def items_of(column: Any) -> list[Any]:
    """The items of a table's column as Python's own; none if it is no column."""
    items = list(column) if isinstance(column, list) or np.ndim(column) == 1 else []
    return [item.item() if isinstance(item, np.generic) else item for item in items]
