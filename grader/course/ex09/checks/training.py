"""What was seen of a training, and what is asked of it in several checks."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.answer import Answer, Finding
from grader.course.ex09.checks.common import kind_in
from grader.course.ex09.checks.plan import Plan
from grader.course.ex09.replies import Training
from grader.expect import approx_equal, expect, require, shown


def completed(answer: Answer[Training]) -> Training:
    """What was seen of a training, once it came to its end."""
    got = answer.value
    if got.error:
        message = got.error.message[:300]
        raise Finding("training-raised", status="error", kind=kind_in(got.error), message=message)
    require(got.n_runs == 1, "other-number-of-runs", got=got.n_runs)
    return got


def n_epochs(got: Training) -> int:
    """How many epochs were logged."""
    return sum("train_loss" in row for row in got.rows.values())


def val_losses(got: Training) -> list[float]:
    """The losses of the validation set, epoch by epoch."""
    return [row["val_loss"] for row in got.rows.values() if "val_loss" in row]


def check_stopping(got: Training, plan: Plan) -> None:
    """`EarlyStopping` is called with the validation loss of each epoch."""
    losses = plan.series("val", "loss")
    smallest = np.minimum.accumulate(losses).tolist()
    told = len(got.stopping) == len(losses) and approx_equal(got.stopping, smallest, 1e-4, 1e-5)
    require(not told, "best-loss-told")


def check_failed(got: Training) -> None:
    """The run was finished with an exit code that says so."""
    if not got.exit_codes:
        raise Finding("never-finished~after-exception")
    require(got.exit_codes[0] != 0, "failure-called-success")


def same_labels(got: Any, labels: list[int]) -> bool:
    """Whether these are the labels, in any order."""
    whole = isinstance(got, list) and all(isinstance(each, int) for each in got)
    return whole and sorted(got) == sorted(labels)


def check_pictures(got: Training, labels: list[int], probabilities: list[float]) -> None:
    """Up to five light curves are plotted, each with its class and a probability for each class."""
    if not got.pictures:
        raise Finding("no-light-curves")
    seen = got.pictures[-1]
    n, shape = seen.n, seen.shape
    if n < 1:
        raise Finding("no-light-curves")
    require(n <= 5, "too-many-light-curves", got=n)
    fits = len(shape) == 2 and shape[0] >= n and shape[1] == 5
    require(fits, "not-probabilities", n=n, shape=tuple(shape))
    require(-1 not in seen.places, "light-curves-of-others")
    truth = [labels[place] for place in seen.places]
    require(
        approx_equal(seen.labels, truth), "labels-of-others", got=shown(seen.labels), want=truth
    )
    want = [probabilities] * n
    expect(
        Answer(seen.probabilities),
        want,
        what="the list of probabilities to plot",
        rtol=1e-3,
        atol=1e-4,
    )
