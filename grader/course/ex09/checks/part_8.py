"""Checks of 9.8, All together."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Finding, Subject
from grader.course.ex09 import probes
from grader.course.ex09.checks.common import CLASSES, Rng
from grader.course.gates import gate
from grader.expect import Mistake, approx_equal, expect, require, shown

RARE = CLASSES.index("TDE")


DEFAULTS = {"d_model": 32, "nhead": 4, "num_layers": 2, "learning_rate": 1e-3, "seed": 0}


def focal_loss(logits: np.ndarray, labels: list[int], gamma: float) -> float:
    """The mean of -(1 - p)^gamma log p, with the same logits for all objects."""
    p = np.exp(logits - logits.max())
    p = (p / p.sum())[labels]
    return float(np.mean(-((1 - p) ** gamma) * np.log(p)))


def f1_of_rare(guess: int, labels: list[int]) -> float:
    """F1 of the rare class if all objects are given the same class."""
    hits = labels.count(RARE) if guess == RARE else 0
    given = len(labels) if guess == RARE else 0
    total = labels.count(RARE) + given
    return 2 * hits / total if total else 0.0


def measured(logits: np.ndarray, labels: list[int], gamma: float) -> dict[str, float]:
    guess = int(logits.argmax())
    return {
        "loss": focal_loss(logits, labels, gamma),
        "accuracy": labels.count(guess) / len(labels),
        "f1_rare_events": f1_of_rare(guess, labels),
    }


class Plan:
    """A training whose network gives planned logits: row e + 1 of `logits` after epoch e."""

    def __init__(self, rng: Rng, epochs: int = 6) -> None:
        self.epochs = epochs
        self.gamma = float(rng.uniform(1, 3))
        while True:
            self.logits = rng.normal(0, 1.2, (epochs + 1, 5)).round(3)
            self.labels = {
                "train": [*range(5), *rng.integers(5, size=5).tolist()],
                "val": [RARE, RARE, 0, *rng.integers(5, size=3).tolist()],
                "test": [RARE, 1, 2, 3, *rng.integers(4, size=4).tolist()],
            }
            if self._tells():
                return

    def _tells(self) -> bool:
        """Whether each known mistake would show: the best by test or by F1, the last, the first."""
        val, test = self.series("val", "loss"), self.series("test", "loss")
        f1 = self.series("val", "f1_rare_events")
        best, last = int(np.argmin(val)), self.epochs - 1
        by_f1 = int(np.argmax(f1))
        chosen = {best, int(np.argmin(test)), by_f1, last, 0}
        apart = min(abs(a - b) for a, b in pairwise(sorted(val))) > 0.01
        test_apart = min(abs(a - b) for a, b in pairwise(sorted(test))) > 0.01
        accuracies = self.series("test", "accuracy")
        told = accuracies[best] != accuracies[last]
        odd = len(chosen) >= 4 and best not in (0, last) and by_f1 not in (best, last)
        return odd and apart and test_apart and told

    def series(self, name: str, metric: str, gamma: float | None = None) -> list[float]:
        """A metric of a set after each epoch."""
        gamma = self.gamma if gamma is None else gamma
        return [measured(row, self.labels[name], gamma)[metric] for row in self.logits[1:]]

    def row(self, epoch: int, name: str = "val") -> dict[str, float]:
        found = measured(self.logits[epoch + 1], self.labels[name], self.gamma)
        train = focal_loss(self.logits[epoch], self.labels["train"], self.gamma)
        return {"epoch": epoch, "train_loss": train} | {f"val_{k}": v for k, v in found.items()}

    def result(self, best: int, tested: int | None = None) -> dict[str, float]:
        """The result if an epoch is taken for the best, and another one's weights are tested."""
        val = measured(self.logits[best + 1], self.labels["val"], self.gamma)
        row = self.logits[(best if tested is None else tested) + 1]
        test = measured(row, self.labels["test"], self.gamma)
        named = {f"val_{k}": v for k, v in val.items()} | {f"test_{k}": v for k, v in test.items()}
        return {"best_epoch": best} | named

    def stops_after(self, name: str, patience: int) -> int:
        """How many epochs there are with early stopping on the loss of a set (8.2)."""
        best, count = math.inf, 0
        for epoch, loss in enumerate(self.series(name, "loss")):
            best, count = (loss, 0) if loss < best - 0.001 else (best, count + 1)
            if count >= patience:
                return epoch + 1
        return self.epochs

    def config(self, **more: Any) -> dict[str, Any]:
        sizes = {"num_epochs": self.epochs, "patience": 20, "batch_size": 4}
        return sizes | {"focal_loss_gamma": self.gamma} | more

    def arguments(self) -> tuple[list, dict]:
        return self.logits.tolist(), self.labels


REHEARSAL = pytest.StashKey[tuple[Plan, Answer]]()


@pytest.fixture
def rehearsal(learner: Subject, rng: Rng, request: pytest.FixtureRequest) -> tuple[Plan, Answer]:
    """A plan, and what was seen of its training: asked for once in an examination."""
    stash = request.session.stash
    if REHEARSAL not in stash:
        plan = Plan(rng)
        stash[REHEARSAL] = plan, learner.ask(probes.trained, *plan.arguments(), plan.config())
    return stash[REHEARSAL]


def rehearsed(learner: Subject, plan: Plan, config: dict | None, **how: Any) -> dict[str, Any]:
    """What was seen of a training, once it came to its end."""
    return completed(learner.ask(probes.trained, *plan.arguments(), config, **how))


def completed(answer: Answer) -> dict[str, Any]:
    """What was seen of a training, once it came to its end."""
    got: dict[str, Any] = answer.value
    if got["error"]:
        raise Finding(
            "raised", status="error", error=got["error"][0], error2=got["error"][-1][:300]
        )
    require(got["runs"] == 1, "training-opened-runs", runs=got["runs"])
    return got


def test_history(rehearsal: tuple[Plan, Answer]) -> None:
    """Each epoch is one row, with losses and metrics of the validation set"""
    plan, answer = rehearsal
    got = completed(answer)
    steps = [call["step"] for call in got["calls"] if "train_loss" in call["data"]]
    require(not steps or steps[0] is not None, "step-missing")
    rows = got["rows"]
    names = sorted({name for row in rows.values() for name in row})
    require("val_f1_rare_events" in names, "metric-never-logged", names=shown(names))
    found = [row.get("val_loss") for row in rows.values() if "val_loss" in row]
    require(
        not approx_equal(found, plan.series("test", "loss"), 1e-4, 1e-5), "test-set-for-validation"
    )
    require(
        not approx_equal(found, plan.series("val", "loss", 2.0), 1e-4, 1e-5), "own-dictionary-read"
    )
    require(
        len(found) == plan.epochs, "epochs-rows-validation", epochs=plan.epochs, n_found=len(found)
    )
    wanted = plan.row(0)
    kept = {step: {k: v for k, v in row.items() if k in wanted} for step, row in rows.items()}
    want = {str(epoch): plan.row(epoch) for epoch in range(plan.epochs)}
    expect(Answer(kept), want, what="the dict of rows by epoch", rtol=1e-4, atol=1e-5)


def test_settings(learner: Subject, rng: Rng) -> None:
    """The run gets all settings, and what the run says is done, as on a sweep's server"""
    plan = Plan(rng)
    mine = plan.config(learning_rate=0.25, seed=5)
    chosen = {"learning_rate": 0.0625, "num_epochs": 3, "batch_size": 3, "d_model": 64, "seed": 9}
    got = rehearsed(learner, plan, mine, chosen=chosen)
    config = got["config"]
    require(bool(config), "config-not-handed-over")
    for name, value in {**DEFAULTS, **mine}.items():
        require(
            config.get(name) == value, "run-told", name=name, name2=config.get(name), value=value
        )
    made = {name: what for name, what, *_ in got["made"]}
    done = {
        "num_epochs": sum("train_loss" in row for row in got["rows"].values()),
        "learning_rate": got["rates"][0] if got["rates"] else None,
        "batch_size": max(got["batches"], default=0),
        "d_model": made.get("model", {}).get("d_model"),
        "seed": made.get("seed"),
    }
    require(done["seed"] in (9, 5), "seed-not-set")
    for name, value in chosen.items():
        require(
            done[name] == value, "own-dictionary-read~2", name=name, value=value, done=done[name]
        )


def test_defaults(learner: Subject, rng: Rng) -> None:
    """Without arguments the defaults hold, and the data are made by `make_data`"""
    plan = Plan(rng)
    plan.logits[1:] = plan.logits[1:][np.argsort(plan.series("val", "loss"))]  # soon over
    got = rehearsed(learner, plan, None, given_data=False)
    require(bool(got["config"]), "config-not-handed-over~2")
    made = [what for what, *_ in got["made"]]
    require("data" in made, "data-made")
    require(made.index("data") < made.index("model"), "make-data-before")
    sizes = next(details for what, details, *_ in got["made"] if what == "data")
    want = {"n_objects": 600, "max_sequence_length": 60, "seed": 0}
    expect(Answer({**want, **sizes}), want, what="the dict of arguments of `make_data`")


def test_refused(learner: Subject, rng: Rng) -> None:
    """Settings that cannot be built are a ValueError before anything is made"""
    plan = Plan(rng)
    answer = learner.ask(
        probes.trained, *plan.arguments(), plan.config(), chosen={"d_model": 65}, given_data=False
    )
    got = answer.value
    require(bool(got["error"]), "not-refused")
    require(
        "ValueError" in got["error"] and "65" in got["error"][-1],
        "configuration-cannot-built",
        error=got["error"][0],
        error2=got["error"][-1],
    )
    require(not got["made"] and not got["seen"], "refused-too-late")
    check_end(got, 1)


def check_end(got: dict[str, Any], code: int) -> None:
    require(
        bool(got.get("finished")),
        "never-finished",
        says="The run is never finished"
        + (" if an exception is raised" if code else "")
        + ". Put everything into `with WandBExperimentTracker() as tracker:`.",
    )
    require(
        (got["finished"][0] != 0) == bool(code),
        "failure-called-success" if code else "run-finished-exit",
        finished=got["finished"][0],
        code=code,
    )


def test_best_epoch(rehearsal: tuple[Plan, Answer]) -> None:
    """The best epoch is that of the smallest validation loss, and its weights are tested"""
    plan, answer = rehearsal
    got = completed(answer)
    best, last = int(np.argmin(plan.series("val", "loss"))), plan.epochs - 1
    by_f1 = int(np.argmax(plan.series("val", "f1_rare_events")))
    by_test = int(np.argmin(plan.series("test", "loss")))
    worst = int(np.argmax(plan.series("val", "loss")))
    expect(
        Answer(got["result"]),
        plan.result(best),
        Mistake("last-weights-tested", plan.result(best, last), best=best),
        Mistake("last-epoch-taken", plan.result(last), best=best),
        Mistake("chosen-by-test", plan.result(by_test)),
        Mistake("chosen-by-f1", plan.result(by_f1)),
        Mistake("largest-loss-taken", plan.result(worst)),
        what="the result's dict",
        rtol=1e-4,
        atol=1e-5,
    )
    kept = got["checkpoints"]
    require(bool(kept), "checkpoint-logged")
    epoch, trained = kept[-1]
    require(trained == best + 1, "last-weights-kept", trained=trained - 1, best=best)
    require(epoch == best, "checkpoint-of-other-epoch", epoch=epoch, best=best)


def test_patience(learner: Subject, rng: Rng) -> None:
    """The training stops early when the validation loss gets no better"""
    patience, plan = 2, Plan(rng)
    want = plan.stops_after("val", patience)
    while want == plan.epochs or plan.stops_after("test", patience) == want:
        plan = Plan(rng)
        want = plan.stops_after("val", patience)
    got = rehearsed(learner, plan, plan.config(patience=patience))
    rows = sum("train_loss" in row for row in got["rows"].values())
    require(rows != plan.epochs, "patience-ignored", patience=patience, want=want)
    require(rows != plan.stops_after("test", patience), "stopped-by-test-set")
    require(rows == want, "patience-training-stopped", patience=patience, rows=rows, want=want)
    with_both = rehearsed(learner, plan, plan.config(patience=patience), stop_after=-1)
    require(
        sum("train_loss" in row for row in with_both["rows"].values()) == want, "stop-overwritten"
    )


def test_asked_last(rehearsal: tuple[Plan, Answer]) -> None:
    """The test set is asked once, at the end, and its confusion matrix and examples are logged"""
    plan, answer = rehearsal
    got = completed(answer)
    seen = [what for what, *_ in got["seen"]]
    first_test = seen.index("test") if "test" in seen else len(seen)
    require(
        "train" not in seen[first_test:] and "logged" not in seen[first_test:],
        "tested-during-training",
    )
    require("test" in seen, "test-set-never")
    best = int(np.argmin(plan.series("val", "loss")))
    labels = plan.labels["test"]
    guess = [int(plan.logits[best + 1].argmax())] * len(labels)
    require(bool(got["matrices"]), "confusion-matrix-logged")
    told = got["matrices"][-1][0]
    require(told == list(labels) or sorted(told) != sorted(labels), "test-set-shuffled")
    expect(
        Answer(got["matrices"][-1][:2]),
        [labels, guess],
        Mistake("matrix-swapped", [guess, labels]),
        what="the list of true and predicted class numbers of the confusion matrix",
    )
    expect(Answer(got["matrices"][-1][2]), CLASSES, what="the list of class names")
    require(bool(got["pictures"]), "light-curves-logged")
    n, shape = got["pictures"][-1]
    require(n <= 5, "light-curves-plotted", n=n)
    require(
        len(shape) == 2 and shape[0] >= n and shape[1] == 5,
        "predictions-light-curves",
        n=n,
        shape=tuple(shape),
    )


@gate
def test_training_set(rehearsal: tuple[Plan, Answer]) -> None:
    """Every epoch sees the training set once, in another order"""
    plan, answer = rehearsal
    got = completed(answer)
    shown_objects = [i for what, i in got["seen"] if what == "train"]
    n = len(plan.labels["train"])
    require(
        len(shown_objects) == n * plan.epochs,
        "epochs-network-saw",
        epochs=plan.epochs,
        n_shown_objects=len(shown_objects),
        n=n,
    )
    require(any(i > j for i, j in pairwise(shown_objects[:n])), "not-shuffled")


def test_stopped(learner: Subject, rng: Rng) -> None:
    """`should_stop` is asked after each epoch, and the training ends when it says so"""
    plan = Plan(rng)
    got = rehearsed(learner, plan, plan.config(), stop_after=2)
    rows = sum("train_loss" in row for row in got["rows"].values())
    require(
        bool(got["told"]) and rows == 3,
        "should-stop-ignored",
        says=f"`should_stop` said True after epoch 2, and the training went on to epoch {rows - 1}."
        if got["told"]
        else "`should_stop` was never asked. Call it after each epoch.",
    )
    f1 = plan.series("val", "f1_rare_events")
    want = [[epoch, f1[epoch]] for epoch in range(3)]
    expect(Answer(got["told"]), want, what="the list of what `should_stop` is asked", rtol=1e-4)
    best = int(np.argmin(plan.series("val", "loss")[:3]))
    expect(Answer(got["result"]), plan.result(best), what="the result's dict", rtol=1e-4, atol=1e-5)


def test_failure(learner: Subject, rehearsal: tuple[Plan, Answer]) -> None:
    """The run is finished, also if an exception is raised"""
    plan, answer = rehearsal
    check_end(completed(answer), 0)
    got = learner.ask(probes.trained, *plan.arguments(), plan.config(), fails_at=1).value
    require(bool(got["told"]), "should-stop-ignored~2")
    require("Trouble" in got["error"], "exception-swallowed")
    check_end(got, 1)


def test_real_training(learner: Subject, rng: Rng) -> None:
    """The file of a real run has all rows, and the best epoch in its summary"""
    plan = Plan(rng)
    got = learner.ask(probes.really_trained, *plan.arguments(), plan.config()).value
    require(
        got.get("exit") == 0,
        "never-finished~2" if got.get("exit") is None else "run-file-says",
        got=got.get("exit"),
    )
    best, last = int(np.argmin(plan.series("val", "loss"))), plan.epochs - 1
    summary = got["summary"]
    want = plan.result(best)
    missing = sorted(set(want) - set(summary))
    require(not missing, "summary-missing", missing=", ".join(missing))
    kept = {name: summary[name] for name in want}
    overwritten = want | {k: v for k, v in plan.row(last).items() if k in want}
    require(not approx_equal(kept, overwritten, 1e-4, 1e-5), "summary-overwritten")
    expect(Answer(kept), want, what="the run's summary, a dict,", rtol=1e-4, atol=1e-5)
    rows = [step for step, row in got["rows"].items() if "train_loss" in row]
    wanted = [str(epoch) for epoch in range(plan.epochs)]
    expect(Answer(rows), wanted, what="the list of steps in the run's file")
