"""Replies that hold one item for each item of a question."""

from __future__ import annotations

from typing import TypeVar

from grader.answer import UNREADABLE, Failure

T = TypeVar("T")


def as_many(values: list[T], wanted: int) -> list[T]:
    """The values of a reply, once there are as many as were asked for. Raises `Failure`."""
    if len(values) != wanted:
        raise Failure(f"{UNREADABLE} ({len(values)} values, not {wanted})", "error")
    return values
