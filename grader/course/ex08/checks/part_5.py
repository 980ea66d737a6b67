"""Checks of 8.5, The whole training."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Subject
from grader.course.ex08 import probes
from grader.course.ex08.checks.common import N_CLASSES, SERIES
from grader.course.ex08.checks.passes import Pass, check_steps, check_updates
from grader.course.ex08.checks.trainings import (
    Plan,
    epochs_run,
    only_parameters,
    plateau_rates,
    series,
)
from grader.course.ex08.checks.weights import balanced, check_weights, losses_of, weighted_mean
from grader.course.ex08.replies import Training
from grader.course.gates import gate
from grader.course.oracles import Rng, softmax
from grader.course.quoted import quoted
from grader.expect import Mistake, approx_equal, expect, expect_error, number, require
from grader.wire import Tensor


@gate
@pytest.mark.parametrize("kind", ["all classes", "an absent class", "a balanced loader"])
def test_class_weights(learner: Subject, rng: Rng, kind: str) -> None:
    """Weights are n / (k n_c), by the labels that the loader gives"""
    there = [0, 1, 2, 4] if kind == "an absent class" else range(5)
    counts = rng.permutation([29, 13, 6, 3, 1])
    labels = rng.permutation([c for c in there for _ in range(counts[c])]).tolist()
    order = rng.permutation(len(labels)).tolist()
    if kind == "a balanced loader":
        order = [int(rng.choice(np.flatnonzero(np.array(labels) == c))) for c in [*there] * 8]
    batches = [order[i : i + 9] for i in range(0, len(order), 9)]
    answer = learner.ask(probes.weights, Tensor.of(np.array(labels)), batches, 5)
    check_weights(answer, [labels[i] for i in order], labels, 5)


def test_training_epoch(learner: Subject, rng: Rng) -> None:
    """With an optimizer: training mode, and one step for each batch with its own gradient"""
    trial = Pass(rng)
    got = trial.asked(learner, 0.5)
    require(all(mode.training for mode in got.asked), "evaluation-mode-in-training")
    logits, losses, _ = trial.followed(0.5)
    check_steps(got, trial, 0.5)
    check_updates(got, trial, logits, losses, trial.after_steps(0.5))


def test_evaluation_epoch(learner: Subject, rng: Rng) -> None:
    """Without an optimizer: evaluation mode, no gradients, and nothing changes"""
    trial = Pass(rng)
    got = trial.asked(learner, 0.0)
    require(not any(mode.training for mode in got.asked), "training-mode-in-evaluation")
    require(not any(mode.gradients for mode in got.asked), "gradients-in-evaluation")
    logits, losses, _ = trial.followed(0.0)
    check_updates(got, trial, logits, losses)


def test_tracker(learner: Subject, rng: Rng) -> None:
    """The tracker is reset at the beginning, and its metrics are returned"""
    trial = Pass(rng)
    got = trial.asked(learner, 0.25)
    events = [event.kind for event in got.told]
    require(events[:1] == ["reset"], "tracker-not-reset")
    require(events.count("reset") == 1, "tracker-reset-again")
    expect(Answer(got.returned), trial.answer, what="the result of run_epoch")


@pytest.mark.parametrize("training", [True, False])
def test_device(learner: Subject, training: bool) -> None:
    """The model, the criterion, the features and the labels are moved to the device"""
    left = learner.ask(probes.left_behind, training).value
    require(not left, "not-moved", what=", ".join(left))
    alone = learner.ask(probes.passes_alone)
    require(alone.raised is None, "no-device-fails", alone, error=quoted(alone.raised))


def test_history(learner: Subject, rng: Rng) -> None:
    """The history holds losses, accuracies and learning rates of all epochs"""
    plan = Plan(rng, [1.25, 1.0])
    got = plan.run(learner, learning_rate=0.125, easy=0.75)
    require("validation" not in got.confused, "training-mode-in-validation")
    require("training" not in got.confused, "evaluation-mode-in-training~each-epoch")
    values = {name: series(got, name, 2) for name in SERIES}
    check_training_loss(values["train_loss"][0], plan)
    logits, labels = plan.delivered()
    hits = float((logits.argmax(axis=1) == labels).mean())
    plain, even = plan.val_accuracies()
    check_validation_losses(values["val_loss"], plan, easy=0.75)
    expect(Answer(values["train_acc"]), [hits] * 2, what="`train_acc`", rtol=1e-4)
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
    expect(Answer(values["learning_rates"]), [0.125] * 2, what="`learning_rates`")


def short_training(learner: Subject, rng: Rng, memory: dict[str, Any]) -> tuple[Plan, Training]:
    """A training of one epoch, which is done once for all checks."""
    if "short" not in memory:
        plan = Plan(rng, [1.25])
        memory["short"] = plan, plan.run(learner)
    short: tuple[Plan, Training] = memory["short"]
    return short


def test_second_training(learner: Subject, rng: Rng, memory: dict[str, Any]) -> None:
    """A second training has weights of its own"""
    trainings = [short_training(learner, rng, memory)]
    plan = Plan(rng, [1.25])
    plan.batch = plan.batch[:18]  # none comes twice
    trainings.append((plan, plan.run(learner)))
    right = []
    for plan, got in trainings:
        (loss,) = series(got, "train_loss", 1)
        logits, labels = plan.delivered()
        of_loader = balanced(labels.tolist(), N_CLASSES)
        want = weighted_mean(losses_of(logits, labels), labels, of_loader)
        right.append(math.isclose(loss, want, rel_tol=1e-4))
    require(right != [True, False], "state-kept")


def check_validation_losses(losses: list[float], plan: Plan, easy: float) -> None:
    """The validation loss has the weights of the training; class 0 has the loss times `easy`."""
    labels = plan.val_labels
    factors = np.where(labels == 0, easy, 1.0)
    of_loader, of_val = (
        balanced(some.tolist(), N_CLASSES) for some in (plan.delivered()[1], labels)
    )

    def all_epochs(factor: float) -> list[float]:
        return [(loss or 0.0) * factor for loss in plan.script]

    expect(
        Answer(losses),
        all_epochs(weighted_mean(factors, labels, of_loader)),
        Mistake("unweighted~validation", all_epochs(float(factors.mean()))),
        Mistake("weights-of-validation~loss", all_epochs(weighted_mean(factors, labels, of_val))),
        what="`val_loss`",
        rtol=1e-4,
    )


def check_training_loss(loss: float, plan: Plan) -> None:
    """The training loss is weighted by the labels that the loader gives."""
    logits, labels = plan.delivered()
    losses, soft = losses_of(logits, labels), losses_of(softmax(logits), labels)
    of_loader = balanced(labels.tolist(), N_CLASSES)
    of_dataset = balanced(plan.labels.tolist(), N_CLASSES)
    of_val = balanced(plan.val_labels.tolist(), N_CLASSES)
    counts = np.bincount(labels, minlength=N_CLASSES) / len(labels)
    want = weighted_mean(losses, labels, of_loader)
    expect(
        Answer(loss),
        want,
        Mistake("unweighted", float(losses.mean())),
        Mistake("weights-of-validation", weighted_mean(losses, labels, of_val)),
        Mistake("dataset-counted~training", weighted_mean(losses, labels, of_dataset)),
        Mistake("proportional-weights~training", weighted_mean(losses, labels, counts)),
        Mistake("softmax-before-loss", weighted_mean(soft, labels, of_loader)),
        Mistake("loss-summed~training", len(labels) * want),
        what="the training loss of the first epoch",
        rtol=1e-4,
    )


def test_best_epoch(learner: Subject, rng: Rng) -> None:
    """The weights of the best epoch come back, and not those of the last one"""
    script = [math.nan, 1.5, 0.875, 0.8746, 1.25, 0.8746, math.nan, 1.25]  # best off the middle
    plan = Plan(rng, list(script))
    plan.right[5] = plan.right[3]  # then the losses agree to the last digit
    got = plan.run(learner, learning_rate=0.125, patience=50)
    steps, best, last = got.steps, 3, len(script)
    reached = epochs_run(got)
    require(reached == last, "ends-too-soon", got=reached, want=last)
    require("best_epoch" in got.history, "no-best-epoch")
    told = number(Answer(got.history["best_epoch"]), "`history['best_epoch']`")
    require(told != 0 or steps != 1, "nan-is-best")
    require(not only_parameters(got, 0.125, best), "buffers-not-restored")
    require(steps != last or not got.loaded, "best-weights-not-copied")
    require(steps != last, "last-epoch-returned")
    require(steps != 2 or told != 1, "worst-epoch-returned")
    losses = ", ".join(map(str, script))
    require(steps != best or told != best - 1, "best-by-min-delta", losses=losses)
    require(steps != 6 or told != 5, "last-of-equal-epochs")
    require(steps == best + 1, "other-weights", got=steps, want=best + 1)
    require(told != best + 1, "best-epoch-from-one", got=told, want=best)
    require(told == best, "wrong-best-epoch", got=told, want=best)
    rates = series(got, "learning_rates", last)
    walked = 0.125 * (best + 1)
    as_told = math.isclose(got.walker, -walked, rel_tol=1e-3) or rates != [0.125] * last
    fields = {"want": walked, "steps": best + 1, "got": abs(got.walker)}
    usual = math.isclose(got.walker, -0.001 * (best + 1), rel_tol=1e-3)
    require(as_told or not usual, "rate-not-used", **fields)
    require(as_told, "moved-otherwise", **fields)


def test_early_stop(learner: Subject, rng: Rng) -> None:
    """The training ends when EarlyStopping says so"""
    script = [1.25, 0.875, 0.8746, 1.125]  # the third is better by less than 0.001
    script += [0.75, 0.8, 0.9, 1.0]
    plan = Plan(rng, list(script))
    got = plan.run(learner, patience=2, learning_rate=0.125, checkpoint_path=None)
    reached = epochs_run(got)
    require(reached != len(script), "never-stops")
    require(reached != 7, "stops-by-own-rule")
    losses = ", ".join(map(str, script[:4]))
    require(reached == 4, "stops-elsewhere", losses=losses, got=reached)
    require(not only_parameters(got, 0.125, 2), "buffers-not-restored")
    require(got.steps != 4, "last-epoch-returned~stopped")
    require(got.steps != 2, "best-by-min-delta~stopped", losses=losses)
    require(got.steps == 3, "other-weights", got=got.steps, want=3)
    for name in SERIES:
        series(got, name, 4)


def test_plateau(learner: Subject, rng: Rng) -> None:
    """On a plateau of the validation loss the learning rate is halved"""
    script = [1.5, 1.25, 1.0, *[1.125] * 4, 1.0625, 1.25, 0.9375]
    got = Plan(rng, list(script)).run(learner, learning_rate=0.5, patience=50)
    rates = series(got, "learning_rates", len(script))
    want = plateau_rates(script, 0.5)
    after = [*want[1:], want[-1]]
    as_told = math.isclose(got.walker, -sum(want), rel_tol=1e-3)
    constant = approx_equal(rates, [0.5] * len(script))
    expect(
        Answer(rates),
        want,
        Mistake("rate-not-read", constant and as_told and got.steps == len(script)),
        Mistake("rate-after-change", after),
        Mistake("scheduler-never-stepped", [0.5] * len(script)),
        Mistake("scheduler-on-training-loss", plateau_rates([1.0] * len(script), 0.5)),
        Mistake("scheduler-on-training-loss", [*plateau_rates([1.0] * len(script), 0.5)[1:], 0.25]),
        what="`learning_rates`",
    )
    require(as_told or got.steps != len(script), "rate-not-used~schedule")


def test_own_scheduler(learner: Subject, rng: Rng) -> None:
    """A scheduler from make_scheduler is stepped once after each epoch"""
    got = Plan(rng, [1.5, 1.25, 1.0]).run(
        learner, learning_rate=0.5, gamma=0.5, weight_decay=0.0625
    )
    rates = series(got, "learning_rates", 3)
    stepped = got.steps == 3 and math.isclose(got.walker, -0.875, rel_tol=0.03)
    expect(
        Answer(rates),
        [0.5, 0.25, 0.125],
        Mistake("rate-not-read", stepped and approx_equal(rates, [0.5] * 3)),
        Mistake("rate-after-change", [0.25, 0.125, 0.0625]),
        Mistake("scheduler-ignored", [0.5] * 3),
        Mistake("metric-for-every-scheduler~epoch", [0.5, 0.25, 0.25]),
        what="`learning_rates`",
    )
    require(got.optimizer == "Adam", "other-optimizer", got=got.optimizer)
    require(approx_equal(got.decay, 0.0625), "weight-decay-not-used", got=got.decay)


def test_bar_and_device(learner: Subject, rng: Rng, memory: dict[str, Any]) -> None:
    """`progress=False` shows no bar, and `device` is where it runs"""
    plan, got = short_training(learner, rng, memory)
    nowhere = plan.ask(learner, device="nowhere")
    require(not got.bar, "progress-ignored")
    require(nowhere.raised is not None, "device-ignored", nowhere)


def test_focal_loss(learner: Subject, rng: Rng) -> None:
    """`loss="focal"` trains with FocalLoss, without weights; other names are a ValueError"""
    plan = Plan(rng, [1.5])
    got = plan.run(learner, loss="focal")
    logits, labels = plan.delivered()
    losses = losses_of(logits, labels)
    weights = balanced(labels.tolist(), N_CLASSES)
    expect(
        Answer(series(got, "train_loss", 1)[0]),
        float(((1 - np.exp(-losses)) ** 2 * losses).mean()),
        Mistake("focal-ignored", weighted_mean(losses, labels, weights)),
        Mistake("focal-ignored~unweighted", float(losses.mean())),
        what="the training loss with the focal loss",
        rtol=1e-4,
    )
    expect(
        Answer(series(got, "val_loss", 1)[0]),
        (1 - math.exp(-1.5)) ** 2 * 1.5,
        Mistake("focal-ignored~validation", 1.5),
        what="the validation loss with the focal loss",
        rtol=1e-4,
    )
    answer = plan.ask(learner, loss="focus")
    accepted = Mistake("unknown-loss-accepted", answer.raised is None)
    expect_error(answer, "ValueError", 'loss="focus"', accepted)
    check_named(answer, "focus")
    answer = plan.ask(learner, loss="Focal")
    accepted = Mistake("unknown-loss-accepted~case", answer.raised is None)
    expect_error(answer, "ValueError", 'loss="Focal"', accepted)
    check_named(answer, "Focal")


def check_named(answer: Answer[Training], name: str) -> None:
    """The message of an error about a loss names it."""
    message = answer.message
    require(name in message, "loss-not-named", answer, name=name, message=message)


def test_checkpoint(learner: Subject, rng: Rng) -> None:
    """The checkpoint holds the state_dict of the best epoch, also if a later epoch fails"""
    got = Plan(rng, [1.0, 1.25, None]).run(learner)
    require(got.cut, "exception-swallowed")
    require(got.file != "missing", "no-checkpoint")
    require(got.file != "unsafe", "whole-model-saved")
    require(got.file != "other", "not-a-state-dict")
    require(got.file != 2, "last-epoch-saved")
    require(got.file == 1, "other-epoch-saved", got=got.file)
