"""Checks of 8.2, When to stop."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from grader.answer import Answer, Finding, Subject
from grader.course.counted import as_many
from grader.course.ex08 import probes
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, approx_equal, expect, fail_if_recognised, require, showing, shown


def stops(
    losses: Sequence[float],
    patience: int,
    better: Callable[[float, float], bool],
    says: Callable[[int, int], bool] = lambda counter, patience: counter >= patience,
    resets: bool = True,
    keeps_best: bool = True,
    counts_nan: bool = True,
    stops_at_nan: bool = False,
    anew: bool = False,
) -> list[bool]:
    """The answers of an early stopping that calls a loss better, and says stop, as it is told.

    With `anew`, the counter is 0 again after each stop.
    """
    best, counter, answers = math.inf, 0, []
    for loss in losses:
        if better(loss, best):
            best, counter = loss, 0 if resets else counter
        elif counts_nan or not math.isnan(loss):
            counter += 1
            best = best if keeps_best else loss
        answers.append(says(counter, patience) or (stops_at_nan and math.isnan(loss)))
        counter = 0 if anew and answers[-1] else counter
    return answers


def slips(losses: list[float], patience: int, delta: float) -> list[Mistake]:
    """Known slips in counting, and the answers that they lead to."""

    def by(better: Callable[[float, float], bool], **ways: Any) -> list[bool]:
        return stops(losses, patience, better, **ways)

    def right(loss: float, best: float) -> bool:
        return loss < best - delta

    return [
        Mistake("min-delta-reversed", by(lambda x, best: x < best + delta)),
        Mistake("min-delta-ignored", by(lambda x, best: x < best)),
        Mistake("min-delta-relative", by(lambda x, best: x < best * (1 - delta))),
        Mistake("exactly-counts", by(lambda x, best: x <= best - delta)),
        Mistake("negative-refused", by(lambda x, best: 0 <= x < best - delta)),
        Mistake("negative-refused~size", by(lambda x, best: abs(x) < best - delta)),
        Mistake("change-counts", by(lambda x, best: best == math.inf or abs(x - best) > delta)),
        Mistake("nan-improves", by(lambda x, best: not x >= best - delta)),
        Mistake("nan-not-counted", by(right, counts_nan=False)),
        *(
            Mistake("nan-stops", by(right, counts_nan=counts, stops_at_nan=True))
            for counts in (True, False)
        ),
        Mistake("stops-late", by(right, says=lambda counter, patience: counter > patience)),
        Mistake("stops-early", by(right, says=lambda counter, patience: counter >= patience - 1)),
        Mistake("stops-once", by(right, says=lambda counter, patience: counter == patience)),
        Mistake("counter-never-reset", by(right, resets=False)),
        Mistake("previous-for-best", by(right, keeps_best=False)),
    ]


def check_answers(learner: Subject, losses: list[float], patience: int, delta: float) -> None:
    """Compare the answers with those of right and of mistaken ways to count."""
    answer = learner.ask(probes.told, {"patience": patience, "min_delta": delta}, losses)
    got = as_many(answer.value.answers, len(losses))
    require(not any(each is None for each in got), "nothing-returned")
    got = [bool(each) if isinstance(each, int) and each in (0, 1) else each for each in got]
    want = stops(losses, patience, lambda loss, best: loss < best - delta)
    if approx_equal(got, want):
        return
    fail_if_recognised(Answer(got), *slips(losses, patience, delta))
    by_then = stops(losses, patience, lambda loss, best: loss < best - delta, anew=True)
    low = isinstance(answer.value.counter, int) and answer.value.counter < patience
    set_back = Mistake("counter-set-back", by_then, patience=patience, n=patience - 1)
    fail_if_recognised(Answer(got), *([set_back] if low else []))
    place = next(i for i in range(len(want)) if not approx_equal(got[i], want[i]))
    raise Finding(
        "wrong-answer",
        patience=patience,
        delta=delta,
        losses=", ".join(f"{loss:g}" for loss in losses[: place + 1]),
        got=shown(got[place]),
        want=want[place],
    )


@gate
def test_losses(learner: Subject, rng: Rng) -> None:
    """It says stop when `patience` losses in a row are no improvement"""
    losses = [2.0, 1.75, 1.5, 1.5, 1.625, 1.25, 1.21875, 1.1875, 1.15625, 1.0, 0.75, 1.5, 0.5]
    losses += [0.625, 0.5625, 0.375, 0.25, 0.375, 1.25, 0.375, 0.375, 0.0, 0.0625, 0.0, 0.0, 0.0]
    losses += [losses[-1]] * 3  # after it has said stop
    shift = float(rng.integers(1, 8))
    check_answers(learner, [loss + shift for loss in losses], patience=3, delta=0.125)


def test_nan(learner: Subject) -> None:
    """NaN is never an improvement"""
    nan = math.nan
    losses = [
        nan,
        math.inf,
        3.0,
        nan,
        2.0,
        nan,
        nan,
        1.0,
        nan,
        0.5,
        nan,
        nan,
        nan,
        0.25,
        0.5,
        nan,
        *[0.5] * 6,
    ]
    check_answers(learner, losses, 3, 0.125)


def test_patience_of_one(learner: Subject) -> None:
    """With a patience of 1 the first failure to improve ends it; a loss may be negative"""
    check_answers(learner, [2.0, 1.0, 0.5, 0.75, 0.25, -1.0, -2.0, -1.5], 1, 0.125)


def test_attributes(learner: Subject) -> None:
    """The best loss and the counter are kept in its attributes"""
    got = learner.ask(probes.told, {"patience": 1, "min_delta": 0.25}, [2.0, 1.0, 0.875, 1.5]).value
    with showing("{}\nstopping.best_loss"):
        require(not approx_equal(got.best, 0.875), "best-creeps")
        expect(Answer(got.best), 1.0, what="`best_loss` after the losses 2, 1, 0.875, 1.5")
    after = "`counter` after the losses 2, 1, 0.875, 1.5"
    with showing("{}\nstopping.counter"):
        expect(Answer(got.counter), 2, Mistake("counter-capped", 1), what=after)
