"""Checks of 8.5, The whole training."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Subject
from grader.course.ex08 import probes
from grader.course.ex08.checks.common import N_CLASSES, SERIES, Rng, softmax
from grader.course.gates import gate
from grader.expect import (
    Mistake,
    Raises,
    expect,
    expect_error,
    fail_if_recognised,
    kind_of,
    number,
    require,
)
from grader.wire import Tensor


def balanced(labels: Sequence[int], num_classes: int) -> np.ndarray:
    """n / (k n_c), and 1 for a class that does not occur."""
    counts = Counter(labels)
    weights = [
        len(labels) / (len(counts) * counts[c]) if counts[c] else 1.0 for c in range(num_classes)
    ]
    return np.array(weights)


def compare_weights(answer: Answer, labels: list[int], of_dataset: list[int], size: int) -> None:
    """Compare class weights with those of the delivered labels."""
    want = balanced(labels, size)
    counts = np.array([labels.count(c) for c in range(size)])
    there, share = counts > 0, counts / len(labels)

    def weight(values: np.ndarray, absent: float) -> Tensor:
        return Tensor.of(np.where(there, values, absent))

    got = answer.result
    infinite = isinstance(got, Tensor) and not np.isfinite(got.array).all()
    fail_if_recognised(
        answer,
        Mistake("infinite-weight", bool(infinite) and not there.all()),
        Mistake("infinite-weight~2", Raises("ZeroDivisionError")),
    )
    safe = np.maximum(counts, 1)
    every = len(labels) / (size * safe)
    expect(
        answer,
        Tensor.of(want),
        Mistake("dataset-counted", Tensor.of(balanced(of_dataset, size))),
        *(
            Mistake("proportional-weights", weight(values, absent))
            for values in (share, counts, share * there.sum(), counts / counts.max())
            for absent in (0.0, 1.0)
        ),
        *(
            Mistake("not-normalised", weight(values / safe, absent))
            for values in (
                1.0,
                len(labels),
                counts.max(),
                counts[there].min(),
                1 / (1 / counts[there]).sum(),
                size / (1 / counts[there]).sum(),
            )
            for absent in (0.0, 1.0, float(values))
        ),
        Mistake("absent-class-in-k", weight(every, 1.0)),
        Mistake("absent-class-in-k~2", weight(every, float(len(labels)) / size)),
        what="the tensor of weights",
    )


@gate
@pytest.mark.parametrize("kind", ["all classes", "an absent class", "a balanced loader"])
def test_class_weights(learner: Subject, rng: Rng, kind: str) -> None:
    """Weights are n / (k n_c), by the labels that the loader gives"""
    there = [0, 1, 2, 4] if kind == "an absent class" else range(5)
    counts = rng.permutation([29, 13, 6, 3, 2])
    labels = rng.permutation([c for c in there for _ in range(counts[c])]).tolist()
    order = rng.permutation(len(labels)).tolist()
    if kind == "a balanced loader":
        order = [int(rng.choice(np.flatnonzero(np.array(labels) == c))) for c in [*there] * 8]
    batches = [order[i : i + 9] for i in range(0, len(order), 9)]
    answer = learner.ask(probes.weights, Tensor.of(np.array(labels)), batches, 5)
    compare_weights(answer, [labels[i] for i in order], labels, 5)


def losses_of(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The cross-entropy of each object, (objects,)."""
    return -np.log(softmax(logits)[np.arange(len(labels)), labels])


class Epoch:
    """A pass over three batches, followed by hand: a shift is trained by plain descent."""

    def __init__(self, rng: Rng) -> None:
        self.logits = rng.normal(0, 1.5, (11, N_CLASSES)).astype(np.float32).astype(float)
        self.labels = rng.integers(0, N_CLASSES, 11)
        order = rng.permutation(11).tolist()
        self.batches = [order[:4], order[4:8], order[8:]]
        self.answer = {"accuracy": float(rng.uniform()), "loss": 1.0}

    def asked(self, learner: Subject, rate: float) -> Answer:
        features, labels = Tensor.of(self.logits), Tensor.of(self.labels)
        return learner.ask(probes.one_epoch, features, labels, self.batches, rate, self.answer)

    def followed(
        self, rate: float, leftover: float | None = None, softened: bool = False, sums: bool = False
    ) -> tuple[list[np.ndarray], list[float], np.ndarray]:
        """The logits and the loss of each batch, and the shift at the end.

        With `leftover` gradients are never cleared, and that is what is there at first; `softened`
        logits go through a softmax before the loss.
        """
        shift, gradient = np.zeros(N_CLASSES), np.zeros(N_CLASSES)
        gradient += leftover or 0.0
        all_logits, losses = [], []
        for batch in self.batches:
            logits, labels = self.logits[batch] + shift, self.labels[batch]
            seen = softmax(logits) if softened else logits
            slope = (softmax(seen) - np.eye(N_CLASSES)[labels]) / len(batch)
            if softened:
                slope = seen * (slope - (seen * slope).sum(axis=1, keepdims=True))
            fresh = slope.sum(axis=0)
            gradient = fresh if leftover is None else gradient + fresh
            all_logits.append(seen if softened else logits)
            losses.append(
                float(losses_of(seen, labels).sum() if sums else losses_of(seen, labels).mean())
            )
            shift = shift - rate * gradient
        return all_logits, losses, shift


def updates_of(got: dict) -> list[list[Any]]:
    return [each[1:] for each in got["told"] if each[0] == "update"]


def test_training_epoch(learner: Subject, rng: Rng) -> None:
    """With an optimizer: training mode, and one step for each batch with its own gradient"""
    epoch = Epoch(rng)
    got = epoch.asked(learner, 0.5).value
    require(bool(got["asked"]), "model-asked-about")
    require(all(training for training, _ in got["asked"]), "evaluation-mode-in-training")
    logits, losses, shift = epoch.followed(0.5)
    expect(
        Answer(got["shift"]),
        Tensor.of(shift),
        Mistake("gradients-not-cleared", Tensor.of(epoch.followed(0.5, leftover=3.0)[2])),
        Mistake("no-step", Tensor.of(np.zeros(N_CLASSES))),
        Mistake("softmax-before-loss", Tensor.of(epoch.followed(0.5, softened=True)[2])),
        what="the weights after a pass",
    )
    told = updates_of(got)
    require(len(told) == 3, "called-times-three", n_told=len(told))
    compare_updates(told, epoch, logits, losses)


def test_evaluation_epoch(learner: Subject, rng: Rng) -> None:
    """Without an optimizer: evaluation mode, no gradients, and nothing changes"""
    epoch = Epoch(rng)
    got = epoch.asked(learner, 0.0).value
    require(bool(got["asked"]), "model-asked-about")
    require(not any(training for training, _ in got["asked"]), "training-mode-in-evaluation")
    require(not any(gradients for _, gradients in got["asked"]), "gradients-in-evaluation")
    logits, losses, _ = epoch.followed(0.0)
    told = updates_of(got)
    require(len(told) == 3, "called-times-three", n_told=len(told))
    compare_updates(told, epoch, logits, losses)


def compare_updates(
    told: list[list[Any]], epoch: Epoch, logits: list[np.ndarray], losses: list[float]
) -> None:
    """Compare what the tracker was told with logits, labels and losses."""
    for (preds, targets, loss, kind), want, batch, mean in zip(
        told, logits, epoch.batches, losses, strict=True
    ):
        expect(
            Answer(preds),
            Tensor.of(want),
            Mistake("softmax-before-loss~2", Tensor.of(softmax(want))),
            what="the logits for `tracker.update`",
        )
        expect(
            Answer(targets), Tensor.of(epoch.labels[batch]), what="the labels for `tracker.update`"
        )
        require("Tensor" not in kind, "loss-as-tensor")
        expect(
            Answer(loss),
            mean,
            Mistake("loss-summed", mean * len(batch)),
            what="the loss for `tracker.update`",
            rtol=1e-4,
        )


def test_tracker(learner: Subject, rng: Rng) -> None:
    """The tracker is reset at the beginning, and its metrics are returned"""
    epoch = Epoch(rng)
    got = epoch.asked(learner, 0.25).value
    events = [each[0] for each in got["told"]]
    require(events[:1] == ["reset"], "tracker-not-reset")
    require(events.count("reset") == 1, "tracker-reset-more")
    expect(Answer(got["returned"]), epoch.answer, what="the result of run_epoch")


class Plan:
    """What a training by script is given, and what its history should be."""

    def __init__(self, rng: Rng, script: list[float | None]) -> None:
        self.script = script
        self.labels = rng.permutation([0] * 9 + [1] * 5 + [2] * 2 + [3] * 2).astype(int)
        self.logits = rng.normal(0, 1, (18, N_CLASSES))
        self.batch = [*rng.permutation(18).tolist(), *np.flatnonzero(self.labels == 2).tolist()]
        self.val_labels = rng.permutation([0] * 12 + [1] * 3 + [2] * 4 + [3] * 2 + [4])
        self.right = [(rng.random(22) < 0.3 + 0.4 * rng.random()).tolist() for _ in script]
        for row in self.right:
            row[int(np.flatnonzero(self.val_labels == 4)[0])] = True

    def run(self, learner: Subject, **options: Any) -> dict:
        """Train, and see that a model and a history come back."""
        answer = learner.ask(
            probes.trained,
            Tensor.of(self.logits),
            Tensor.of(self.labels),
            self.batch,
            Tensor.of(self.val_labels),
            self.script,
            self.right,
            **({"num_epochs": len(self.script)} | options),
        )
        fail_if_recognised(
            answer,
            Mistake("too-few-weights", Raises("RuntimeError", "weight tensor should be defined")),
            Mistake(
                "metric-for-every-scheduler", Raises("TypeError", "step()"), raised_=answer.raised
            ),
        )
        got = answer.value
        if got["cut"]:
            return got
        require(got["result"] != "NoneType", "nothing-returned~3")
        require(
            got["result"] == "pair" and got["model"] == "model",
            "result-type-pair",
            result=got["result"],
        )
        require(isinstance(got["history"], dict), "history-dict", history=kind_of(got["history"]))
        return got

    def delivered(self) -> tuple[np.ndarray, np.ndarray]:
        """Logits and labels as the loader gives them, some twice."""
        return self.logits[self.batch], self.labels[self.batch]

    def val_accuracies(self) -> tuple[list[float], list[float]]:
        """Accuracy and balanced accuracy of each epoch."""
        plain, even = [], []
        for row in self.right:
            flags = np.array(row)
            plain.append(float(flags.mean()))
            even.append(float(np.mean([flags[self.val_labels == c].mean() for c in range(5)])))
        return plain, even


def weighted_mean(losses: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> float:
    return float((weights[labels] * losses).sum() / weights[labels].sum())


def series(history: dict, name: str, length: int) -> list[float]:
    """A series of the history as floats, once it is a list of the right length."""
    require(name in history, "history", name=name, str=", ".join(map(str, history)))
    got = history[name]
    require(isinstance(got, list), "list", name=name, got=kind_of(got))
    values = [number(Answer(value), f"`history[{name!r}]`") for value in got]
    require(
        len(values) == length,
        "numbers-after-epochs",
        name=name,
        n_values=len(values),
        length=length,
    )
    return values


def epochs_run(got: dict) -> int:
    losses = got["history"].get("val_loss")
    return len(losses) if isinstance(losses, list) else 0


def test_history(learner: Subject, rng: Rng) -> None:
    """The history holds losses, accuracies and learning rates of all epochs"""
    plan = Plan(rng, [1.5, 0.875, 1.125])
    got = plan.run(learner, learning_rate=0.125)
    history = got["history"]
    require("validation" not in got["confused"], "training-mode-in-validation")
    require("training" not in got["confused"], "evaluation-mode-in-training~2")
    values = {name: series(history, name, 3) for name in SERIES}
    logits, labels = plan.delivered()
    losses = losses_of(logits, labels)
    of_loader = balanced(labels.tolist(), N_CLASSES)
    of_dataset = balanced(plan.labels.tolist(), N_CLASSES)
    of_val = balanced(plan.val_labels.tolist(), N_CLASSES)
    counts = np.bincount(labels, minlength=N_CLASSES) / len(labels)
    soft = losses_of(softmax(logits), labels)
    expect(
        Answer(values["train_loss"][0]),
        weighted_mean(losses, labels, of_loader),
        Mistake("unweighted", float(losses.mean())),
        Mistake("weights-of-validation", weighted_mean(losses, labels, of_val)),
        Mistake("dataset-counted~2", weighted_mean(losses, labels, of_dataset)),
        Mistake("proportional-weights~2", weighted_mean(losses, labels, counts)),
        Mistake("softmax-before-loss", weighted_mean(soft, labels, of_loader)),
        Mistake("loss-summed~2", len(labels) * weighted_mean(losses, labels, of_loader)),
        what="the training loss of the first epoch",
        rtol=1e-4,
    )
    expect(Answer(values["val_loss"]), plan.script, what="`val_loss`", rtol=1e-4)
    hits = float((logits.argmax(axis=1) == labels).mean())
    expect(Answer(values["train_acc"]), [hits] * 3, what="`train_acc`", rtol=1e-4)
    plain, even = plan.val_accuracies()
    expect(
        Answer(values["val_acc"]),
        plain,
        Mistake("balanced-for-accuracy", even),
        what="`val_acc`",
        rtol=1e-4,
    )
    expect(
        Answer(values["val_balanced_acc"]),
        even,
        Mistake("accuracy-for-balanced", plain),
        what="`val_balanced_acc`",
        rtol=1e-4,
    )
    expect(Answer(values["learning_rates"]), [0.125] * 3, what="`learning_rates`")


def test_best_epoch(learner: Subject, rng: Rng) -> None:
    """The weights of the best epoch come back, and not those of the last one"""
    script = [math.nan, 1.5, 0.875, 0.8746, 1.25, math.nan]
    got = Plan(rng, list(script)).run(learner, learning_rate=0.125, patience=50)
    steps, best, last = got["steps"], 3, len(script)
    reached = epochs_run(got)
    require(reached == last, "after-epochs-training", reached=reached, last=last)
    require("best_epoch" in got["history"], "history-best-epoch")
    told = number(Answer(got["history"]["best_epoch"]), "`history['best_epoch']`")
    require(told != 0, "nan-is-best")
    require(steps != last or not got["loaded"], "best-weights-not-copied")
    require(steps != last, "last-epoch-returned")
    require(steps != 2, "worst-epoch-returned")
    require(steps != best, "best-by-min-delta")
    require(steps == best + 1, "weights-come-back", steps=steps, best=best + 1)
    require(
        told == best,
        "best-epoch-from-one" if told == best + 1 else "place-best-epoch",
        told=told,
        best=best,
    )
    walked = -0.125 * (best + 1)
    rates = series(got["history"], "learning_rates", last)
    require(
        math.isclose(got["walker"], walked, rel_tol=1e-3) or rates != [0.125] * last,
        "rate-not-used",
        walked=-walked,
        best=best + 1,
        walker=abs(got["walker"]),
    )


def test_early_stop(learner: Subject, rng: Rng) -> None:
    """The training ends when EarlyStopping says so"""
    script = [1.25, 0.875, 1.0, 1.125, 0.75, 0.8]
    got = Plan(rng, list(script)).run(learner, patience=2)
    reached = epochs_run(got)
    require(reached != len(script), "never-stops")
    require(
        reached == 4,
        "patience-validation-losses",
        str=", ".join(map(str, script[:4])),
        reached=reached,
    )
    require(got["steps"] != 4, "last-epoch-returned~2")
    require(got["steps"] == 2, "weights-seen-epochs", steps=got["steps"])
    for name in SERIES:
        series(got["history"], name, 4)


def plateau_rates(losses: Sequence[float], rate: float) -> list[float]:
    """The learning rate of each epoch: halved after more than five epochs without improvement."""
    rates, best, bad = [], math.inf, 0
    for loss in losses:
        rates.append(rate)
        bad = 0 if loss < best * (1 - 1e-4) else bad + 1
        best = min(best, loss)
        if bad > 5:
            rate, bad = rate / 2, 0
    return rates


def test_plateau(learner: Subject, rng: Rng) -> None:
    """On a plateau of the validation loss the learning rate is halved"""
    script = [1.5, 1.25, 1.0, *[1.125] * 4, 1.0625, 1.25, 1.25]
    got = Plan(rng, list(script)).run(learner, learning_rate=0.5, patience=50)
    rates = series(got["history"], "learning_rates", len(script))
    want = plateau_rates(script, 0.5)
    after = [*want[1:], want[-1]]
    expect(
        Answer(rates),
        want,
        Mistake("rate-after-change", after),
        Mistake("scheduler-never-stepped", [0.5] * len(script)),
        Mistake("scheduler-on-training-loss", plateau_rates([1.0] * len(script), 0.5)),
        Mistake("scheduler-on-training-loss", [*plateau_rates([1.0] * len(script), 0.5)[1:], 0.25]),
        what="`learning_rates`",
    )
    walked = sum(want[:3])
    require(
        got["steps"] != 3 or math.isclose(got["walker"], -walked, rel_tol=1e-3), "rate-not-used~2"
    )


def test_own_scheduler(learner: Subject, rng: Rng) -> None:
    """A scheduler from make_scheduler is stepped once after each epoch"""
    got = Plan(rng, [1.5, 1.25, 1.0]).run(learner, learning_rate=0.5, rates=[0.5])
    rates = series(got["history"], "learning_rates", 3)
    expect(
        Answer(rates),
        [0.5, 0.25, 0.125],
        Mistake("rate-after-change~2", [0.25, 0.125, 0.0625]),
        Mistake("scheduler-ignored", [0.5] * 3),
        Mistake("metric-for-every-scheduler~2", [0.5, 0.25, 0.25]),
        what="`learning_rates`",
    )


def test_focal_loss(learner: Subject, rng: Rng) -> None:
    """`loss="focal"` trains with FocalLoss, without weights; other names are a ValueError"""
    plan = Plan(rng, [1.5])
    got = plan.run(learner, loss="focal")
    logits, labels = plan.delivered()
    losses = losses_of(logits, labels)
    focal = (1 - np.exp(-losses)) ** 2 * losses
    weights = balanced(labels.tolist(), N_CLASSES)
    expect(
        Answer(series(got["history"], "train_loss", 1)[0]),
        float(focal.mean()),
        Mistake("focal-ignored", weighted_mean(losses, labels, weights)),
        Mistake("focal-ignored~2", float(losses.mean())),
        what="the training loss with the focal loss",
        rtol=1e-4,
    )
    answer = learner.ask(
        probes.trained,
        Tensor.of(plan.logits),
        Tensor.of(plan.labels),
        plan.batch,
        Tensor.of(plan.val_labels),
        plan.script,
        plan.right,
        loss="focus",
        num_epochs=1,
    )
    fail_if_recognised(answer, Mistake("unknown-loss-accepted", answer.raised is None))
    expect_error(answer, "ValueError", 'loss="focus"', naming="focus")


def test_checkpoint(learner: Subject, rng: Rng) -> None:
    """The checkpoint holds the state_dict of the best epoch, also if a later epoch fails"""
    got = Plan(rng, [1.0, 1.25, None]).run(learner)
    require(got["cut"], "exception-third-epoch")
    file = got["file"]
    require(file != "missing", "no-checkpoint")
    require(file != "unsafe", "whole-model-saved")
    require(file != "other", "checkpoint-holds-something")
    require(file != 2, "last-epoch-saved")
    require(file == 1, "checkpoint-epoch-best", file=file)
