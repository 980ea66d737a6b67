"""Light curves of 11.E2, and what a classifier says of them at some ages.

What it says depends on how many observations a light curve has, so that each way of cutting gives
other numbers.
"""

from __future__ import annotations

from statistics import mean
from typing import Any, NamedTuple

import numpy as np

from grader.course.oracles import Rng

Observation = dict[str, Any]
CLASSES = ["SNIa", "TDE", "CV"]


class Trial(NamedTuple):
    """Light curves, what is said of each by its length, the truth, and the ages."""

    observations: dict[str, list[Observation]]
    answers: dict[str, list[str | None]]
    labels: list[str]
    ages: list[float]


def row(day: float, snr: float, band: str = "r") -> Observation:
    return {"mjd": 6000.0 + day, "flux": 4.0 * snr, "flux_err": 4.0, "band": band}


def light_curve(rng: Rng, sign: int = 1) -> list[Observation]:
    """A limit and a faint point, then detections; among them a faint one. In order of time."""
    start = float(rng.integers(0, 40)) / 4
    before = [row(start, float("nan")), row(start + 1.25, 3.0, "g")]
    days = start + 2 + np.cumsum(rng.integers(4, 13, 5) / 4)
    after = [row(float(day), sign * float(rng.integers(8, 30))) for day in days]
    after[2] = row(float(days[2]), 2.0)
    return before + after


def first_seen(data: list[Observation]) -> float | None:
    """The time of the first detection."""
    return next((obs["mjd"] for obs in data if abs(obs["flux"]) >= 5 * obs["flux_err"]), None)


def cut(data: list[Observation], age: float) -> list[float]:
    """The times of what is known at an age."""
    start = first_seen(data)
    return [obs["mjd"] for obs in data if start is not None and obs["mjd"] <= start + age]


def trial_of(rng: Rng, data: list[list[Observation]], ages: list[float]) -> Trial:
    """A trial in which a light curve is refused when it is empty, or has 1 or 3 observations."""
    labels = [CLASSES[i] for i in rng.integers(0, 3, len(data))]
    answers: dict[str, list[str | None]] = {}
    for name, each, label in zip("ABCDE", data, labels, strict=False):
        said = [None, None, *rng.choice([*CLASSES, label], len(each)).tolist()]
        said[3:4] = [None] * len(said[3:4])  # too few at the first detection
        answers[name] = said[: len(each) + 1]
    return Trial(dict(zip(answers, data, strict=True)), answers, labels, ages)


def trial(rng: Rng) -> Trial:
    """Five light curves: the second fades, one is never detected, one is empty.

    At some ages there is an observation at that very time; the ages are in no order. Some answers
    are right, some wrong.
    """
    while True:
        data = [light_curve(rng), light_curve(rng, -1), light_curve(rng), [row(1.0, 2.0)], []]
        given = trial_of(rng, data, [7.5, 3.0, 0.0, float(rng.integers(9, 12))])
        said = [each for age in given.ages for each in verdicts(given, times_of(given, age))]
        if {(True, False), (False, False)} <= set(said):
            return given


def plain_trial(rng: Rng) -> Trial:
    """Three light curves with detections, and ages at which nothing is observed."""
    while True:
        ages = (np.array([1.3, 4.05, 9.55]) + rng.uniform(0, 0.15, 3)).round(2).tolist()
        given = trial_of(rng, [light_curve(rng) for _ in range(3)], ages)
        want = accuracies(given, [times_of(given, age) for age in given.ages])
        ways = other_times(given)
        told_apart = {"first-observation", "past-lost", "not-cut"}
        others = [accuracies(given, ways[way]) for way in told_apart] + [of_answered(given)]
        if len({*want, 0.0}) > 2 and len({tuple(each) for each in [want, *others]}) == 5:
            return given


def of_answered(given: Trial) -> list[float]:
    """The share of the light curves that were answered which is right, at each age."""
    by_ages = [verdicts(given, times_of(given, age)) for age in given.ages]
    right = [[is_right for is_right, refused in each if not refused] for each in by_ages]
    return [mean(each) if each else 0.0 for each in right]


def accuracies(given: Trial, by_ages: list[list[list[float]]]) -> list[float]:
    """The share that is right at each age, if the light curves are cut to these times."""
    return [mean(right for right, _ in verdicts(given, times)) for times in by_ages]


def verdicts(given: Trial, times: list[list[float]]) -> list[tuple[bool, bool]]:
    """Of each light curve that is cut to these times: is it right, and is it refused?"""
    said = [given.answers[name][len(t)] for name, t in zip(given.observations, times, strict=True)]
    return [(s == label, s is None) for s, label in zip(said, given.labels, strict=True)]


def times_of(given: Trial, age: float) -> list[list[float]]:
    return [cut(data, age) for data in given.observations.values()]


def other_times(given: Trial) -> dict[str, list[list[list[float]]]]:
    """For each age the times that other ways of cutting leave."""
    every = list(given.observations.values())

    def by_start(start_of: Any) -> list[list[list[float]]]:
        starts = [start_of(data) if data else None for data in every]
        return [
            [
                [obs["mjd"] for obs in data if start is not None and obs["mjd"] <= start + age]
                for data, start in zip(every, starts, strict=True)
            ]
            for age in given.ages
        ]

    def positive(data: list[Observation]) -> float | None:
        return next((obs["mjd"] for obs in data if obs["flux"] >= 5 * obs["flux_err"]), None)

    def strictly(data: list[Observation], age: float) -> list[float]:
        start = first_seen(data)
        return [t for t in cut(data, age) if start is not None and t < start + age]

    def after_first(data: list[Observation], age: float) -> list[float]:
        start = first_seen(data)
        return [t for t in cut(data, age) if start is not None and t >= start]

    def undetected_whole(data: list[Observation], age: float) -> list[float]:
        whole = [obs["mjd"] for obs in data]
        return whole if first_seen(data) is None else cut(data, age)

    return {
        "first-observation": by_start(lambda data: data[0]["mjd"]),
        "positive-only": by_start(positive),
        "strictly-before": [[strictly(d, age) for d in every] for age in given.ages],
        "past-lost": [[after_first(d, age) for d in every] for age in given.ages],
        "undetected-whole": [[undetected_whole(d, age) for d in every] for age in given.ages],
        "not-cut": [[[obs["mjd"] for obs in d] for d in every] for _ in given.ages],
    }
