"""Checks of 9.8, All together."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

from grader.answer import Answer, Finding, Subject
from grader.course.ex09 import probes, sides
from grader.course.ex09.checks.common import kind_in
from grader.course.ex09.checks.plan import Plan, impatient, nearly_equal
from grader.course.ex09.checks.settings import (
    CHOSEN,
    SIDES,
    check_data,
    check_defaults,
    check_setting,
    check_told,
    gamma_of,
)
from grader.course.ex09.checks.training import (
    EPOCHS,
    check_checkpoint,
    check_failed,
    check_matrix,
    check_order,
    check_pictures,
    check_stopping,
    completed,
    n_epochs,
    side,
    val_losses,
)
from grader.course.ex09.replies import Caught, Training
from grader.course.gates import gate
from grader.course.oracles import Rng, softmax
from grader.expect import Mistake, approx_equal, expect, require, showing, shown


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
    with showing("[call.step for call in {}.calls]"):
        require(not steps or steps[0] is not None, "step-missing")
    with side("rows"):
        check_rows(got, plan)


def check_rows(got: Training, plan: Plan) -> None:
    """There is a row for each epoch, with the right numbers."""
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
    plan = Plan(rng, epochs=3, plain=True)
    mine = plan.config(learning_rate=0.25, seed=5, dropout=0.0, num_epochs=5)
    got = rehearsed(learner, plan, mine, chosen=CHOSEN, given_data=False)
    with side("config"):
        check_told(got, mine)
    with side("made.seed"):
        require(got.made.seed in (9, 5), "seed-not-set")
    done = got.made.model | {
        "num_epochs": n_epochs(got),
        "learning_rate": got.rates[0] if got.rates else None,
        "batch_size": max(got.batches, default=0),
        "seed": got.made.seed,
        "focal_loss_gamma": gamma_of(got, plan),
    }
    for name, used in done.items():
        with showing(SIDES.get(name, "{}.made.model")):
            check_setting(name, used)
    with side("made.data"):
        check_data(got.made.data)
    with side("made.n_features"):
        fits = approx_equal(got.made.n_features, 7)
        require(fits, "other-features", got=shown(got.made.n_features))


def test_defaults(learner: Subject, rng: Rng) -> None:
    """Without arguments the defaults hold, and the data are made by `make_data`"""
    plan = Plan(rng, epochs=2, plain=True)
    plan.gamma, plan.logits = 2.0, (plan.logits * 110).round(2)  # losses are of hundreds
    plan.logits[1:] = plan.logits[1:][np.argsort(plan.series("val", "loss"))]  # soon over
    if rng.is_short:  # one training is enough to see what it leaves behind
        mine = plan.config(learning_rate=0.25, seed=5, dropout=0.0, num_epochs=5)
        once = rehearsed(learner, plan, mine, given_data=False)
        with side("made.defaults"):
            check_defaults(once.made.defaults)
    got = rehearsed(learner, plan, None, given_data=False)
    with side("config"):
        check_told(got, {})
    with side("made.seed"):
        require(got.made.seed == 0, "seed-not-set")
    order = got.made.order
    with side("made.order"):
        require("data" in order, "no-data-made")
        require("model" not in order[: order.index("data")], "model-before-data")
    want = {"n_objects": 600, "max_sequence_length": 60, "seed": 0}
    with side("made.data"):
        expect(Answer({**want, **got.made.data}), want, what="the dict of arguments of `make_data`")
    what = "the result's dict, with losses of more than 50,"
    with side("result"):
        expect(Answer(got.result), plan.result(0), what=what, rtol=1e-4, atol=1e-5)


def test_refused(learner: Subject, rng: Rng) -> None:
    """Settings that cannot be built raise a ValueError before anything is made"""
    plan = Plan(rng, epochs=1, plain=True)
    how: dict[str, Any] = {"chosen": {"d_model": 65}, "given_data": False}
    got = learner.ask(probes.trained, *plan.arguments(), plan.config(), **how).value
    with side("error"):
        if got.error is None:
            raise Finding("not-refused")
        said = got.error.message
        reason = "ValueError" in got.error.kinds and "65" in said
        require(reason, "refused-without-reason", kind=kind_in(got.error), message=said)
    for name, before in {
        "made.order": got.made.order,
        "asked": got.asked,
        "calls": got.calls,
    }.items():
        with side(name):
            require(not before, "refused-too-late")
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
    with side("result"):
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
    with side("checkpoints"):
        check_checkpoint(got, plan)


def test_patience(learner: Subject, rng: Rng) -> None:
    """The training stops early when the validation loss stops improving"""
    patience, (plan, want) = 2, impatient(rng, 2)
    chosen = {"patience": patience, "seed": 77}
    trained = rehearsed(learner, plan, plan.config(), chosen=chosen)
    got = n_epochs(trained)
    by_test = plan.stops_after(plan.series("test", "loss"), patience)
    with showing(EPOCHS):
        require(got != plan.epochs, "patience-ignored", patience=patience, want=want)
        require(got != by_test, "stopped-by-test-set")
        require(got == want, "stopped-at-other-epoch", patience=patience, got=got, want=want)
    with side("made.seed"):
        require(trained.made.seed == 77, "seed-not-set~given-data")
    with_both = rehearsed(learner, plan, plan.config(patience=patience), stop_after=-1)
    with showing(EPOCHS):
        require(n_epochs(with_both) == want, "stop-overwritten")


def test_asked_last(rehearsal: Rehearsal) -> None:
    """The test set is used once, at the end, and its confusion matrix and examples are logged"""
    plan, answer = rehearsal
    got = completed(answer)
    after = got.asked[got.asked.index("test") :] if "test" in got.asked else []
    with side("asked"):
        require("train" not in after and "logged" not in after, "tested-during-training")
        require(bool(after), "test-set-never-asked")
    with side("matrices"):
        check_matrix(got, plan)
    p = softmax(plan.logits[plan.best + 1])
    check_pictures(got, plan.labels["test"], p.tolist())


@gate
def test_training_set(rehearsal: Rehearsal) -> None:
    """Every epoch sees the training set once, in a different order"""
    plan, answer = rehearsal
    got = completed(answer)
    with side("objects"):
        check_order(got.objects, plan)
    seen, n = got.val_objects, len(plan.labels["val"])
    in_order = all(seen[i : i + n] == sorted(seen[i : i + n]) for i in range(0, len(seen), n))
    with side("val_objects"):
        require(in_order, "validation-shuffled")


def test_model_and_data(learner: Subject, rng: Rng, rehearsal: Rehearsal) -> None:
    """The optimiser changes the model; data are made if none are given, for each training"""
    got = completed(rehearsal.answer)
    with side("taught"):
        require(any(got.taught), "model-not-taught")
    others = [kind for kind in got.optimizers if kind != "Adam"]
    with side("optimizers"):
        require(not others, "other-optimizer", got=", ".join(others))
    with side("made.order"):
        require("data" not in got.made.order, "given-data-ignored")
    check_two(learner, rng)


def check_two(learner: Subject, rng: Rng) -> None:
    """Of two trainings, each has its own data, and changes its own model."""
    plan = Plan(rng, epochs=2, plain=True)
    while sorted(plan.labels["val"]) == sorted(plan.turned().labels["val"]):
        plan = Plan(rng, epochs=2, plain=True)
    plans, config = (plan.turned(), plan), plan.config()
    both = [rehearsed(learner, each, config, given_data=False) for each in plans]
    with side("taught"):
        require(all(any(each.taught) for each in both), "model-not-taught")
    losses = [val_losses(each) for each in both]
    with showing(sides.AFTER_ANOTHER):
        require(not approx_equal(losses[0], losses[1], 1e-4, 1e-5), "first-data-kept")
        expect(
            Answer(losses),
            [each.series("val", "loss") for each in plans],
            what="the list of losses of two trainings",
            rtol=1e-4,
            atol=1e-5,
        )


def test_stopped(learner: Subject, rng: Rng) -> None:
    """`should_stop` is called after each epoch, and the training ends when it says so"""
    plan, first, last = nearly_equal(rng), 1, 3
    got = rehearsed(learner, plan, None, chosen=plan.config(), stop_after=last)
    with side("made.order"):
        require("data" not in got.made.order, "given-data-ignored~without-config")
    f1 = plan.series("val", "f1_rare_events")
    want, losses = (
        [[epoch, values[epoch]] for epoch in range(last + 1)]
        for values in (f1, plan.series("val", "loss"))
    )
    with side("told"):
        require(bool(got.told), "should-stop-ignored~never-asked")
    with showing(EPOCHS):
        goes_on = n_epochs(got) > last + 1
        require(not goes_on, "should-stop-ignored", after=last, last=n_epochs(got) - 1)
        require(n_epochs(got) == last + 1, "stopped-too-early", after=last, last=n_epochs(got) - 1)
    with side("told"):
        expect(
            Answer(got.told),
            want,
            Mistake("loss-for-should-stop", losses),
            what="the list of what `should_stop` is asked",
            rtol=1e-4,
        )
    with side("result"):
        expect(
            Answer(got.result),
            plan.result(first),
            Mistake("last-of-equal-epochs", plan.result(2), best=first),
            Mistake("best-by-early-stopping", plan.result(0)),
            what="the result's dict",
            rtol=1e-4,
            atol=1e-5,
        )


def test_failure(learner: Subject, rng: Rng, rehearsal: Rehearsal) -> None:
    """The run is finished, even if an exception is raised"""
    codes = completed(rehearsal.answer).exit_codes
    with side("exit_codes"):
        require(bool(codes), "never-finished")
        require(codes[0] == 0, "finished-as-failure", got=codes[0])
    plan = Plan(rng, epochs=2, plain=True)
    got = learner.ask(probes.trained, *plan.arguments(), plan.config(), fails_at=1).value
    with side("told"):
        require(bool(got.told), "should-stop-ignored~never-asked")
    with side("error"):
        require("Trouble" in kinds_in(got.error), "exception-swallowed")
    check_failed(got)
    how: dict[str, Any] = {"stop_after": 0, "fails_late": True}
    late = learner.ask(probes.trained, *plan.arguments(), plan.config(), **how).value
    with showing(EPOCHS):
        require(n_epochs(late) <= 1, "should-stop-ignored", after=0, last=n_epochs(late) - 1)
    with side("error"):
        require("Trouble" in kinds_in(late.error), "exception-swallowed~late")
    check_failed(late)


def kinds_in(error: Caught | None) -> list[str]:
    """The classes of an exception, if there was one."""
    return error.kinds if error else []


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
