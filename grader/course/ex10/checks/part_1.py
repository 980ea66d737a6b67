"""Checks of 10.1, Dropout that stays on."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex10 import probes
from grader.course.ex10.checks.common import Array
from grader.course.ex10.replies import Layer
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import expect, require
from grader.wire import Tensor


def mask_of(result: Any, x: Array) -> Array:
    """The factors by which the input was multiplied."""
    expect(Answer(result), Tensor.of(np.zeros_like(x)), what="the result", atol=math.inf)
    return result.array / x


def test_dropout_is_active(learner: Subject, rng: Rng) -> None:
    """It drops in evaluation as in training"""
    x = rng.uniform(1, 2, (8, 4, 16)).astype(np.float32)
    for training in (True, False):
        got = learner.ask(probes.dropped, 0.5, Tensor.of(x), training).value
        dropped = bool((mask_of(got.first, x) == 0).any())
        require(dropped, "off-in-training" if training else "off-in-evaluation")


@gate
def test_mask_of_a_light_curve(learner: Subject, rng: Rng) -> None:
    """A feature is dropped in all rows of a light curve or in none, and the rest is scaled"""
    x = rng.uniform(1, 2, (40, 4, 30)).astype(np.float32)
    p = 0.2
    got = learner.ask(probes.dropped, p, Tensor.of(x), False).value
    expect(Answer(got.input), Tensor.of(x), what="the input afterwards")
    first, second = mask_of(got.first, x), mask_of(got.second, x)
    gone = first == 0  # (light curves, rows, features)
    require(bool(gone.any()), "off-in-evaluation")
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
        got=kept[0],
        p=p,
        want=1 / (1 - p),
    )
    require(not np.array_equal(first, second), "same-every-time")
    alike = len(set(gone.sum(axis=1).tolist())) == 1
    require(not alike, "same-number-dropped", n=int(gone[0].sum()))
    require(np.array_equal(mask_of(got.repeated, x), first), "other-generator")


def test_gradient(learner: Subject, rng: Rng) -> None:
    """Gradients flow to the features that are kept"""
    x = rng.uniform(1, 2, (5, 3, 6)).astype(np.float32)
    got = learner.ask(probes.dropped, 0.5, Tensor.of(x), True).value
    require(isinstance(got.gradient, Tensor), "gradient-lost")
    mask = Tensor.of(mask_of(got.passed, x))
    expect(Answer(got.gradient), mask, what="the gradient of the sum by the input", rtol=1e-3)


def test_dropout_of_single_rows(learner: Subject, rng: Rng) -> None:
    """An input without rows, p = 0, and the input is not changed"""
    x = rng.uniform(1, 2, (200, 3)).astype(np.float32)
    got = learner.ask(probes.dropped, 0.5, Tensor.of(x), False).value
    gone = mask_of(got.first, x) == 0
    require(not (gone == gone[0]).all(), "batch-taken-for-rows")
    require(not (gone.all(axis=1) | ~gone.any(axis=1)).all(), "whole-rows-dropped~single-rows")
    require(bool(gone.all(axis=1).any()), "one-always-kept")
    expect(Answer(got.input), Tensor.of(x), what="the input afterwards")
    for shape in ((3, 4, 5), (3, 5)):
        x = rng.normal(size=shape).astype(np.float32)
        got = learner.ask(probes.dropped, 0.0, Tensor.of(x), True).value
        expect(Answer(got.first), Tensor.of(x), what="the result with p = 0")


def expect_replaced(
    got: dict[str, Layer], last: list[str], rate: float, mc_layers: int, dropout: float
) -> None:
    """Those in `last` and in the classifier are replaced, with the right p; the others are not.

    The others, and the attention, keep the probability `dropout`.
    """
    replaced = {name for name, layer in got.items() if layer.replaced}
    inside = {name for name in got if name.startswith((*last, "classifier"))}
    want = {name for name in inside if not name.endswith("self_attn")}
    extra, missing = replaced - want, want - replaced
    in_transformer = {name for name in missing if name.startswith("transformer")}
    require(bool(replaced), "nothing-replaced")
    require(mc_layers > 0 or not extra, "zero-means-all")
    require(not (extra and in_transformer), "first-layers-replaced", mc_layers=mc_layers)
    require(not extra, "all-layers-replaced", mc_layers=mc_layers, name=min(extra, default=""))
    first = min(missing, default="")
    require(not missing or bool(in_transformer), "classifier-forgotten", name=first)
    require(not missing, "mc-layers-ignored", mc_layers=mc_layers, name=first)
    others = [got[name].p for name in replaced if got[name].p != rate]
    require(not others, "old-rate-kept", got=min(others, default=rate), want=rate)
    for name in got.keys() - want:
        require(
            got[name].p == dropout,
            "attention-changed" if name.endswith("self_attn") else "other-layers-changed",
            name=name,
            got=got[name].p,
            want=dropout,
        )


def test_replaced(learner: Subject) -> None:
    """The dropout of the last layers and of the classifier is replaced, and no other"""
    for n, mc_layers in ((3, 1), (12, 2), (3, 0), (3, 3)):
        settings = {"num_layers": n, "mc_layers": mc_layers, "mc_dropout_rate": 0.3}
        got = learner.ask(probes.dropout_layers, settings | {"dropout": 0.1}).value
        last = [f"transformer.layers.{i}." for i in range(n - mc_layers, n)]
        expect_replaced(got, last, 0.3, mc_layers, 0.1)


def test_replaced_at_depth(learner: Subject) -> None:
    """Dropout inside of modules of modules is found, also if it is done again"""
    settings = {"num_layers": 3, "mc_dropout_rate": 0.3, "dropout": 0.25}
    got = learner.ask(probes.nested_dropout, settings, 0.45).value
    kept = {name for name, layer in got.items() if not layer.replaced}
    last = "transformer.layers.2."
    for deep, near in (
        ("classifier.0.1.0", "classifier.1"),
        (f"{last}linear1.1.0", f"{last}dropout1"),
    ):
        require(deep not in kept or near in kept, "only-first-depth", name=deep)
    rates = [layer.p for layer in got.values() if layer.replaced]
    again = rates == [0.45] * len(rates)
    require(
        again or not set(rates) <= {0.3, 0.25, 0.45},
        "old-rate-kept~again",
        got=min(rates, default=0.0),
    )
    expect_replaced(got, ["transformer.layers.1.", last], 0.45, 2, 0.25)
