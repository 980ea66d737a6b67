"""Checks of 10.7, Side by side."""

from __future__ import annotations

import math
from statistics import mean
from typing import Any, NamedTuple

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.ex10 import probes
from grader.course.ex10.checks.common import Array, at_temperature, best_temperature, ece_of
from grader.course.ex10.replies import Comparison, Run
from grader.course.gates import gate, twice
from grader.course.oracles import Rng, softmax
from grader.expect import Mistake, approx_equal, expect, kind_of, number, require, shown
from grader.wire import Tensor

RARE = 4  # AGN, CV, SNII, SNIa, TDE


def tables(rng: Rng) -> tuple[Array, Array, Array, Array]:
    """Logits before and after the training, and the true classes of validation and test set."""
    n_val, n_test = 20, 30
    trained = rng.normal(0, 1.2, (n_val + n_test, 5))
    p = softmax(trained / 2.0)
    truth = (p.cumsum(axis=1) > rng.random((len(p), 1))).argmax(axis=1)
    hot = softmax(trained * 1.3)[:n_val]
    truth[:n_val] = (hot.cumsum(axis=1) > rng.random((n_val, 1))).argmax(axis=1)
    truth[n_val : n_val + 8] = RARE
    trained[n_val : n_val + 4, RARE] += 4
    return rng.normal(0, 1, trained.shape), trained, truth[:n_val], truth[n_val:]


def f1_of(truth: Array, guess: Array, number: int) -> float:
    found = int(((guess == number) & (truth == number)).sum())
    wrong = int(((guess == number) ^ (truth == number)).sum())
    return 2 * found / (2 * found + wrong) if found else 0.0


def measures(truth: Array, p: Array) -> dict[str, float]:
    guess = p.argmax(axis=1)
    recalls = [float((guess[truth == c] == c).mean()) for c in np.unique(truth)]
    return {
        "test_accuracy": float((guess == truth).mean()),
        "balanced_accuracy": mean(recalls),
        "rare_event_f1": f1_of(truth, guess, RARE),
        "mean_uncertainty": float((p * (1 - p)).sum(axis=1).mean()),
        "calibration_error": ece_of(truth, p, 10),
    }


class Numbers(NamedTuple):
    """What a comparison should find, and what it would by common mistakes."""

    want: dict[str, float]
    untrained: dict[str, float]
    of_validation: dict[str, float]
    test_temperature: float
    p_test: Array


def run_comparison(learner: Subject, rng: Rng, seconds: float = 0.0) -> tuple[Comparison, Numbers]:
    """A comparison of the tables, and its numbers."""
    untrained, trained, val, test = tables(rng)
    tensors = (Tensor.of(each) for each in (untrained, trained, val, test))
    got = learner.ask(probes.compared, *tensors, seconds=seconds).value
    p_val, p_test = softmax(trained[: len(val)]), softmax(trained[len(val) :])
    want = measures(test, p_test)
    want["temperature"] = best_temperature(val, p_val)
    scaled = at_temperature(p_test, want["temperature"])
    want["scaled_calibration_error"] = ece_of(test, scaled, 10)
    before = measures(test, softmax(untrained[len(val) :]))
    of_test = best_temperature(test, p_test)
    return got, Numbers(want, before, measures(val, p_val), of_test, p_test)


def result_of(got: Any) -> dict[Any, Any]:
    """The result, which must be a dictionary."""
    if not isinstance(got, dict):
        raise Finding("not-a-dictionary", got=kind_of(got))
    return got


COSTS = ("parameters", "training_seconds", "inference_ms")


@gate
@twice
def test_comparison(learner: Subject, rng: Rng) -> None:
    """The numbers of the test set, with the temperature of the validation set"""
    got, numbers = run_comparison(learner, rng)
    result = result_of(got.result)
    if got.training is None:
        raise Finding("not-trained")
    used = got.training.loaders
    require("test" not in used, "test-set-in-training")
    require(used == ["training", "validation"], "other-loaders", got=", ".join(used))
    names = (*numbers.want, *COSTS)
    missing = [key for key in names if key not in result]
    require(not missing, "keys-missing", names=", ".join(missing))
    for key in names:
        require(key not in got.others, "not-a-plain-number", name=key, got=got.others.get(key))
    for key in numbers.want:
        check_number(result[key], key, numbers)


def check_number(got: Any, key: str, numbers: Numbers) -> None:
    """One of the numbers that do not depend on the time."""
    near = 0.015 if key == "temperature" else 0.02 if key.startswith("scaled") else 1e-5
    expect(
        Answer(got),
        numbers.want[key],
        Mistake("untrained-model-asked", numbers.untrained.get(key, False), name=key),
        Mistake("validation-set-measured", numbers.of_validation.get(key, False), name=key),
        *confused(key, numbers),
        what=f"`{key}`",
        rtol=near,
        atol=2e-3 if near > 0.01 else 1e-5,
    )


def confused(key: str, numbers: Numbers) -> list[Mistake]:
    """Another number under the name of this one."""
    want = numbers.want
    others = {
        "temperature": Mistake("temperature-from-test", numbers.test_temperature),
        # the samples of the table are all alike
        "mean_uncertainty": Mistake("one-part-only", 0.0),
        "balanced_accuracy": Mistake("plain-accuracy", want["test_accuracy"]),
        "rare_event_f1": Mistake("not-f1-of-rare-class", want["balanced_accuracy"]),
        "scaled_calibration_error": Mistake("temperature-not-applied", want["calibration_error"]),
    }
    return [others[key]] if key in others else []


def test_missing_class(learner: Subject, rng: Rng) -> None:
    """A class that is not in the test set does not count, and no TDE found is an F1 of 0"""
    untrained, trained, val, test = tables(rng)
    test[test == RARE] = 3  # there is no TDE, and none is predicted
    test[test == 1] = 2  # no object is of class 1, which is predicted all the same
    trained[len(val) :, RARE] = -20.0
    trained[len(val), 1] = 20.0
    tensors = (Tensor.of(each) for each in (untrained, trained, val, test))
    got = learner.ask(probes.compared, *tensors).value
    require(not got.raised, "nothing-found-crashes")
    result = result_of(got.result)
    want = measures(test, softmax(trained[len(val) :]))
    require(not is_nan(result.get("rare_event_f1")), "nothing-found-crashes~nan")
    n, guess = len(np.unique(test)), trained[len(val) :].argmax(axis=1)
    others = [
        Mistake("missing-class-counted", want["balanced_accuracy"] * n / k)
        for k in (5, len(np.union1d(test, guess)))
    ]
    expect(
        Answer(result.get("balanced_accuracy")),
        want["balanced_accuracy"],
        *others,
        what="`balanced_accuracy` without one of the classes",
    )
    what = "`rare_event_f1` without any TDE found"
    expect(Answer(result.get("rare_event_f1")), 0.0, what=what)


def is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def test_crowd(learner: Subject, rng: Rng) -> None:
    """A Bayesian model is asked with n_samples, and both parts of its uncertainty count"""
    tensors = (Tensor.of(each) for each in tables(rng))
    got = learner.ask(probes.compared, *tensors, crowd=True).value
    result = result_of(got.result)
    others = [each for each in got.asked if not approx_equal(each, 7)]
    require(not others, "n-samples-not-passed", got=others[0] if others else None)
    expect(
        Answer(result.get("mean_uncertainty")),
        0.75,
        Mistake("one-part-only", 0.25),
        Mistake("one-part-only~aleatoric", 0.5),
        what="`mean_uncertainty`",
    )


def test_costs(learner: Subject, rng: Rng) -> None:
    """Parameters and times"""
    asking = 0.04  # seconds of sleep whenever the stand-in is asked, and half to make it
    got, _ = run_comparison(learner, rng, asking)
    result = result_of(got.result)
    expect(
        Answer(result.get("parameters")),
        251,
        Mistake("tensors-counted", 2),
        Mistake("trainable-only", 250),
        Mistake("buffers-counted", 254),
        what="`parameters`",
    )
    require(isinstance(result["parameters"], int), "parameters-not-whole")
    spent = got.training.seconds if got.training else 0.0
    found = number(Answer(result.get("training_seconds")), "`training_seconds`")
    other = found < spent + min(asking, got.making)
    require(other, "other-things-in-training-time", got=found, spent=spent)
    require(found >= 0.9 * spent, "training-time-too-short", got=found, spent=spent)
    if got.kept.seconds is None:
        raise Finding("predictions-not-kept")
    expect(
        Answer(number(Answer(result.get("inference_ms")), "`inference_ms`")),
        1000 * got.kept.seconds / 30,
        Mistake("time-of-all", 1000 * got.kept.seconds),
        Mistake("seconds-for-milliseconds", got.kept.seconds / 30),
        what="`inference_ms`",
        unit="ms",
    )


def test_kept_and_logged(learner: Subject, rng: Rng) -> None:
    """The result is kept and logged, and the run is finished, even after an exception"""
    got, numbers = run_comparison(learner, rng)
    check_run(got.run, result_of(got.result))
    kept = got.kept
    require(same_numbers(kept.result, got.result), "result-not-kept")
    lost = kept.lost
    require(not lost, "earlier-result-lost", name=lost[0] if lost else "")
    require(kept.n_predicted == 30, "predictions-not-kept")
    require(approx_equal(kept.y_prob, numbers.p_test, 1e-4, 1e-5), "other-predictions-kept")
    require(kept.trained_model, "untrained-model-asked~kept")
    require(got.training is not None and got.training.as_told, "model-of-an-earlier-call")
    require(got.training is not None and got.training.seed == 77, "no-seed")
    require(not kept.settings_changed, "settings-changed")


STAGES = {
    "training": "The training raised an exception",
    "making": "Making the model raised an exception",
    "asking": "Asking the model raised an exception",
    "logging": "`log_metrics` raised an exception",
}


def test_exceptions(learner: Subject, rng: Rng) -> None:
    """The run is finished after an exception as well, which propagates"""
    tensors = [Tensor.of(each) for each in tables(rng)]
    for stage, what in STAGES.items():
        failed = learner.ask(probes.compared, *tensors, fails=stage).value
        require(failed.raised, "exception-swallowed", what=what)
        ended = failed.run.finished or not failed.run.starts
        require(ended, "run-left-open~after-exception", what=what)


def same_numbers(got: Any, want: dict[Any, Any]) -> bool:
    """Whether all numbers that were returned were also kept."""
    numbers = {key: value for key, value in want.items() if isinstance(value, int | float)}
    return isinstance(got, dict) and all(
        key in got and approx_equal(got[key], value) for key, value in numbers.items()
    )


def check_run(run: Run, result: dict[Any, Any]) -> None:
    """The run has the right name and settings, holds the result, and is finished."""
    if not run.starts:
        raise Finding("no-run")
    start = run.starts[0]
    require(start.project == "a project", "other-project", got=shown(start.project))
    require(start.name == "a table" and start.as_told, "run-without-settings")
    require(len(run.starts) == 1, "several-runs", n_runs=len(run.starts))
    outside = run.outside
    require(not outside, "outside-of-run", what=outside[0] if outside else "")
    if not run.logs:
        raise Finding("not-logged")
    n_logs = sum(1 for log in run.logs if log.metrics.keys() & result.keys())
    last = run.logs[-1]
    require(last.was_open, "logged-too-late")
    lacking = [str(key) for key in result if str(key) not in last.metrics]
    require(not lacking, "log-incomplete", names=", ".join(lacking))
    require(same_numbers(last.metrics, result), "other-numbers-logged")
    require(n_logs == 1, "logged-again", n_logs=n_logs)
    require(run.finished, "run-left-open")
