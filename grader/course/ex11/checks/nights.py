"""Nights of observations, and what they are joined to."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex11 import probes
from grader.course.ex11.checks.light_curves import (
    NAME,
    Observation,
    observed,
)
from grader.course.ex11.replies import Averaged
from grader.course.oracles import Rng

Group = list[Observation]
Mean = Callable[[list[float], list[float]], float]


def weighted(values: list[float], errors: list[float], power: int = 2) -> float:
    """Values about one of them, lest the digits of an MJD are lost."""
    weights = [1 / error**power for error in errors]
    zero = values[0]
    offsets = [weight * (value - zero) for weight, value in zip(weights, values, strict=True)]
    return zero + sum(offsets) / sum(weights)


def plain(values: list[float], errors: list[float]) -> float:
    return values[0] + sum(value - values[0] for value in values) / len(values)


def reduced(errors: list[float]) -> float:
    return 1 / math.sqrt(sum(1 / error**2 for error in errors))


def column(group: Group, field: str) -> list[Any]:
    return [obs[field] for obs in group]


def one_point(
    group: Group,
    flux: Mean = weighted,
    mjd: Mean = weighted,
    error: Callable[[list[float]], float] = reduced,
) -> Observation:
    """Observations that were all measured as one; other means are other mistakes."""
    errors = column(group, "flux_err")
    return observed(
        mjd(column(group, "mjd"), errors),
        flux(column(group, "flux"), errors),
        error(errors),
        group[0]["band"],
    )


def averaged(learner: Subject, data: Group, **further: Any) -> Answer[Averaged]:
    metadata = {"object_id": NAME} | further
    return learner.ask(probes.averaged, data, **metadata)


def groups_of(data: Group, key: Callable[[Observation], Any]) -> list[Group]:
    keys = dict.fromkeys(map(key, data))
    return [[obs for obs in data if key(obs) == one] for one in keys]


def night_and_band(obs: Observation) -> tuple[int, str]:
    return math.floor(obs["mjd"]), obs["band"]


def some_nights(rng: Rng, n: int) -> Group:
    """Several observations a night, in g and r, from evening to morning."""
    data: Group = []
    for night, bands in zip(range(60000, 60000 + n), ["rrggg", "grgrr", "gggrr"], strict=False):
        times = iter(np.sort(rng.choice(np.arange(110, 990), 5, replace=False)) / 1000 + night)
        flux = {band: float(rng.uniform(30, 60)) for band in "gr"}
        for band in bands:
            error = round(float(rng.uniform(1, 6)), 2)
            value = round(flux[band] + float(rng.normal(0, 4)), 2)
            data.append(observed(round(float(next(times)), 3), value, error, band))
    return data


def magnitudes_averaged(values: list[float], errors: list[float]) -> float:
    logarithms = [math.log10(value) for value in values]
    return float(10 ** weighted(logarithms, errors))


def night_of_first(values: list[float], errors: list[float]) -> float:
    return float(math.floor(values[0]))


def plain_error(errors: list[float]) -> float:
    return sum(errors) / len(errors)


def root_of_squares(errors: list[float]) -> float:
    """The error of a plain mean."""
    return math.sqrt(sum(error**2 for error in errors)) / len(errors)
