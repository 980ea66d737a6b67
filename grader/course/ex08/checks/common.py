"""What the checks of several parts of Exercise 8 use."""

from __future__ import annotations

from typing import TypeVar

from grader.course.ex08.replies import EMPTY, FIGURE, OLD, History, Matrix
from grader.expect import require

F = TypeVar("F", Matrix, History)

N_CLASSES = 5
SERIES = ("train_loss", "val_loss", "train_acc", "val_acc", "val_balanced_acc", "learning_rates")


def figure_of(seen: F) -> F:
    """What is seen, once it is a new figure with something on it."""
    kind = seen.kind
    require(kind != "NoneType", "nothing-returned~figure")
    require(kind != OLD, "drawn-on-old-figure")
    require(kind != EMPTY, "figure-empty")
    require(kind == FIGURE, "no-figure-returned", kind=kind)
    return seen
