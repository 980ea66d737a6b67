"""Checks of 6.E2, Stop in time."""

from __future__ import annotations

import math

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex06 import probes
from grader.course.ex06.checks.common import Rng
from grader.expect import Mistake, approx_equal, expect, kind_of, require

TRAIN = [3.0, 2.0, 2.5, 2.6, 2.7, 2.8, 1.5, 1.4, 1.3, 1.2, 1.1, 1.0]


VAL = [1.0, 0.8, 0.9, 0.85, 0.7, 0.75, 0.72, 0.71, 0.9, 0.95, 0.98, 0.4]


PATIENCE = 3


def run(losses: list[float], patience: int, min_delta: float = 0.0, how: str = "") -> list[int]:
    """How many epochs there are, and which one was the best."""
    best, best_epoch, waited = math.inf, 0, 0
    for epoch, loss in enumerate(losses):
        if loss < best - min_delta:
            best, best_epoch = loss, epoch
            waited = waited if how == "not reset" else 0
        else:
            waited += 1
        if how == "last":
            best = loss
        if waited >= patience + (how == "too many"):
            return [epoch + 1, best_epoch]
    return [len(losses), best_epoch]


def scaled(rng: Rng, losses: list[float]) -> list[float]:
    """Losses that a check does not know beforehand, with the same ups and downs."""
    factor = float(rng.integers(2, 9)) / 4
    return [factor * loss for loss in losses]


def went(answer: Answer) -> tuple[dict, list]:
    """The history and [epochs, epoch of the weights kept], once there is a history."""
    got = answer.value
    history = got["history"]
    require(isinstance(history, dict), "returns-return-dictionary", history=kind_of(history))
    for name in ("train_loss", "val_loss", "val_accuracy", "learning_rate"):
        require(name in history, "history", name=name, str=sorted(map(str, history)))
        values = history[name]
        require(
            isinstance(values, list) and all(isinstance(v, float | int) for v in values),
            "history-list-floats",
            name=name,
        )
    rungs = -got["weight"] if math.isfinite(got["weight"]) else 0.0
    return history, [len(history["val_loss"]), round(rungs) - 1]


def test_stops(learner: Subject, rng: Rng) -> None:
    """It stops when the validation loss has not got better for a while"""
    train, val = scaled(rng, TRAIN), scaled(rng, VAL)
    settings = {"num_epochs": len(VAL), "patience": PATIENCE}
    history, (epochs, _) = went(learner.ask(probes.fitted, train, val, settings))
    want = run(val, PATIENCE)[0]
    (
        f"With patience={PATIENCE} and these validation losses, {shown(val[: want + 1])}, there "
        f"should be {want} epochs; there were {epochs}."
    )
    expect(
        Answer(epochs),
        want,
        Mistake(
            "patience-not-reset",
            run(val, PATIENCE, how="not reset")[0],
            patience=PATIENCE,
            val=shown(val[: want + 1]),
            want=want,
            epochs=epochs,
        ),
        Mistake(
            "one-epoch-too-many",
            run(val, PATIENCE, how="too many")[0],
            patience=PATIENCE,
            val=shown(val[: want + 1]),
            want=want,
            epochs=epochs,
        ),
        Mistake(
            "training-loss-watched",
            run(train, PATIENCE)[0],
            patience=PATIENCE,
            val=shown(val[: want + 1]),
            want=want,
            epochs=epochs,
        ),
        Mistake(
            "compared-with-last",
            run(val, PATIENCE, how="last")[0],
            patience=PATIENCE,
            val=shown(val[: want + 1]),
            want=want,
            epochs=epochs,
        ),
        Mistake(
            "never-stops",
            len(VAL),
            patience=PATIENCE,
            val=shown(val[: want + 1]),
            want=want,
            epochs=epochs,
        ),
        what="the number of epochs",
    )
    expect(Answer(history["val_loss"]), val[:want], what="`val_loss`", rtol=1e-4)
    expect(Answer(history["train_loss"]), train[:want], what="`train_loss`", rtol=1e-4)
    expect(Answer(history["val_accuracy"]), [0.75] * want, what="`val_accuracy`", rtol=1e-4)
    expect(Answer(history["learning_rate"]), [1.0] * want, what="`learning_rate`", rtol=1e-4)


def test_best_weights(learner: Subject, rng: Rng) -> None:
    """The model ends with the weights of the best epoch"""
    train, val = scaled(rng, TRAIN), scaled(rng, VAL)
    settings = {"num_epochs": 6, "patience": 20}
    _, (epochs, kept) = went(learner.ask(probes.fitted, train, val, settings))
    want = int(np.argmin(val[:6]))
    require(kept != epochs - 1, "last-weights", epochs=epochs, want=want + 1)
    require(kept == want, "model-weights-epoch", kept=kept + 1, want=want + 1)


def test_all_epochs(learner: Subject, rng: Rng) -> None:
    """While the validation loss gets better, it goes on to the last epoch"""
    val = [1 / (1 + epoch) for epoch in range(6)]
    _, (epochs, kept) = went(
        learner.ask(probes.fitted, scaled(rng, TRAIN), val, {"num_epochs": 6, "patience": 1})
    )
    require(epochs == 6, "every-epoch-better", epochs=epochs)
    require(kept == 5, "last-epoch-best")


def test_min_delta(learner: Subject, rng: Rng) -> None:
    """An epoch is better only if it is so by more than `min_delta`"""
    val = [1.0, 0.9, 0.8, 0.7, 0.65, 0.6, 0.55, 0.5]
    settings = {"num_epochs": 8, "patience": 3, "min_delta": 0.25}
    _, (epochs, _) = went(learner.ask(probes.fitted, scaled(rng, TRAIN), val, settings))
    want = run(val, 3, 0.25)[0]
    expect(
        Answer(epochs),
        want,
        Mistake("min-delta-ignored", run(val, 3)[0], val=val, want=want, epochs=epochs),
        what="the number of epochs",
    )


def test_scheduler(learner: Subject, rng: Rng) -> None:
    """The scheduler steps once after each epoch, and the rate that was used is written down"""
    val = [1 / (1 + epoch) for epoch in range(4)]
    settings = {"num_epochs": 4, "patience": 4}
    answer = learner.ask(probes.fitted, scaled(rng, TRAIN), val, settings, batches=3, gamma=0.5)
    history, _ = went(answer)
    steps, weight = answer.value["scheduler_steps"], answer.value["weight"]
    require(steps > 0, "scheduler-ignored")
    require(steps != 12, "scheduler-per-batch")
    used, late = [1.0, 0.5, 0.25, 0.125], [0.5, 0.25, 0.125, 0.0625]
    require(not approx_equal(-weight, 3 * sum(late), 1e-5), "scheduler-first")
    expect(
        Answer(history["learning_rate"]),
        used,
        Mistake("rate-of-next-epoch", late),
        what="`learning_rate`",
    )
    require(approx_equal(-weight, 3 * sum(used), 1e-5), "epochs-trained-scheduler")


def shown(losses: list[float]) -> str:
    return ", ".join(f"{loss:g}" for loss in losses)
