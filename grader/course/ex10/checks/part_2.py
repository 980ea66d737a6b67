"""Checks of 10.2, A hundred opinions."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.ex10 import probes
from grader.course.ex10.checks.common import Array, Rng, epistemic_mistakes, light_curves, softmax
from grader.course.gates import gate
from grader.expect import Mistake, expect, fail_if_recognised, kind_of, require
from grader.wire import Tensor

KEYS = ("predictions", "epistemic_uncertainty", "aleatoric_uncertainty", "prediction_samples")


def summary(samples: Array) -> dict[str, Array]:
    """The four keys, in float64."""
    p = samples.astype(float)
    centre = p.mean(axis=0)
    return {
        "predictions": centre,
        "epistemic_uncertainty": ((p - centre) ** 2).mean(axis=0).sum(axis=-1),
        "aleatoric_uncertainty": (p * (1 - p)).sum(axis=-1).mean(axis=0),
        "prediction_samples": p,
    }


def expect_summary(got: Any, samples: Array) -> None:
    want = summary(samples)
    if not isinstance(got, dict) or any(key not in got for key in KEYS):
        expect(Answer(got), {key: Tensor.of(value) for key, value in want.items()})
    p, centre = want["prediction_samples"], want["predictions"]
    with np.errstate(divide="ignore", invalid="ignore"):
        of_logits = softmax(np.log(p).mean(axis=0))
    parts: dict[str, list[Mistake]] = {
        "predictions": [
            Mistake("logits-averaged", Tensor.of(of_logits)),
            Mistake("mean-over-batch", Tensor.of(p.mean(axis=1))),
        ],
        "epistemic_uncertainty": epistemic_mistakes(p),
        "aleatoric_uncertainty": [
            Mistake("total-for-aleatoric", Tensor.of((centre * (1 - centre)).sum(axis=-1))),
            Mistake("mean-over-classes", Tensor.of((p * (1 - p)).mean(axis=(0, 2)))),
        ],
        "prediction_samples": [],
    }
    for key, mistakes in parts.items():
        expect(Answer(got[key]), Tensor.of(want[key]), *mistakes, what=f"`{key}`")


@gate
def test_summary(learner: Subject, rng: Rng) -> None:
    """Mean, epistemic and aleatoric part, which add up to the total"""
    for shape in ((6, 5, 3), (1, 2, 4)):
        samples = softmax(rng.normal(0, 2, shape)).astype(np.float32)
        answer = learner.ask(probes.summarised, Tensor.of(samples))
        found = answer.result.get(KEYS[1]) if isinstance(answer.result, dict) else None
        require(
            not isinstance(found, Tensor) or not bool(np.isnan(found.array).all()),
            "divided-by-n-minus-1~2",
            **epistemic_mistakes(samples)[0].fields,
        )
        expect_summary(answer.value, samples)


def samples_of(answer: Answer, shape: tuple[int, ...]) -> Array:
    """The samples, which are probabilities of that shape."""
    got = answer.value["answer"]
    if not isinstance(got, dict) or "prediction_samples" not in got:
        raise Finding("result-dictionary-returns", got=kind_of(got))
    found = got["prediction_samples"]
    expect(Answer(found), Tensor.of(np.zeros(shape)), what="`prediction_samples`", atol=math.inf)
    p = found.array.astype(float)
    n_samples, batch = shape[:2]
    ones: dict[int, bool] = {
        axis: bool(np.allclose(p.sum(axis=axis), 1, atol=1e-3)) for axis in (0, 1, 2)
    }
    require(ones[2] or not (ones[0] and n_samples > 1), "softmax-over-samples")
    require(ones[2] or not (ones[1] and batch > 1), "softmax-over-batch")
    require(ones[2], "no-softmax")
    return p


ALL_ON = {"num_layers": 2, "mc_layers": 2, "mc_dropout_rate": 0.5, "dropout": 0.0}


def test_samples(learner: Subject, rng: Rng) -> None:
    """Many different answers, their summary, in one batch and without gradients"""
    x = light_curves(rng, [7, 3, 5])
    answer = learner.ask(probes.asked, ALL_ON, Tensor.of(x), 12)
    p = samples_of(answer, (12, 3, 3))
    require(float(np.ptp(p, axis=0).max()) > 1e-5, "samples-alike")
    expect_summary(answer.value["answer"], p)
    require(not answer.value["gradients"], "gradients-kept")
    calls = len(answer.value["calls"])
    require(calls < 12, "loop-over-samples", calls=calls)


def test_modes(learner: Subject, rng: Rng) -> None:
    """Nothing but Monte Carlo dropout is on, and the mode is what it was before"""
    x = light_curves(rng, [4, 7])
    settings = {"num_layers": 2, "dropout": 0.6, "mc_dropout_rate": 0.0}
    for training in (True, False):
        answer = learner.ask(probes.asked, settings, Tensor.of(x), 6, training)
        p = samples_of(answer, (6, 2, 3))
        require(np.allclose(p, p[0], atol=1e-5), "everything-in-training-mode")
        mode = "training" if training else "evaluation"
        require(answer.value["training"] is training, "mode-not-restored", mode=mode)


def test_order(learner: Subject, rng: Rng) -> None:
    """Light curves keep their order, and neither padding nor the others matter"""
    x = light_curves(rng, [2, 7, 0, 5, 3])
    settings = {"num_layers": 2, "dropout": 0.0, "mc_dropout_rate": 0.0}
    want = learner.ask(probes.asked_one_by_one, settings, Tensor.of(x)).value.array
    answer = learner.ask(probes.asked, settings, Tensor.of(x), 3)
    fail_if_recognised(
        answer,
        Mistake(
            "empty-crashes",
            answer.raised is not None and not answer.raised.is_a("NotImplementedError"),
            raised_=answer.raised,
        ),
    )
    p = samples_of(answer, (3, 5, 3))
    require(bool(np.isfinite(p).all()), "light-curve-without")
    p = p[0]
    mixed = np.allclose(np.sort(p, axis=0), np.sort(want, axis=0), atol=1e-4)
    require(np.allclose(p, want, atol=1e-4) or not mixed, "order-lost")
    expect(
        Answer(Tensor.of(p)), Tensor.of(want), what="the probabilities without dropout", atol=1e-4
    )


def test_distribution(learner: Subject, rng: Rng) -> None:
    """Mean and variance over many samples are those of all possible masks"""
    n_samples, p, width = 2000, 0.4, 4
    weight, bias = rng.normal(0, 2, (3, width)), rng.normal(0, 0.5, 3)
    x = light_curves(rng, [5, 2])
    answer = learner.ask(
        probes.crowd, p, Tensor.of(weight), Tensor.of(bias), Tensor.of(x), n_samples
    )
    hidden = answer.value["hidden"].array.astype(float)  # (2, width)
    masks = np.array(list(itertools.product([0, 1], repeat=width)))  # (16, width), 1 is kept
    chance = np.prod(np.where(masks == 1, 1 - p, p), axis=1)  # (16,)
    outcomes = softmax((masks[:, None] * hidden / (1 - p)) @ weight.T + bias)  # (16, 2, 3)
    centre = np.einsum("m,mbc->bc", chance, outcomes)
    spread = np.einsum("m,mbc->bc", chance, (outcomes - centre) ** 2)
    got = samples_of(answer, (n_samples, 2, 3))
    error = np.sqrt(spread / n_samples)
    require(
        bool((np.abs(got.mean(axis=0) - centre) < 6 * error + 1e-4).all()),
        "few-masks",
        n_samples=n_samples,
        got=got.mean(axis=0)[0].round(3),
        centre=centre[0].round(3),
        error=6 * error[0].max(),
    )
    fourth = np.einsum("m,mbc->bc", chance, (outcomes - centre) ** 4)
    error = np.sqrt((fourth - spread**2).clip(0) / n_samples)
    require(
        bool((np.abs(got.var(axis=0) - spread) < 6 * error + 1e-4).all()),
        "few-masks~2",
        n_samples=n_samples,
        got=got.var(axis=0)[0].round(4),
        spread=spread[0].round(4),
    )
