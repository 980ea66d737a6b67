"""Checks of 6.E2, Stop in time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex06 import probes
from grader.course.ex06.checks.common import Memory, bundle
from grader.course.ex06.replies import Fitted
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, approx_equal, expect, kind_of, require

TRAIN = [3.0, 2.0, 2.5, 2.6, 2.7, 2.8, 1.5, 1.4, 1.3, 1.2, 1.1, 1.0]

VAL = [1.0, 0.8, 0.9, 0.85, 0.7, 0.75, 0.72, 0.71, 0.9, 0.95, 0.98, 0.4]

PATIENCE = 3

DEVICE = "cpu:0"
"""Not how PyTorch calls the CPU itself, so that each move there makes new tensors of the weights.

An earlier `state_dict` keeps the old ones then: no weights are looked at in a training with this.
"""


@dataclass(frozen=True)
class Run:
    """A training whose losses are known beforehand."""

    train: list[float]
    val: list[float]
    settings: dict[str, Any]
    batches: int = 1
    gamma: float | None = None
    """By what the scheduler multiplies the learning rate; None if there is no scheduler."""

    @property
    def question(self) -> tuple[Any, ...]:
        return self.train, self.val, self.settings, self.batches, self.gamma


def runs(rng: Rng) -> dict[str, Run]:
    """All trainings, by what they are about."""
    train, falling = scaled(rng, TRAIN), [1 / (1 + epoch) for epoch in range(4)]

    def equal(min_delta: float) -> Run:
        val = [2.0 - min_delta * epoch for epoch in range(5)]
        return Run(train, val, {"num_epochs": 5, "patience": 1, "min_delta": min_delta})

    long = {"num_epochs": len(VAL), "patience": PATIENCE}
    delta = {"num_epochs": 6, "patience": 2, "min_delta": 0.5, "device": DEVICE}
    return {
        "stops": Run(train, scaled(rng, VAL), long, gamma=1.0),
        "best": Run(train, scaled(rng, VAL)[:4], {"num_epochs": 4, "patience": 20}),
        "all": Run(train, [1 - 1e-5 * i for i in range(4)], {"num_epochs": 4, "patience": 1}),
        "min_delta": Run(train, [2.0, 1.7, 1.4, 1.3, 1.2, 1.1], delta),
        "equal 0.25": equal(0.25),
        "equal 0.0": equal(0.0),
        "scheduler": Run(train, falling, {"num_epochs": 4, "patience": 4}, batches=3, gamma=0.5),
    }


def trained(learner: Subject, rng: Rng, memory: Memory, name: str) -> tuple[Run, Answer[Fitted]]:
    """One of the trainings, and what came of it; all are asked at once."""
    made, answers = bundle(learner, rng, memory, probes.fitted, runs)
    return made[name], answers.of(name)


def scaled(rng: Rng, losses: list[float]) -> list[float]:
    """Losses that a check does not know beforehand, with the same ups and downs."""
    factor = rng.uniform(0.5, 2.0)
    return [factor * loss for loss in losses]


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
def test_stops(learner: Subject, rng: Rng, memory: Memory) -> None:
    """It stops when the validation loss has not improved for a while"""
    asked, answer = trained(learner, rng, memory, "stops")
    train, val = asked.train, asked.val
    history, epochs, _ = went(answer)
    want = run(val, PATIENCE)
    fields = {"patience": PATIENCE, "losses": listed(val[: want + 1]), "want": want, "got": epochs}
    expect(
        Answer(epochs),
        want,
        Mistake("patience-not-reset", run(val, PATIENCE, how="not reset"), **fields),
        Mistake("one-epoch-too-many", run(val, PATIENCE, how="too many"), **fields),
        Mistake("training-loss-watched", run(train, PATIENCE), **fields),
        Mistake("compared-with-last", run(val, PATIENCE, how="last"), **fields),
        Mistake("never-stops", len(val), **fields),
        what="the number of epochs",
    )
    expect(Answer(history["val_loss"]), val[:want], what="`val_loss`", rtol=1e-6)
    expect(Answer(history["train_loss"]), train[:want], what="`train_loss`", rtol=1e-6)
    expect(Answer(history["val_accuracy"]), [2 / 3] * want, what="`val_accuracy`", rtol=1e-6)
    expect(
        Answer(history["learning_rate"]),
        [1.0] * want,
        Mistake("rate-of-other-group", [3.0] * want),
        what="`learning_rate`",
    )


def test_best_weights(learner: Subject, rng: Rng, memory: Memory) -> None:
    """The model ends with the weights of the best epoch"""
    found = []
    for name in ("stops", "best"):
        asked, answer = trained(learner, rng, memory, name)
        _, epochs, kept = went(answer)
        found.append((kept, int(np.argmin(asked.val[:epochs])), epochs, answer.value.loaded))
    kept, want, _, _ = found[0]
    stopped_right = kept == want
    for kept, want, epochs, loaded in reversed(found):
        fields = {"last": epochs, "want": want + 1}
        last = kept == epochs - 1 != want
        require(not (last and stopped_right), "last-weights~not-stopped", **fields)
        require(not (last and loaded), "best-weights-not-copied", **fields)
        require(not last, "last-weights", **fields)
        require(kept == want, "other-weights", got=kept + 1, want=want + 1)


@gate
def test_all_epochs(learner: Subject, rng: Rng, memory: Memory) -> None:
    """While the validation loss improves, it goes on to the last epoch"""
    _, epochs, kept = went(trained(learner, rng, memory, "all")[1])
    require(epochs == 4, "stopped-too-soon", got=epochs)
    require(kept == 3, "last-weights-not-kept")


def test_min_delta(learner: Subject, rng: Rng, memory: Memory) -> None:
    """An epoch counts as better only if it is better by more than `min_delta`"""
    asked, answer = trained(learner, rng, memory, "min_delta")
    _, epochs, _ = went(answer)
    val = asked.val
    want, ignored = run(val, 2, 0.5), run(val, 2)
    fields = {"losses": listed(val), "want": want, "got": epochs}
    expect(
        Answer(epochs),
        want,
        Mistake("min-delta-ignored", ignored, **fields),
        Mistake("best-loss-creeps", run(val, 2, 0.5, how="creeps"), **fields),
        what="the number of epochs",
    )


def test_equal_is_not_better(learner: Subject, rng: Rng, memory: Memory) -> None:
    """An epoch that is better by exactly `min_delta` does not count as better"""
    for min_delta in (0.25, 0.0):
        asked, answer = trained(learner, rng, memory, f"equal {min_delta}")
        _, epochs, kept = went(answer)
        val = asked.val
        want, fields = run(val, 1, min_delta), {"losses": listed(val), "min_delta": min_delta}
        equal = epochs == run(val, 1, min_delta, how="equal")
        require(epochs == want or not equal, "equal-is-better", want=want, got=epochs, **fields)
        same = bool(min_delta) or kept == 0  # else the lowest loss may be meant
        require(same, "equal-is-better~weights", got=kept + 1, **fields)


def test_scheduler(learner: Subject, rng: Rng, memory: Memory) -> None:
    """The scheduler steps once after each epoch; the rate that was used is recorded"""
    _, answer = trained(learner, rng, memory, "scheduler")
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
    _, answer = trained(learner, rng, memory, "stops")
    _, epochs, _ = went(answer)
    steps = answer.value.scheduler_steps
    require(steps == epochs, "no-step-when-stopping", epochs=epochs, steps=steps)


def test_device_is_passed_on(learner: Subject, rng: Rng, memory: Memory) -> None:
    """Both loops are given the device"""
    _, answer = trained(learner, rng, memory, "min_delta")
    others = sorted({place for place in answer.value.devices if place != DEVICE})
    require(not others, "device-not-passed-on", others=others)
