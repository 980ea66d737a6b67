"""Checks of 10.1, Dropout that stays on."""

from __future__ import annotations

import math

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex10 import probes
from grader.course.ex10.checks.common import Array, Rng
from grader.course.gates import gate
from grader.expect import expect, require
from grader.wire import Tensor


def masks_of(answer: Answer, x: Array) -> list[Array]:
    """The factors by which the input was multiplied, one array for each call."""
    masks = []
    for result in answer.value["results"]:
        expect(Answer(result), Tensor.of(np.zeros_like(x)), what="the result", atol=math.inf)
        masks.append(result.array / x)
    return masks


def test_dropout_is_active(learner: Subject, rng: Rng) -> None:
    """It drops in evaluation as in training"""
    x = rng.uniform(1, 2, (8, 4, 16)).astype(np.float32)
    for training in (True, False):
        answer = learner.ask(probes.dropped, 0.5, Tensor.of(x), training)
        mode = "training" if training else "evaluation"
        (mask,) = masks_of(answer, x)
        require(
            bool((mask == 0).any()),
            "off-in-evaluation" if not training else "mode-nothing-dropped",
            mode=mode,
        )


@gate
def test_mask_of_a_light_curve(learner: Subject, rng: Rng) -> None:
    """A feature is dropped in all rows of a light curve or in none, and the rest is scaled"""
    x = rng.uniform(1, 2, (40, 4, 30)).astype(np.float32)
    p = 0.2
    answer = learner.ask(probes.dropped, p, Tensor.of(x), False, 2)
    first, second = masks_of(answer, x)
    gone = first == 0  # (light curves, rows, features)
    require(bool(gone.any()), "off-in-evaluation~2")
    require(not (gone.all(axis=2) | ~gone.any(axis=2)).all(), "whole-rows-dropped")
    require(bool((gone.all(axis=1) | ~gone.any(axis=1)).all()), "mask-for-each-row")
    gone = gone[:, 0]  # (light curves, features)
    require(not (gone == gone[0]).all(), "same-for-whole-batch")
    fraction = float(gone.mean())  # of 1200 chances: +- 0.012
    require(abs(fraction - (1 - p)) > 0.08, "kept-with-p", p=p, fraction=fraction)
    require(abs(fraction - p) < 0.08, "fraction-dropped", p=p, fraction=fraction)
    kept = first[first != 0]
    require(not np.allclose(kept, 1, atol=1e-4), "not-rescaled")
    require(
        np.allclose(kept, 1 / (1 - p), atol=1e-3),
        "kept-multiplied",
        kept=kept[0],
        p=p,
        p2=1 / (1 - p),
    )
    require(not np.array_equal(first, second), "same-every-time")


def test_dropout_of_single_rows(learner: Subject, rng: Rng) -> None:
    """An input without rows, p = 0, and the input is not changed"""
    x = rng.uniform(1, 2, (30, 20)).astype(np.float32)
    answer = learner.ask(probes.dropped, 0.5, Tensor.of(x), False)
    (mask,) = masks_of(answer, x)
    gone = mask == 0
    require(not (gone == gone[0]).all(), "batch-taken-for-rows")
    require(not (gone.all(axis=1) | ~gone.any(axis=1)).all(), "whole-rows-dropped~2")
    expect(Answer(answer.value["input"]), Tensor.of(x), what="the input afterwards")
    for shape in ((3, 4, 5), (3, 5)):
        x = rng.normal(size=shape).astype(np.float32)
        got = learner.ask(probes.dropped, 0.0, Tensor.of(x), True).value["results"][0]
        expect(Answer(got), Tensor.of(x), what="the result with p = 0")


def expect_replaced(got: dict, last: list[str], rate: float, mc_layers: int) -> None:
    """Those in `last` and in the classifier are replaced, with the right p; the others are not."""
    ours = [name for name, (replaced, _) in got.items() if replaced]
    want = [name for name in got if name.startswith((*last, "classifier"))]
    require(bool(ours), "nothing-replaced")
    below = [name for name in ours if name not in want]
    zero = mc_layers == 0 and bool(below)
    require(not zero, "zero-means-all")
    above = [name for name in want if name not in ours]
    first = bool(below) and any(name.startswith("transformer") for name in above)
    require(not first, "first-layers-replaced", mc_layers=mc_layers)
    require(not below, "all-layers-replaced", mc_layers=mc_layers, value=(below or [""])[0])
    forgotten = bool(above) and all(name.startswith("classifier") for name in above)
    require(not forgotten, "classifier-forgotten", value=(above or [""])[0])
    require(not above, "mc-layers-ignored", mc_layers=mc_layers, value=(above or [""])[0])
    rates = {got[name][1] for name in ours}
    require(rates == {rate}, "old-rate-kept", rates=sorted(rates)[0], rate=rate)


def test_replaced(learner: Subject) -> None:
    """The dropout of the last layers and of the classifier is replaced, and no other"""
    for mc_layers in (1, 2, 0, 3):
        settings = {"num_layers": 3, "mc_layers": mc_layers, "mc_dropout_rate": 0.3}
        got = learner.ask(probes.dropout_layers, settings | {"dropout": 0.1}).value
        last = [f"transformer.layers.{i}." for i in range(3 - mc_layers, 3)]
        expect_replaced(got, last, 0.3, mc_layers)


def test_replaced_at_depth(learner: Subject) -> None:
    """Dropout inside of modules of modules is found, also if it is done again"""
    settings = {"num_layers": 2, "mc_dropout_rate": 0.3, "dropout": 0.1}
    got = learner.ask(probes.nested_dropout, settings, 0.45).value
    deep = got.get("classifier.0.1.0", [True])[0]
    require(deep or not got.get("classifier.1", [True])[0], "only-first-depth")
    expect_replaced(got, ["transformer.layers.1."], 0.45, 1)
