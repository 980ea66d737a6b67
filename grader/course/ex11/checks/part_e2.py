"""Checks of 11.E2, How soon can we know?."""

from __future__ import annotations

import math
from statistics import mean
from typing import Any

import numpy as np

from grader.answer import UNREADABLE, Answer, Failure, Finding, Subject
from grader.course.counted import as_many
from grader.course.ex11 import probes
from grader.course.ex11.checks.aging import (
    Trial,
    accuracies,
    first_seen,
    of_answered,
    other_times,
    plain_trial,
    times_of,
    trial,
    verdicts,
)
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

COLUMNS = ("age", "accuracy", "refused")
ASKED = "{}\noracle.asked"


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


@gate
@twice
def test_accuracy(learner: Subject, rng: Rng) -> None:
    """The share of all light curves that are right at each age, refused ones being wrong"""
    given = plain_trial(rng)
    _, table = asked(learner, given)
    times = [times_of(given, age) for age in given.ages]
    want, others = accuracies(given, times), other_times(given)
    answered = of_answered(given)
    silent = [all(refused for _, refused in verdicts(given, each)) for each in times]
    unknown = [math.nan if n else share for n, share in zip(silent, answered, strict=True)]
    with showing("{}['age'].tolist()"):
        expect(Answer(table["age"]), given.ages, what="the list of ages")
    with showing("{}['accuracy'].tolist()"):
        expect(
            Answer(table["accuracy"]),
            want,
            Mistake("refused-left-out", answered),
            Mistake("refused-left-out", unknown),
            Mistake("counts-for-shares", [each * len(given.labels) for each in want]),
            Mistake("per-cent", [100 * each for each in want]),
            Mistake("not-cut", accuracies(given, others["not-cut"])),
            Mistake("first-observation", accuracies(given, others["first-observation"])),
            Mistake("past-lost", accuracies(given, others["past-lost"])),
            what="the list of accuracies",
        )


def test_cutting(learner: Subject, rng: Rng) -> None:
    """The classifier is asked once for each age, about what was known of all light curves"""
    given = trial(rng)
    got, _ = asked(learner, given)
    check_cutting(got, given)


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
