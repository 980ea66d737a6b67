"""Checks of what goes on inside the networks of Exercise 6: dropout, and layer by layer."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course.counted import as_many
from grader.course.ex06 import probes
from grader.course.ex06.checks.networks import Network, parted, shaped
from grader.course.ex06.replies import Dropout, Inside
from grader.course.oracles import Rng, light_curves
from grader.expect import Mistake, approx_equal, fail_if_recognised, require
from grader.wire import Tensor

SCALE = np.array([0.01, 1, 1, 1, 1, 1])
"""What `rescale` multiplies features by."""

ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "leaky ReLU": lambda x: np.where(x > 0, x, 0.01 * x),
    "ELU": lambda x: np.where(x > 0, x, np.expm1(x)),
    "GELU": lambda x: x * np.vectorize(math.erfc)(-x / math.sqrt(2)) / 2,
    "SiLU": lambda x: x / (1 + np.exp(-x)),
    "softplus": lambda x: np.logaddexp(0, x),
    "ReLU6": lambda x: np.clip(x, 0, 6),
    "absolute value": np.abs,
}
"""What may stand between two layers in place of a ReLU."""


def check_dropout(
    learner: Subject, rng: Rng, name: str, all_sizes: list[list[Any]]
) -> list[Dropout]:
    """Dropout while training, and only then, with the probability that is given."""
    x = Tensor.of(light_curves(rng, [6, 6, 6, 6], 6))
    found = as_many(learner.ask(probes.dropout, name, all_sizes, x).value, len(all_sizes))
    for got, sizes in zip(found, all_sizes, strict=True):
        logits = [shaped(each, 4, 6) for each in parted(got.logits, [4] * 7)]
        training, again, one, other, once, twice, asleep = logits
        require(approx_equal(one, other), "dropout-in-evaluation")
        call = f"{name}({', '.join(map(str, sizes))}, dropout=0.5)"
        silent = np.array_equal(training, again) or not training.any()
        only_here = 0.0 in got.rates and not all(0.0 in other.rates for other in found)
        require(not (silent and only_here), "no-dropout~rate", call=call)
        require(not silent, "no-dropout", call=call)
        require(approx_equal(once, twice), "dropout-not-used")
        check_rates(learner, (name, sizes), got)
        require(approx_equal(once, asleep, 1e-4, 1e-5), "batch-mixed~training")
    return found


def check_nothing_dropped_last(found: list[Dropout]) -> None:
    """Dropout does not come after the last linear layer."""
    for got in found:
        training = [shaped(each, 4, 6) for each in parted(got.logits, [4] * 7)[:2]]
        require(bool(np.all(training)), "logits-dropped")


def check_rates(learner: Subject, network: Network, got: Dropout) -> None:
    """All dropout layers have the rate that is given, or else the usual one."""
    others = [rate for rate in got.rates if abs(rate - 0.3) > 1e-6]
    answer = learner.ask(probes.dropout_rates, *network, 0.3) if others else None
    require(not others, "dropout-not-used~rates", answer, rates=others)
    others = [rate for rate in got.usual if abs(rate - 0.2) > 1e-6]
    answer = learner.ask(probes.dropout_rates, *network, None) if others else None
    require(not others, "dropout-not-used~usual", answer, rates=others)


def arrays(*values: Any) -> list[np.ndarray] | None:
    """The tensors as matrices of numbers; None if one of them is none."""
    found = [value.array for value in values if isinstance(value, Tensor)]
    matrices = all(one.ndim == 2 and one.size and one.dtype.kind == "f" for one in found)
    return found if len(found) == len(values) and matrices else None


def check_rescaled(got: Inside, x: np.ndarray, wanted: dict[int, np.ndarray]) -> None:
    """The first layer is given the rescaled features, where it can be seen what it is given.

    `wanted` are features by their number of rows, and `x` are those of all light curves.
    """
    given = arrays(got.layers[0].given) if got.layers else None
    if given is None or given[0].shape[1] != x.shape[-1] or len(given[0]) not in wanted:
        return
    rows, time = wanted[len(given[0])], float(x[0, 0, 0])
    fail_if_recognised(
        Answer(given[0]),
        Mistake("not-rescaled", rows, time=time),
        Mistake("not-rescaled~twice", rows * SCALE**2, time=time),
        Mistake("not-rescaled~all", rows * 0.01),
        Mistake("read-backwards", rows[::-1] * SCALE if len(rows) == 5 else False),
        rtol=1e-4,
        atol=1e-5,
    )
    require(approx_equal(given[0], rows * SCALE, 1e-4, 1e-5), "other-input")


def check_end(got: Inside, rows_each: int) -> None:
    """The logits are what the last linear layer gives, where it can be seen.

    They may be log-probabilities, which differ from logits by one number for each light curve.
    """
    last = [layer for layer in got.layers if layer.kind == "Linear"][-1:]
    both = arrays(last[0].out, got.logits) if last else None
    if both is None or both[0].shape[1] != both[1].shape[1]:
        return
    out, logits = (one.astype(float) for one in both)
    if len(out) == rows_each * len(logits):
        out = out.reshape(len(logits), rows_each, -1).mean(axis=1)
    if out.shape != logits.shape or approx_equal(centred(logits), centred(out), 1e-3, 1e-5):
        return
    for name, bend in {"ReLU": lambda x: np.maximum(x, 0), **ACTIVATIONS}.items():
        with np.errstate(over="ignore"):
            bent = bend(out)
        require(not approx_equal(logits, bent, 1e-4, 1e-5), "bent-logits", name=name)
    require(False, "bent-logits~other")


def centred(logits: np.ndarray) -> np.ndarray:
    return logits - logits.mean(axis=1, keepdims=True)


def check_activation(out: np.ndarray, given: np.ndarray, k: int) -> None:
    """Name what stands between two layers, where it is no ReLU."""
    for name, bend in ACTIVATIONS.items():
        with np.errstate(over="ignore"):
            bent = bend(out)
        require(not approx_equal(given, bent, 1e-4, 1e-5), "not-a-relu", name=name)
    require(k > 0, "not-a-relu~other")


def check_mean(out: np.ndarray, given: np.ndarray) -> None:
    """Before the last layer: a mean over three observations of each light curve."""
    each = np.maximum(out, 0).reshape(len(given), 3, -1)
    for name, bend in ACTIVATIONS.items():
        with np.errstate(over="ignore"):
            bent = bend(out).reshape(each.shape).mean(axis=1)
        require(not approx_equal(given, bent, 1e-4, 1e-5), "not-a-relu", name=name)
    fail_if_recognised(
        Answer(given),
        Mistake("maximum-for-mean", each.max(axis=1)),
        Mistake("maximum-for-mean~median", np.median(each, axis=1)),
        rtol=1e-4,
        atol=1e-5,
    )
    straight = approx_equal(given, out.reshape(each.shape).mean(axis=1), 1e-4, 1e-5)
    require(not straight, "last-hidden-layer-linear~several")
    require(approx_equal(given, each.mean(axis=1), 1e-4, 1e-5), "other-mean")
