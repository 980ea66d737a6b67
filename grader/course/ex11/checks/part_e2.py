"""Checks of 11.E2, How soon can we know?.

What the classifier says of a light curve depends on how many observations it has, so that each way
of cutting gives other numbers.
"""

from __future__ import annotations

from statistics import mean
from typing import Any, NamedTuple

import numpy as np

from grader.answer import UNREADABLE, Answer, Failure, Finding, Subject
from grader.course.counted import as_many
from grader.course.ex11 import probes
from grader.course.ex11.replies import Aged
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    fail_if_recognised,
    kind_of,
    require,
    showing,
)
from grader.wire import Table

Observation = dict[str, Any]
COLUMNS = ("age", "accuracy", "refused")
CLASSES = ["SNIa", "TDE", "CV"]
ASKED = "{}\noracle.asked"


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


def trial(rng: Rng) -> Trial:
    """Five light curves: the second fades, one is never detected, one is empty."""
    data = [light_curve(rng), light_curve(rng, -1), light_curve(rng), [row(1.0, 2.0)], []]
    observations = dict(zip("ABCDE", data, strict=True))
    labels = [CLASSES[i] for i in rng.integers(0, 3, len(data))]
    answers: dict[str, list[str | None]] = {}
    for (name, each), label in zip(observations.items(), labels, strict=True):
        said = [None, None, *rng.choice([*CLASSES, label], len(each)).tolist()]
        said[3:4] = [None] * len(said[3:4])  # too few at the first detection
        answers[name] = said[: len(each) + 1]
    ages = sorted({0.0, 3.0, 7.5, float(rng.integers(9, 12))}, reverse=True)
    return Trial(observations, answers, labels, [*ages[1:], ages[0]])


def verdicts(given: Trial, times: list[list[float]]) -> list[tuple[bool, bool]]:
    """Of each light curve that is cut to these times: is it right, and is it refused?"""
    said = [given.answers[name][len(t)] for name, t in zip(given.observations, times, strict=True)]
    return [(s == label, s is None) for s, label in zip(said, given.labels, strict=True)]


def asked(learner: Subject, given: Trial) -> tuple[Aged, dict[str, list[float]]]:
    """What came of a trial, and the columns of the table."""
    reply = learner.ask(probes.by_age, *given)
    known = Mistake("refused-crashes", Raises("KeyError", "predicted"))
    fail_if_recognised(reply, known)
    got = reply.value
    if not isinstance(got.table, Table):
        raise Finding("not-a-table", got=kind_of(got.table))
    lacking = [name for name in COLUMNS if name not in got.table.columns]
    require(not lacking, "columns-missing", names=", ".join(lacking))
    columns = {name: _numbers(got.table.columns[name]) for name in COLUMNS}
    n, n_got = len(given.ages), len(columns["age"])
    require(n_got == n, "number-of-rows", got=n_got, want=n)
    return got, {name: as_many(column, n) for name, column in columns.items()}


def _numbers(column: Any) -> list[float]:
    """A column of the table as a list of numbers. Raises `Failure` if it holds anything else."""
    try:
        return [float(value) for value in np.asarray(column, float).reshape(-1)]
    except (TypeError, ValueError):
        raise Failure(f"{UNREADABLE} A column holds no numbers.", "error") from None


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


@gate
@twice
def test_accuracy(learner: Subject, rng: Rng) -> None:
    """The share of all light curves that are right at each age, refused ones being wrong"""
    given = trial(rng)
    got, table = asked(learner, given)
    by_ages = [verdicts(given, times_of(given, age)) for age in given.ages]
    want = [mean(right for right, _ in each) for each in by_ages]
    answered = [[right for right, refused in each if not refused] for each in by_ages]
    of_answered = [mean(each) if each else float("nan") for each in answered]
    check_cutting(got, given)
    with showing("{}['accuracy'].tolist()"):
        expect(
            Answer(table["accuracy"]),
            want,
            Mistake("refused-left-out", of_answered),
            Mistake("refused-left-out", [0.0 if v != v else v for v in of_answered]),
            Mistake("counts-for-shares", [each * len(given.labels) for each in want]),
            Mistake("per-cent", [100 * each for each in want]),
            what="the list of accuracies",
        )


def check_cutting(got: Aged, given: Trial) -> None:
    """The classifier must be asked about the light curves as they were at each age."""
    found = [[times for _, times in call] for call in got.asked]
    want = [times_of(given, age) for age in given.ages]
    with showing(ASKED):
        require(bool(found), "classifier-not-asked")
        n_curves = len(given.labels)
        single = len(found) == n_curves * len(given.ages) and all(len(c) == 1 for c in found)
        require(not single, "one-by-one", n=len(found))
        detected = [i for i, d in enumerate(given.observations.values()) if first_seen(d)]
        fewer = [[call[i] for i in detected] for call in want]
        known_ways = other_times(given)
        expect(
            Answer(found),
            want,
            Mistake("undetected-left-out", fewer),
            Mistake("first-observation", known_ways["first-observation"]),
            Mistake("positive-only", known_ways["positive-only"]),
            Mistake("strictly-before", known_ways["strictly-before"]),
            Mistake("past-lost", known_ways["past-lost"]),
            Mistake("undetected-whole", known_ways["undetected-whole"]),
            Mistake("not-cut", known_ways["not-cut"]),
            Mistake("not-cut", known_ways["not-cut"][:1]),
            Mistake("asked-by-sorted-age", [times_of(given, a) for a in sorted(given.ages)]),
            what="the list of times that the classifier was given",
        )


def test_refused(learner: Subject, rng: Rng) -> None:
    """The share of all light curves that are refused at each age"""
    given = trial(rng)
    _, table = asked(learner, given)
    by_ages = [verdicts(given, times_of(given, age)) for age in given.ages]
    want = [mean(refused for _, refused in each) for each in by_ages]
    with showing("{}['refused'].tolist()"):
        expect(
            Answer(table["refused"]),
            want,
            Mistake("answered-for-refused", [1 - each for each in want]),
            Mistake("wrong-for-refused", [mean(not r for r, _ in each) for each in by_ages]),
            Mistake("counts-for-shares", [each * len(given.labels) for each in want]),
            Mistake("per-cent", [100 * each for each in want]),
            what="the list of shares",
        )


def test_ages(learner: Subject, rng: Rng) -> None:
    """A row for each age, in the order in which they were given"""
    given = trial(rng)
    _, table = asked(learner, given)
    with showing("{}['age'].tolist()"):
        by_size = Mistake("ages-sorted", sorted(given.ages))
        expect(Answer(table["age"]), given.ages, by_size, what="the list of ages")
    _, table = asked(learner, given._replace(ages=[]))
    with showing("{}['age'].tolist()"):
        expect(Answer(table["age"]), [], what="the list of ages without any")


def test_as_they_are(learner: Subject, rng: Rng) -> None:
    """Light curves keep their names and their order, and are not changed"""
    given = trial(rng)
    got, _ = asked(learner, given)
    names = [[name for name, _ in call] for call in got.asked]
    with showing(ASKED):
        want = [list(given.observations)] * len(given.ages)
        lost = Mistake("names-lost", [["unknown"] * len(given.labels)] * len(given.ages))
        expect(Answer(names), want, lost, what="the list of names that the classifier was given")
    before = [[obs["mjd"] for obs in data] for data in given.observations.values()]
    with showing("{}\n[lc.data['mjd'].tolist() for lc in lightcurves]"):
        require(approx_equal(got.after, before), "light-curves-changed")
