"""What was seen of a training, and what is asked of it in several checks."""

from __future__ import annotations

from contextlib import AbstractContextManager
from itertools import pairwise
from typing import Any

import numpy as np

from grader.answer import Answer, Finding
from grader.course.ex09.checks.common import CLASSES, kind_in
from grader.course.ex09.checks.plan import Plan
from grader.course.ex09.replies import Pictures, Training
from grader.expect import Mistake, approx_equal, expect, require, showing, shown


def side(name: str) -> AbstractContextManager[None]:
    """What is judged inside is this side of what was seen."""
    return showing(f"{{}}.{name}")


EPOCHS = "list({}.rows)"
"""The side that tells how many epochs there were."""


def completed(answer: Answer[Training]) -> Training:
    """What was seen of a training, once it came to its end."""
    got = answer.value
    if got.error:
        message = got.error.message[:300]
        raise Finding("training-raised", status="error", kind=kind_in(got.error), message=message)
    with side("n_runs"):
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
    with side("stopping"):
        require(not told, "best-loss-told")


def check_failed(got: Training) -> None:
    """The run was finished with an exit code that says so."""
    with side("exit_codes"):
        require(bool(got.exit_codes), "never-finished~after-exception")
        require(got.exit_codes[0] != 0, "failure-called-success")


def same_labels(got: Any, labels: list[int]) -> bool:
    """Whether these are the labels, in any order."""
    whole = isinstance(got, list) and all(isinstance(each, int) for each in got)
    return whole and sorted(got) == sorted(labels)


def check_pictures(got: Training, labels: list[int], probabilities: list[float]) -> None:
    """Up to five light curves are plotted, each with its class and a probability for each class."""
    with side("pictures"):
        require(bool(got.pictures), "no-light-curves")
        check_examples(got.pictures[-1], labels, probabilities)


def check_examples(seen: Pictures, labels: list[int], probabilities: list[float]) -> None:
    """These light curves are of the test set, with their classes and probabilities."""
    n, shape = seen.n, seen.shape
    require(n >= 1, "no-light-curves")
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


def check_checkpoint(got: Training, plan: Plan) -> None:
    """The last checkpoint has the weights of the best epoch, its number and the result."""
    require(bool(got.checkpoints), "no-checkpoint")
    best = plan.best
    kept = got.checkpoints[-1]
    weights_of = -1 if kept.n_epochs is None else kept.n_epochs - 1
    require(weights_of == best, "last-weights-kept", got=weights_of, best=best)
    right = approx_equal(kept.epoch, best)
    require(right, "checkpoint-of-other-epoch", got=shown(kept.epoch), best=best)
    want = plan.result(best)
    found = {name: value for name, value in kept.metrics.items() if name in want}
    missing = sorted(set(want) - set(found))
    require(len(got.checkpoints) > 1 or not missing, "checkpoint-lacks", names=", ".join(missing))
    wanted = {name: want[name] for name in found}
    what = "the metrics of the checkpoint, a dict,"
    expect(Answer(found), wanted, what=what, rtol=1e-4, atol=1e-5)


def check_matrix(got: Training, plan: Plan) -> None:
    """The last confusion matrix is that of the test set, with the best weights."""
    require(bool(got.matrices), "no-confusion-matrix")
    labels = plan.labels["test"]
    guess = [int(plan.logits[plan.best + 1].argmax())] * len(labels)
    matrix = got.matrices[-1]
    shuffled = not approx_equal(matrix.truth, labels) and same_labels(matrix.truth, labels)
    require(not shuffled, "test-set-shuffled")
    expect(
        Answer([matrix.truth, matrix.guess]),
        [labels, guess],
        Mistake("matrix-swapped", [guess, labels]),
        what="the list of true and predicted classes",
    )
    expect(Answer(matrix.names), CLASSES, what="the list of class names")


def check_order(objects: list[int], plan: Plan) -> None:
    """All objects of the training set come once in each epoch, each time in another order."""
    n, total = len(plan.labels["train"]), len(objects)
    seen_once = total == n * plan.epochs
    require(seen_once, "not-seen-once", epochs=plan.epochs, got=total, n=n)
    require(any(i > j for i, j in pairwise(objects[:n])), "not-shuffled")
    orders = [objects[i : i + n] for i in range(0, total, n)]
    require(any(each != orders[0] for each in orders), "same-order-each-epoch")
