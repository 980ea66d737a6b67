"""Checks of 10.7, Side by side."""

from __future__ import annotations

from statistics import mean

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.ex10 import probes
from grader.course.ex10.checks.common import (
    Array,
    Rng,
    at_temperature,
    best_temperature,
    ece_of,
    softmax,
)
from grader.course.gates import gate, twice
from grader.expect import Mistake, approx_equal, expect, kind_of, number, require
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


def run_comparison(learner: Subject, rng: Rng) -> tuple[Answer, dict, dict[str, dict]]:
    untrained, trained, val, test = tables(rng)
    answer = learner.ask(
        probes.compared, Tensor.of(untrained), Tensor.of(trained), Tensor.of(val), Tensor.of(test)
    )
    p_val, p_test = softmax(trained[: len(val)]), softmax(trained[len(val) :])
    want: dict[str, float] = measures(test, p_test)
    want["temperature"] = best_temperature(val, p_val)
    scaled = at_temperature(p_test, want["temperature"])
    want["scaled_calibration_error"] = ece_of(test, scaled, 10)
    others = {
        "of the validation set": measures(val, p_val),
        "of the untrained model": measures(test, softmax(untrained[len(val) :])),
        "by test": {"temperature": best_temperature(test, p_test)},
    }
    return answer, want, others


@gate
@twice
def test_comparison(learner: Subject, rng: Rng) -> None:
    """The numbers of the test set, with the temperature of the validation set"""
    answer, want, others = run_comparison(learner, rng)
    got = answer.value
    result = got["result"]
    if not isinstance(result, dict):
        raise Finding("result-dictionary", result=kind_of(result))
    used = got["seen"].get("loaders")
    require(bool(used) and "test" not in used, "test-set-in-training")
    require(used == ["training", "validation"], "called-after-model", used=used)
    missing = [
        key
        for key in (*want, "parameters", "training_seconds", "inference_ms")
        if key not in result
    ]
    require(not missing, "result", missing=", ".join(missing))
    for key, value in want.items():
        found = result[key]
        require(
            isinstance(found, int | float) and not isinstance(found, bool),
            "plain-number",
            key_=key,
            found=kind_of(found),
        )
        near = 0.015 if key == "temperature" else 0.02 if key.startswith("scaled") else 1e-4
        validation = others["of the validation set"].get(key)
        untrained = others["of the untrained model"].get(key)
        by_test = others["by test"].get(key)
        mistakes = [
            Mistake("untrained-model-asked", untrained, key_=key),
            Mistake("validation-set-measured", validation, key_=key),
            Mistake("temperature-from-test", by_test),
        ]
        mistakes = [m for m in mistakes if m.produces is not None]
        mistakes += confused(key, want)
        expect(Answer(float(found)), value, *mistakes, what=f"`{key}`", rtol=near, atol=2e-3)


def confused(key: str, want: dict) -> list[Mistake]:
    """Another number under the name of this one."""
    if key == "mean_uncertainty":  # the samples of the table are all alike
        return [Mistake("one-part-only", 0.0)]
    pairs = {
        "balanced_accuracy": ("test_accuracy", "plain-accuracy", "the plain accuracy"),
        "rare_event_f1": ("balanced_accuracy", "other-measure", "the balanced accuracy"),
        "scaled_calibration_error": (
            "calibration_error",
            "temperature-not-applied",
            "the calibration error before the temperature is applied",
        ),
    }
    if key not in pairs:
        return []
    other, slug, name = pairs[key]
    return [Mistake(slug, want[other], says=f"`{key}` is {name}.")]


def test_costs(learner: Subject, rng: Rng) -> None:
    """Parameters and times"""
    got = run_comparison(learner, rng)[0].value
    result, seen = got["result"], got["seen"]
    if not isinstance(result, dict):
        raise Finding("result-dictionary", result=kind_of(result))
    expect(
        Answer(result.get("parameters")),
        251,
        Mistake("tensors-counted", 2),
        Mistake("trainable-only", 250),
        what="`parameters`",
    )
    spent, asking = seen["training"], 0.08  # the stand-in sleeps twice while it is asked
    found = number(Answer(result["training_seconds"]), "`training_seconds`")
    require(found < spent + asking / 2, "asking-in-training-time", found=found, spent=spent)
    require(found >= 0.9 * spent, "training-took", found=found, spent=spent)
    expect(
        Answer(number(Answer(result["inference_ms"]), "`inference_ms`")),
        1000 * float(got["seconds"] or 0.0) / 30,
        Mistake("time-of-all", 1000 * float(got["seconds"] or 0.0)),
        Mistake("seconds-for-milliseconds", float(got["seconds"] or 0.0) / 30),
        what="`inference_ms`",
        unit="ms",
    )


def test_kept_and_logged(learner: Subject, rng: Rng) -> None:
    """The result is kept and logged, and the run is finished, also after an exception"""
    got = run_comparison(learner, rng)[0].value
    events, result = got["events"], got["result"]
    kinds = [event[0] for event in events]
    starts = [event for event in events if event[0] == "start"]
    require(bool(starts), "no-run")
    _, project, config, name = starts[0]
    require(project == "a project", "project-self-project", project=project)
    require(name == "a table" and "logits" in config, "run-started-settings")
    logs = [event for event in events if event[0] == "log"]
    require(bool(logs), "not-logged")
    _, logged, was_open = logs[-1]
    require(was_open, "logged-too-late")
    lacking = sorted(set(result) - set(logged))
    require(not lacking, "log-lacks-log", lacking=", ".join(lacking))
    require("finish" in kinds, "run-left-open")
    require(
        "a table" in got["kept"] and approx_equal(got["kept"]["a table"], result), "result-not-kept"
    )
    require("earlier" in got["kept"], "earlier-result-lost")
    require(
        isinstance(got["asked"], np.ndarray) and len(got["asked"]) == 30, "predictions-not-kept"
    )
    require(
        got["model"], "untrained-model-asked~2" if got["model"] is False else "hold-trained-model"
    )
    require(got["seen"]["seed"] == 77, "no-seed")
    untrained, trained, val, test = tables(rng)
    failed = learner.ask(
        probes.compared,
        Tensor.of(untrained),
        Tensor.of(trained),
        Tensor.of(val),
        Tensor.of(test),
        fails=True,
    ).value
    require(failed["raised"], "exception-swallowed")
    require(["finish"] in failed["events"] or not failed["events"], "run-left-open~2")
