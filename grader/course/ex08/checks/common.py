"""Checks of Exercise 8: balanced batches, early stopping, metrics, and a training by script.

Nothing here is trained for long. A sampler is judged by counting, metrics by loops over single
objects, a training by a stand-in for a network that knows the validation loss of every epoch
beforehand and keeps count of its own steps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.ex08 import probes
from grader.expect import Mistake, approx_equal, fail_if_recognised, require, shown

Rng = np.random.Generator


def stops(
    losses: Sequence[float],
    patience: int,
    better: Callable[[float, float], bool],
    says: Callable[[int, int], bool] = lambda counter, patience: counter >= patience,
    resets: bool = True,
    keeps_best: bool = True,
    counts_nan: bool = True,
) -> list[bool]:
    """The answers of an early stopping that calls a loss better, and says stop, as it is told."""
    best, counter, answers = math.inf, 0, []
    for loss in losses:
        if better(loss, best):
            best, counter = loss, 0 if resets else counter
        elif counts_nan or not math.isnan(loss):
            counter += 1
            best = best if keeps_best else loss
        answers.append(says(counter, patience))
    return answers


def told(learner: Subject, losses: list[float], patience: int, delta: float) -> None:
    """Compare the answers with those of right and of mistaken ways to count."""

    def by(better: Callable[[float, float], bool], **ways: Any) -> list[bool]:
        return stops(losses, patience, better, **ways)

    def right(loss: float, best: float) -> bool:
        return loss < best - delta

    answer = learner.ask(probes.told, {"patience": patience, "min_delta": delta}, losses)
    got, want = answer.value["answers"], by(right)
    mistakes = [
        (
            "min-delta-reversed",
            by(lambda x, best: x < best + delta),
            "A loss that is a little worse counts as an improvement. It must be *below* the "
            "best one "
            "by more than `min_delta`: `val_loss < self.best_loss - self.min_delta`.",
        ),
        (
            "min-delta-ignored",
            by(lambda x, best: x < best),
            "Every loss below the best one counts as an improvement, however little. It must be "
            "better by more than `min_delta`.",
        ),
        (
            "exactly-counts",
            by(lambda x, best: x <= best - delta),
            "A loss that is better by exactly `min_delta` counts as an improvement. It must be "
            "better "
            "by more: `<`, not `<=`.",
        ),
        (
            "change-counts",
            by(lambda x, best: best == math.inf or abs(x - best) > delta),
            "A loss that is much *worse* counts as an improvement. Do not take the absolute value.",
        ),
        (
            "nan-improves",
            by(lambda x, best: not x >= best - delta),
            "NaN is taken for an improvement, and nothing is ever better than NaN. Every "
            "comparison "
            "with NaN is false: ask `val_loss < ...`, so that NaN goes to the `else`.",
        ),
        (
            "nan-not-counted",
            by(right, counts_nan=False),
            "NaN is passed over. It is no improvement, so the counter goes up.",
        ),
        (
            "stops-late",
            by(right, says=lambda counter, patience: counter > patience),
            "It says stop one loss too late. Stop when the counter has *reached* the patience: "
            "`>=`.",
        ),
        (
            "stops-early",
            by(right, says=lambda counter, patience: counter >= patience - 1),
            "It says stop one loss too early. Count first, then compare the counter with the "
            "patience.",
        ),
        (
            "counter-never-reset",
            by(right, resets=False),
            "The counter is not set back to 0 by an improvement. Only losses *in a row* count.",
        ),
        (
            "previous-for-best",
            by(right, keeps_best=False),
            "Each loss is compared with the one before it. Compare with the best one so far, "
            "and keep "
            "that unless it is improved.",
        ),
    ]
    require(isinstance(got, list) and not any(each is None for each in got), "nothing-returned")
    if got == want:
        return
    fail_if_recognised(
        Answer(got), *(Mistake(key, value, says=says) for key, value, says in mistakes)
    )
    place = next(i for i, (one, other) in enumerate(zip(got, want, strict=True)) if one != other)
    seen = ", ".join(f"{loss:g}" for loss in losses[: place + 1])
    raise Finding(
        "patience-min-delta",
        patience=patience,
        delta=delta,
        seen=seen,
        got=shown(got[place]),
        want=want[place],
    )


def figure_of(answer: Answer) -> dict:
    """What is seen, once it is a new figure with something on it."""
    got = answer.value
    kind = got["is"]
    require(kind is not None, "nothing-returned~2")
    require(kind != "other", "drawn-on-old-figure")
    require(kind != "empty", "figure-empty-axes")
    require(kind == "figure", "no-figure-returned", kind=kind)
    return got


N_CLASSES = 5


def softmax(logits: np.ndarray) -> np.ndarray:
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


SERIES = ("train_loss", "val_loss", "train_acc", "val_acc", "val_balanced_acc", "learning_rates")


def found(axes: list[dict], values: list[float]) -> list[tuple[dict, dict]]:
    """The pairs of axes with a line that shows these values, and the line."""
    return [(ax, line) for ax in axes for line in ax["lines"] if approx_equal(line["y"], values)]
