"""Checks of 10.1, Dropout that stays on."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course.counted import as_many
from grader.course.ex10 import probes
from grader.course.ex10.checks.common import Array, squeezed
from grader.course.ex10.replies import Dropped, Layer
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, expect, require
from grader.wire import Tensor


def mask_of(result: Any, x: Array) -> Array:
    """The factors by which the input was multiplied."""
    expect(Answer(result), Tensor.of(np.zeros_like(x)), what="the result", atol=math.inf)
    return result.array / x


def test_dropout_is_active(learner: Subject, rng: Rng) -> None:
    """It drops in evaluation just as in training"""
    x = rng.uniform(1, 2, (8, 4, 16)).astype(np.float32)
    for training in (True, False):
        got = learner.ask(probes.dropped, 0.3, Tensor.of(x), training).value
        check_masks(got, x, 0.3, training)
        expect(Answer(got.input), Tensor.of(x), what="the input afterwards")


def check_masks(got: Dropped, x: Array, p: float, training: bool) -> None:
    """Features are dropped in whole light curves, differently in each call, and the rest scaled."""
    first, second = mask_of(got.first, x), mask_of(got.second, x)
    gone = first == 0  # (light curves, rows, features)
    require(bool(gone.any()), "off-in-training" if training else "off-in-evaluation")
    require(not (gone.all(axis=2) | ~gone.any(axis=2)).all(), "whole-rows-dropped")
    require(bool((gone.all(axis=1) | ~gone.any(axis=1)).all()), "mask-for-each-row")
    require(not (gone == gone[0]).all(), "same-for-whole-batch")
    check_scale(first, p)
    require(not np.array_equal(first, second), "same-every-time")


def check_scale(mask: Array, p: float) -> None:
    """What is kept is divided by 1 - p."""
    kept, fraction = mask[mask != 0], float((mask == 0).mean())
    require(not np.allclose(kept, 1, atol=1e-4), "not-rescaled")
    turned_round = abs(fraction - (1 - p)) < abs(fraction - p) and np.allclose(kept, 1 / p)
    require(not turned_round, "kept-with-p", p=p, fraction=fraction)
    right = np.allclose(kept, 1 / (1 - p), atol=1e-3)
    require(right, "kept-multiplied", got=kept[0], p=p, want=1 / (1 - p))


@gate
def test_mask_of_a_light_curve(learner: Subject, rng: Rng) -> None:
    """A feature is dropped in all rows of a light curve or in none, and the rest is scaled"""
    x = rng.uniform(1, 2, (40, 4, 30)).astype(np.float32)
    p = 0.2
    got = learner.ask(probes.dropped, p, Tensor.of(x), False).value
    first = mask_of(got.first, x)
    gone = (first == 0)[:, 0]  # (light curves, features)
    fraction = float(gone.mean())  # of 1200 chances: +- 0.012
    require(abs(fraction - (1 - p)) > 0.08, "kept-with-p", p=p, fraction=fraction)
    check_masks(got, x, p, training=False)
    require(abs(fraction - p) < 0.08, "fraction-dropped", p=p, fraction=fraction)
    alike = len(set(gone.sum(axis=1).tolist())) == 1
    require(not alike, "same-number-dropped", n=int(gone[0].sum()))
    require(np.array_equal(mask_of(got.repeated, x), first), "other-generator")


def test_gradient(learner: Subject, rng: Rng) -> None:
    """Gradients flow to the features that are kept"""
    x = rng.uniform(1, 2, (5, 3, 6)).astype(np.float32)
    for training in (True, False):
        got = learner.ask(probes.dropped, 0.5, Tensor.of(x), training).value
        flows = isinstance(got.gradient, Tensor)
        require(flows, "gradient-lost" if training else "gradient-lost~evaluation")
        mask = Tensor.of(mask_of(got.passed, x))
        expect(Answer(got.gradient), mask, what="the gradient of the sum by the input", rtol=1e-3)


def test_dropout_of_single_rows(learner: Subject, rng: Rng) -> None:
    """An input without rows, p = 0, and the input is not changed"""
    x, p = rng.uniform(1, 2, (200, 3)).astype(np.float32), 0.6
    got = learner.ask(probes.dropped, p, Tensor.of(x), False).value
    mask = mask_of(got.first, x)
    gone = mask == 0
    require(not (gone == gone[0]).all(), "batch-taken-for-rows")
    require(not (gone.all(axis=1) | ~gone.any(axis=1)).all(), "whole-rows-dropped~single-rows")
    require(bool(gone.all(axis=1).any()), "one-always-kept")
    check_scale(mask, p)
    expect(Answer(got.input), Tensor.of(x), what="the input afterwards")
    shapes = ((3, 4, 5), (3, 5), (1, 4, 5), (3, 1, 5), (1, 5), (1, 1, 1))
    inputs = [Tensor.of(rng.normal(size=shape).astype(np.float32)) for shape in shapes]
    results = as_many(learner.ask(probes.undropped, inputs).value, len(inputs))
    for want, result in zip(inputs, results, strict=True):
        what = f"the result with p = 0 for the shape {want.array.shape}"
        gone = isinstance(result, Tensor) and bool((result.array == 0).any())
        require(not gone, "rate-of-construction")
        expect(Answer(result), want, Mistake("squeezed", squeezed(want)), what=what)


def expect_replaced(
    got: dict[str, Layer],
    last: list[str],
    rate: float,
    mc_layers: int,
    dropout: float,
    again: bool = False,
) -> None:
    """Those in `last` and in the classifier are replaced, with the right p; the others are not.

    The others, and the attention, keep the probability `dropout`. They are replaced `again`
    if this is the second time.
    """
    replaced = {name for name, layer in got.items() if layer.replaced}
    inside = {name for name in got if name.startswith((*last, "classifier"))}
    want = {name for name in inside if not name.endswith("self_attn")}
    extra, missing = replaced - want, want - replaced
    in_transformer = {name for name in missing if name.startswith("transformer")}
    first = min(missing, default="")
    require(not missing or dropout > 0, "zero-dropout-skipped", name=first)
    require(bool(replaced), "nothing-replaced")
    require(mc_layers > 0 or not extra, "zero-means-all")
    require(not (extra and in_transformer), "first-layers-replaced", mc_layers=mc_layers)
    require(not extra, "all-layers-replaced", mc_layers=mc_layers, name=min(extra, default=""))
    require(not missing or bool(in_transformer), "classifier-forgotten", name=first)
    require(not missing, "mc-layers-ignored", mc_layers=mc_layers, name=first)
    other = min((got[name].p for name in replaced if got[name].p != rate), default=rate)
    rates = {"got": other, "want": rate}
    require(other == rate or not again, "old-rate-kept~again", **rates)
    require(other == rate or other != dropout, "old-rate-kept", **rates)
    require(other == rate, "old-rate-kept~other", **rates)
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
    for n, mc_layers, rate, dropout in (
        (3, 1, 0.3, 0.1),
        (12, 2, 0.3, 0.1),
        (3, 0, 0.3, 0.1),
        (3, 3, 0.0, 0.1),
        (2, 1, 0.3, 0.0),
    ):
        settings = {"num_layers": n, "mc_layers": mc_layers, "mc_dropout_rate": rate}
        got = learner.ask(probes.dropout_layers, settings | {"dropout": dropout}).value
        last = [f"transformer.layers.{i}." for i in range(n - mc_layers, n)]
        expect_replaced(got, last, rate, mc_layers, dropout)


def test_replaced_at_depth(learner: Subject) -> None:
    """Dropout in modules within modules is found, also on a second call"""
    settings = {"num_layers": 3, "mc_dropout_rate": 0.3, "dropout": 0.25}
    got = learner.ask(probes.nested_dropout, settings, 0.45).value
    kept = {name for name, layer in got.items() if not layer.replaced or layer.p != 0.45}
    last = "transformer.layers.2."
    for deep, near in (
        ("classifier.0.1.0", "classifier.1"),
        (f"{last}linear1.1.0", f"{last}dropout1"),
    ):
        require(deep not in kept or near in kept, "only-first-depth", name=deep)
    changed = ["transformer.layers.1.", last, "transformer.layers.3."]
    expect_replaced(got, changed, 0.45, 3, 0.25, again=True)
