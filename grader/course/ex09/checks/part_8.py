"""Checks of 9.8, All together."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pytest

from grader.answer import Answer, Finding, Subject
from grader.course.ex09 import probes
from grader.course.ex09.checks.common import CLASSES, kind_in
from grader.course.ex09.checks.plan import Plan, impatient, nearly_equal
from grader.course.ex09.checks.training import (
    check_failed,
    check_pictures,
    check_stopping,
    completed,
    n_epochs,
    same_labels,
    val_losses,
)
from grader.course.ex09.replies import Training
from grader.course.gates import gate
from grader.course.oracles import Rng, softmax
from grader.expect import Mistake, approx_equal, expect, require, shown

DEFAULTS = {
    "d_model": 32,
    "nhead": 4,
    "num_layers": 2,
    "learning_rate": 1e-3,
    "time_embed_dim": 16,
    "dropout": 0.1,
    "batch_size": 32,
    "focal_loss_gamma": 2.0,
    "num_epochs": 12,
    "patience": 4,
    "n_objects": 600,
    "max_sequence_length": 60,
    "seed": 0,
}
CHOSEN = {"learning_rate": 0.0625, "num_epochs": 3, "batch_size": 3, "seed": 9, "d_model": 64}
CHOSEN |= {"nhead": 8, "num_layers": 3, "time_embed_dim": 24, "dropout": 0.375}
CHOSEN |= {"n_objects": 80, "max_sequence_length": 30, "focal_loss_gamma": 0.0}


class Rehearsal(NamedTuple):
    """A plan, and what was seen of its training."""

    plan: Plan
    answer: Answer[Training]


@pytest.fixture
def rehearsal(learner: Subject, rng: Rng, memory: dict[str, Any]) -> Rehearsal:
    """A plan, and what was seen of its training: asked for once by all checks."""
    if "rehearsal" not in memory:
        plan = Plan(rng)
        answer = learner.ask(probes.trained, *plan.arguments(), plan.config())
        memory["rehearsal"] = Rehearsal(plan, answer)
    found: Rehearsal = memory["rehearsal"]
    learner.question = found.answer.question  # what a failure is about
    return found


def rehearsed(learner: Subject, plan: Plan, config: dict[str, Any] | None, **how: Any) -> Training:
    """What was seen of a training, once it came to its end."""
    return completed(learner.ask(probes.trained, *plan.arguments(), config, **how))


def test_history(rehearsal: Rehearsal) -> None:
    """Each epoch is one row, with losses and metrics of the validation set"""
    plan, answer = rehearsal
    got = completed(answer)
    check_stopping(got, plan)
    steps = [call.step for call in got.calls if "train_loss" in call.data]
    require(not steps or steps[0] is not None, "step-missing")
    names = sorted({name for row in got.rows.values() for name in row})
    require("val_f1_rare_events" in names, "metric-never-logged", names=shown(names))
    found = val_losses(got)
    by_test = approx_equal(found, plan.series("test", "loss"), 1e-4, 1e-5)
    require(not by_test, "test-set-for-validation")
    by_two = approx_equal(found, plan.series("val", "loss", 2.0), 1e-4, 1e-5)
    require(not by_two, "own-settings-read~gamma")
    require(len(found) == plan.epochs, "other-number-of-rows", got=len(found), want=plan.epochs)
    wanted = plan.row(0)
    kept = {step: {k: v for k, v in row.items() if k in wanted} for step, row in got.rows.items()}
    want = {str(epoch): plan.row(epoch) for epoch in range(plan.epochs)}
    expect(Answer(kept), want, what="the dict of rows by epoch", rtol=1e-4, atol=1e-5)


def test_settings(learner: Subject, rng: Rng) -> None:
    """The run gets all settings, and what the run says is done, as on a sweep's server"""
    plan = Plan(rng, plain=True)
    mine = plan.config(learning_rate=0.25, seed=5, dropout=0.0)
    got = rehearsed(learner, plan, mine, chosen=CHOSEN, given_data=False)
    check_told(got, mine)
    require(got.made.seed in (9, 5), "seed-not-set")
    done = got.made.model | {
        "num_epochs": n_epochs(got),
        "learning_rate": got.rates[0] if got.rates else None,
        "batch_size": max(got.batches, default=0),
        "seed": got.made.seed,
        "focal_loss_gamma": gamma_of(got, plan),
    }
    data = got.made.data
    for name, used in [*done.items(), *((n, v) for n, v in data.items() if n != "seed")]:
        same = name not in CHOSEN or approx_equal(used, CHOSEN[name])
        require(same, "own-settings-read", name=name, got=shown(used), want=CHOSEN.get(name))
    seed = data.get("seed")
    require(approx_equal(seed, 9), "data-without-seed", got=shown(seed))
    require(approx_equal(got.made.n_features, 7), "other-features", got=shown(got.made.n_features))


def check_told(got: Training, mine: dict[str, Any]) -> None:
    """The run got the defaults, overridden by these settings."""
    require(bool(got.config), "config-not-passed")
    for name, value in {**DEFAULTS, **mine}.items():
        told = got.config.get(name)
        if approx_equal(told, value):
            continue
        changed = name not in mine and name in got.made.defaults and told == got.made.defaults[name]
        require(not changed, "defaults-changed", name=name, got=shown(told), want=value)
        whose = "in the `config` that was passed" if name in mine else "in `DEFAULTS`"
        raise Finding("run-told-other", name=name, got=shown(told), want=value, whose=whose)


def gamma_of(got: Training, plan: Plan) -> float:
    """The gamma of the validation losses: the plan's, the default, or else the chosen one.

    Losses of another kind are the business of other checks.
    """
    for gamma in (plan.gamma, 2.0):
        if approx_equal(val_losses(got), plan.series("val", "loss", gamma)[:3], 1e-4, 1e-5):
            return gamma
    return CHOSEN["focal_loss_gamma"]


def test_defaults(learner: Subject, rng: Rng) -> None:
    """Without arguments the defaults hold, and the data are made by `make_data`"""
    plan = Plan(rng, plain=True)
    plan.gamma, plan.logits = 2.0, plan.logits * 110  # so that losses are of hundreds
    plan.logits[1:] = plan.logits[1:][np.argsort(plan.series("val", "loss"))]  # soon over
    got = rehearsed(learner, plan, None, given_data=False)
    check_told(got, {})
    require(got.made.seed == 0, "seed-not-set")
    order = got.made.order
    require("data" in order, "no-data-made")
    require("model" not in order[: order.index("data")], "model-before-data")
    want = {"n_objects": 600, "max_sequence_length": 60, "seed": 0}
    expect(Answer({**want, **got.made.data}), want, what="the dict of arguments of `make_data`")
    what = "the result's dict, with losses of more than 50,"
    expect(Answer(got.result), plan.result(0), what=what, rtol=1e-4, atol=1e-5)


def test_refused(learner: Subject, rng: Rng) -> None:
    """Settings that cannot be built raise a ValueError before anything is made"""
    plan = Plan(rng, plain=True)
    how: dict[str, Any] = {"chosen": {"d_model": 65}, "given_data": False}
    got = learner.ask(probes.trained, *plan.arguments(), plan.config(), **how).value
    if got.error is None:
        raise Finding("not-refused")
    said = got.error.message
    reason = "ValueError" in got.error.kinds and "65" in said
    require(reason, "refused-without-reason", kind=kind_in(got.error), message=said)
    require(not got.made.order and not got.asked and not got.calls, "refused-too-late")
    check_failed(got)


def test_best_epoch(rehearsal: Rehearsal) -> None:
    """The best epoch has the smallest validation loss, and its weights are tested"""
    plan, answer = rehearsal
    got = completed(answer)
    best, last = plan.best, plan.epochs - 1
    by_f1 = int(np.argmax(plan.series("val", "f1_rare_events")))
    by_test = int(np.argmin(plan.series("test", "loss")))
    worst = int(np.argmax(plan.series("val", "loss")))
    mixed = plan.result(best)
    mixed |= {k: plan.row(last)[k] for k in ("val_accuracy", "val_f1_rare_events")}
    expect(
        Answer(got.result),
        plan.result(best),
        Mistake("last-weights-tested", plan.result(best, last), best=best),
        Mistake("last-epoch-taken", plan.result(last), best=best),
        Mistake("last-metrics-told", mixed, best=best),
        Mistake("chosen-by-test", plan.result(by_test)),
        Mistake("chosen-by-f1", plan.result(by_f1)),
        Mistake("largest-loss-taken", plan.result(worst)),
        what="the result's dict",
        rtol=1e-4,
        atol=1e-5,
    )
    if not got.checkpoints:
        raise Finding("no-checkpoint")
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


def test_patience(learner: Subject, rng: Rng) -> None:
    """The training stops early when the validation loss stops improving"""
    patience, (plan, want) = 2, impatient(rng, 2)
    chosen = {"patience": patience, "seed": 77}
    trained = rehearsed(learner, plan, plan.config(), chosen=chosen)
    got = n_epochs(trained)
    require(got != plan.epochs, "patience-ignored", patience=patience, want=want)
    by_test = plan.stops_after(plan.series("test", "loss"), patience)
    require(got != by_test, "stopped-by-test-set")
    require(got == want, "stopped-at-other-epoch", patience=patience, got=got, want=want)
    require(trained.made.seed == 77, "seed-not-set~given-data")
    with_both = rehearsed(learner, plan, plan.config(patience=patience), stop_after=-1)
    require(n_epochs(with_both) == want, "stop-overwritten")


def test_asked_last(rehearsal: Rehearsal) -> None:
    """The test set is used once, at the end, and its confusion matrix and examples are logged"""
    plan, answer = rehearsal
    got = completed(answer)
    after = got.asked[got.asked.index("test") :] if "test" in got.asked else []
    require("train" not in after and "logged" not in after, "tested-during-training")
    require(bool(after), "test-set-never-asked")
    labels = plan.labels["test"]
    guess = [int(plan.logits[plan.best + 1].argmax())] * len(labels)
    if not got.matrices:
        raise Finding("no-confusion-matrix")
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
    p = softmax(plan.logits[plan.best + 1])
    check_pictures(got, labels, p.tolist())


@gate
def test_training_set(rehearsal: Rehearsal) -> None:
    """Every epoch sees the training set once, in a different order"""
    plan, answer = rehearsal
    objects = completed(answer).objects
    n, total = len(plan.labels["train"]), len(objects)
    seen_once = total == n * plan.epochs
    require(seen_once, "not-seen-once", epochs=plan.epochs, got=total, n=n)
    require(any(i > j for i, j in pairwise(objects[:n])), "not-shuffled")
    orders = [objects[i : i + n] for i in range(0, total, n)]
    require(any(each != orders[0] for each in orders), "same-order-each-epoch")
    seen, n = completed(answer).val_objects, len(plan.labels["val"])
    in_order = all(seen[i : i + n] == sorted(seen[i : i + n]) for i in range(0, len(seen), n))
    require(in_order, "validation-shuffled")


def test_model_and_data(learner: Subject, rng: Rng, rehearsal: Rehearsal) -> None:
    """The optimiser changes the model; data are made if none are given, for each training"""
    got = completed(rehearsal.answer)
    require(any(got.taught), "model-not-taught")
    others = [kind for kind in got.optimizers if kind != "Adam"]
    require(not others, "other-optimizer", got=", ".join(others))
    require("data" not in got.made.order, "given-data-ignored")
    plan, other = Plan(rng, epochs=2, plain=True), Plan(rng, epochs=2, plain=True)
    while sorted(plan.labels["val"]) == sorted(other.labels["val"]):
        other = Plan(rng, epochs=2, plain=True)
    other.logits, config = plan.logits, plan.config()
    both = [rehearsed(learner, each, config, given_data=False) for each in (plan, other)]
    require(all(any(each.taught) for each in both), "model-not-taught")
    losses = [val_losses(each) for each in both]
    require(not approx_equal(losses[0], losses[1], 1e-4, 1e-5), "first-data-kept")
    expect(
        Answer(losses),
        [p.series("val", "loss", plan.gamma) for p in (plan, other)],
        what="the list of losses of two trainings",
        rtol=1e-4,
        atol=1e-5,
    )


def test_stopped(learner: Subject, rng: Rng) -> None:
    """`should_stop` is called after each epoch, and the training ends when it says so"""
    plan, first, last = nearly_equal(rng), 1, 3
    got = rehearsed(learner, plan, None, chosen=plan.config(), stop_after=last)
    require("data" not in got.made.order, "given-data-ignored~without-config")
    require(bool(got.told), "should-stop-ignored~never-asked")
    goes_on = n_epochs(got) > last + 1
    require(not goes_on, "should-stop-ignored", after=last, last=n_epochs(got) - 1)
    require(n_epochs(got) == last + 1, "stopped-too-early", after=last, last=n_epochs(got) - 1)
    f1 = plan.series("val", "f1_rare_events")
    want = [[epoch, f1[epoch]] for epoch in range(last + 1)]
    expect(Answer(got.told), want, what="the list of what `should_stop` is asked", rtol=1e-4)
    expect(
        Answer(got.result),
        plan.result(first),
        Mistake("last-of-equal-epochs", plan.result(2), best=first),
        Mistake("best-by-early-stopping", plan.result(0)),
        what="the result's dict",
        rtol=1e-4,
        atol=1e-5,
    )


def test_failure(learner: Subject, rehearsal: Rehearsal) -> None:
    """The run is finished, even if an exception is raised"""
    plan, answer = rehearsal
    codes = completed(answer).exit_codes
    if not codes:
        raise Finding("never-finished")
    require(codes[0] == 0, "finished-as-failure", got=codes[0])
    got = learner.ask(probes.trained, *plan.arguments(), plan.config(), fails_at=1).value
    require(bool(got.told), "should-stop-ignored~never-asked")
    passed_on = got.error is not None and "Trouble" in got.error.kinds
    require(passed_on, "exception-swallowed")
    check_failed(got)
    how: dict[str, Any] = {"stop_after": 0, "fails_late": True}
    late = learner.ask(probes.trained, *plan.arguments(), plan.config(), **how).value
    require(n_epochs(late) <= 1, "should-stop-ignored", after=0, last=n_epochs(late) - 1)
    passed_on = late.error is not None and "Trouble" in late.error.kinds
    require(passed_on, "exception-swallowed~late")
    check_failed(late)


def test_real_training(learner: Subject, rng: Rng) -> None:
    """The file of a real run has all rows, and the best epoch in its summary"""
    plan = Plan(rng)
    file = learner.ask(probes.really_trained, *plan.arguments(), plan.config()).value.first
    if file is None or file.exit_code is None:
        raise Finding("never-finished")
    require(file.exit_code == 0, "finished-as-failure", got=file.exit_code)
    want = plan.result(plan.best)
    missing = sorted(set(want) - set(file.summary))
    require(not missing, "summary-missing", names=", ".join(missing))
    kept = {name: file.summary[name] for name in want}
    overwritten = want | {k: v for k, v in plan.row(plan.epochs - 1).items() if k in want}
    require(not approx_equal(kept, overwritten, 1e-4, 1e-5), "summary-overwritten")
    expect(Answer(kept), want, what="the run's summary, a dict,", rtol=1e-4, atol=1e-5)
    rows = [step for step, row in file.rows.items() if "train_loss" in row]
    wanted = [str(epoch) for epoch in range(plan.epochs)]
    expect(Answer(rows), wanted, what="the list of steps in the run's file")
