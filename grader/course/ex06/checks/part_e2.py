"""Checks of 6.E2, Stop in time."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Subject
from grader.course.ex06 import probes
from grader.course.ex06.replies import Fitted
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, approx_equal, expect, kind_of, require

TRAIN = [3.0, 2.0, 2.5, 2.6, 2.7, 2.8, 1.5, 1.4, 1.3, 1.2, 1.1, 1.0]


VAL = [1.0, 0.8, 0.9, 0.85, 0.7, 0.75, 0.72, 0.71, 0.9, 0.95, 0.98, 0.4]


PATIENCE = 3


def run(losses: list[float], patience: int, min_delta: float = 0.0, how: str = "") -> int:
    """How many epochs there are: by the rule, or by a slip in it."""
    best, waited = math.inf, 0
    for epoch, loss in enumerate(losses):
        if loss < best - min_delta or (how == "equal" and loss == best - min_delta):
            best = loss
            waited = waited if how == "not reset" else 0
        else:
            waited += 1
        if how == "last":
            best = loss
        if how == "creeps":
            best = min(best, loss)
        if waited >= patience + (how == "too many"):
            return epoch + 1
    return len(losses)


def listed(losses: list[float]) -> str:
    return ", ".join(f"{loss:g}" for loss in losses)


def scaled(rng: Rng, losses: list[float]) -> list[float]:
    """Losses that a check does not know beforehand, with the same ups and downs."""
    factor = float(rng.integers(2, 9)) / 4
    return [factor * loss for loss in losses]


def went(answer: Answer[Fitted]) -> tuple[dict[str, Any], int, int]:
    """The history, the number of epochs, and the epoch of the weights kept, from 0 on."""
    got = answer.value
    history = got.history
    require(isinstance(history, dict), "history-not-a-dict", got=kind_of(history))
    for name in ("train_loss", "val_loss", "val_accuracy", "learning_rate"):
        require(name in history, "history-incomplete", name=name, names=sorted(map(str, history)))
        values = history[name]
        numbers = isinstance(values, list) and all(isinstance(v, float | int) for v in values)
        require(numbers, "history-not-floats", name=name)
    rungs = -got.weight if math.isfinite(got.weight) else 0.0
    return history, len(history["val_loss"]), round(rungs) - 1


@gate
def test_stops(learner: Subject, rng: Rng) -> None:
    """It stops when the validation loss has not improved for a while"""
    train, val = scaled(rng, TRAIN), scaled(rng, VAL)
    settings = {"num_epochs": len(VAL), "patience": PATIENCE}
    history, epochs, _ = went(learner.ask(probes.fitted, train, val, settings))
    want = run(val, PATIENCE)
    fields = {"patience": PATIENCE, "losses": listed(val[: want + 1]), "want": want, "got": epochs}
    expect(
        Answer(epochs),
        want,
        Mistake("patience-not-reset", run(val, PATIENCE, how="not reset"), **fields),
        Mistake("one-epoch-too-many", run(val, PATIENCE, how="too many"), **fields),
        Mistake("training-loss-watched", run(train, PATIENCE), **fields),
        Mistake("compared-with-last", run(val, PATIENCE, how="last"), **fields),
        Mistake("never-stops", len(VAL), **fields),
        what="the number of epochs",
    )
    expect(Answer(history["val_loss"]), val[:want], what="`val_loss`", rtol=1e-4)
    expect(Answer(history["train_loss"]), train[:want], what="`train_loss`", rtol=1e-4)
    expect(Answer(history["val_accuracy"]), [0.75] * want, what="`val_accuracy`", rtol=1e-4)
    expect(
        Answer(history["learning_rate"]),
        [1.0] * want,
        Mistake("rate-of-other-group", [3.0] * want),
        what="`learning_rate`",
        rtol=1e-4,
    )


def test_best_weights(learner: Subject, rng: Rng) -> None:
    """The model ends with the weights of the best epoch"""
    train, val = scaled(rng, TRAIN), scaled(rng, VAL)
    settings = {"num_epochs": 6, "patience": 20}
    answer = learner.ask(probes.fitted, train, val, settings)
    _, epochs, kept = went(answer)
    want = int(np.argmin(val[:6]))
    require(kept != epochs - 1, "last-weights", last=epochs, want=want + 1)
    require(kept == want, "other-weights", got=kept + 1, want=want + 1)


@gate
def test_all_epochs(learner: Subject, rng: Rng) -> None:
    """While the validation loss improves, it goes on to the last epoch"""
    val = [1 - 1e-5 * epoch for epoch in range(6)]
    _, epochs, kept = went(
        learner.ask(probes.fitted, scaled(rng, TRAIN), val, {"num_epochs": 6, "patience": 1})
    )
    require(epochs == 6, "stopped-too-soon", got=epochs)
    require(kept == 5, "last-weights-not-kept")


def test_min_delta(learner: Subject, rng: Rng) -> None:
    """An epoch counts as better only if it is so by more than `min_delta`"""
    val = [2.0, 1.8, 1.6, 1.4, 1.3, 1.2, 1.1, 1.0]
    settings = {"num_epochs": 8, "patience": 3, "min_delta": 0.5}
    _, epochs, _ = went(learner.ask(probes.fitted, scaled(rng, TRAIN), val, settings))
    want, ignored = run(val, 3, 0.5), run(val, 3)
    expect(
        Answer(epochs),
        want,
        Mistake("min-delta-ignored", ignored, losses=listed(val), want=want, got=epochs),
        Mistake(
            "best-loss-creeps",
            run(val, 3, 0.5, how="creeps"),
            losses=listed(val),
            want=want,
            got=epochs,
        ),
        what="the number of epochs",
    )


@pytest.mark.parametrize("min_delta", [0.25, 0.0])
def test_equal_is_not_better(learner: Subject, rng: Rng, min_delta: float) -> None:
    """An epoch that is better by just `min_delta`, and no more, is not better"""
    val = [2.0 - min_delta * epoch for epoch in range(5)]
    settings = {"num_epochs": 5, "patience": 1, "min_delta": min_delta}
    _, epochs, kept = went(learner.ask(probes.fitted, scaled(rng, TRAIN), val, settings))
    want, fields = run(val, 1, min_delta), {"losses": listed(val), "min_delta": min_delta}
    equal = epochs == run(val, 1, min_delta, how="equal")
    require(epochs == want or not equal, "equal-is-better", want=want, got=epochs, **fields)
    same = bool(min_delta) or kept == 0  # else the lowest loss may be meant
    require(same, "equal-is-better~weights", got=kept + 1, **fields)


def test_scheduler(learner: Subject, rng: Rng) -> None:
    """The scheduler steps once after each epoch; the rate that was used is recorded"""
    val = [1 / (1 + epoch) for epoch in range(4)]
    settings = {"num_epochs": 4, "patience": 4}
    answer = learner.ask(probes.fitted, scaled(rng, TRAIN), val, settings, batches=3, gamma=0.5)
    history, _, _ = went(answer)
    steps, rungs = answer.value.scheduler_steps, -answer.value.weight
    require(steps > 0, "scheduler-ignored")
    require(steps != 12, "scheduler-per-batch")
    calls = ", ".join(f"`{name}`" for name in answer.value.calls[:3])
    right = ["train_epoch", "evaluate_model", "scheduler.step"] * 4
    require(not answer.value.scheduler_given, "scheduler-given-loss")
    used, late = [1.0, 0.5, 0.25, 0.125], [0.5, 0.25, 0.125, 0.0625]
    require(not approx_equal(rungs, 3 * sum(late), 1e-5), "scheduler-first")
    expect(
        Answer(history["learning_rate"]),
        used,
        Mistake("rate-of-next-epoch", late),
        what="`learning_rate`",
    )
    require(approx_equal(rungs, 3 * sum(used), 1e-5), "rates-not-used")
    unseen = "train_epoch" not in answer.value.calls
    require(unseen or answer.value.calls == right, "other-calls", calls=calls)
    settings = {"num_epochs": 4, "patience": 1}
    answer = learner.ask(probes.fitted, scaled(rng, TRAIN), [1.0, 2.0], settings, gamma=0.5)
    _, epochs, _ = went(answer)
    steps = answer.value.scheduler_steps
    require(steps == epochs, "no-step-when-stopping", epochs=epochs, steps=steps)


def test_device_is_passed_on(learner: Subject, rng: Rng) -> None:
    """Both loops are called with the device"""
    settings = {"num_epochs": 2, "device": "cpu:0"}
    got = learner.ask(probes.fitted, scaled(rng, TRAIN), [1.0, 0.5], settings).value
    others = sorted({place for place in got.devices if place != "cpu:0"})
    require(not others, "device-not-passed-on", others=others)
