"""What the answers of a model are worth: the published scale of the capstone.

A measure earns points between a floor, where there are none, and a goal, where there are all of
them, linearly. Before that, its value is moved by its standard error in the model's favour: the
standard deviation of the measure over RESAMPLES bootstrap samples of the objects. A model that does
not clearly beat the answer "always the commonest class" earns nothing at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader.capstone.exam import CLASSES, TDE, Exam
from grader.capstone.sitting import Answers

RESAMPLES = 1000
BINS = 10  # of equal width, as in Exercise 10
LEAST_PRECISION = 0.40  # of TDEs, so that their recall counts
CLEARLY = 2.0  # standard errors by which a model has to beat the commonest class


@dataclass(frozen=True)
class Criterion:
    """A measure that earns points: what it is called, at which value it has how many."""

    key: str
    title: str
    points: float
    floor: float
    goal: float


SCALE = (
    Criterion("accuracy", "accuracy", 40, floor=0.70, goal=0.90),
    Criterion("tde_recall", "TDE recall", 30, floor=0.40, goal=0.70),
    Criterion("ece", "calibration error", 20, floor=0.10, goal=0.05),
    Criterion("seconds", "time a curve [s]", 10, floor=1.0, goal=0.1),
)


@dataclass(frozen=True)
class Measure:
    """A measure with its 95% interval and standard error; NaN where it could not be taken."""

    value: float
    low: float
    high: float
    error: float


@dataclass(frozen=True)
class Mark:
    """The points for one criterion, and the value that counted for them."""

    criterion: Criterion
    measure: Measure
    counted: float
    points: float


@dataclass(frozen=True)
class Verdict:
    """All that is known of a model's answers.

    Attributes
    ----------
    marks : list of Mark
        One for each criterion.
    measures : dict of Measure
        Those of the marks, and `tde_precision`, `overconfidence` (mean confidence minus accuracy
        of what was answered) and `gain` (accuracy beyond that of the commonest class).
    confusion : int array (5, 6)
        True classes by answers; the last column counts the light curves without an answer.
    beats_majority : bool
        Whether there are points at all.
    """

    marks: list[Mark]
    measures: dict[str, Measure]
    confusion: np.ndarray
    beats_majority: bool

    @property
    def points(self) -> float:
        """The sum of all points, of 100."""
        return round(sum(mark.points for mark in self.marks), 1)


@dataclass(frozen=True)
class _Sheet:
    """What counts for each object: arrays (n,) of which the measures are means and ratios."""

    truth: np.ndarray
    answer: np.ndarray
    confidence: np.ndarray
    is_tde: np.ndarray
    seconds: np.ndarray
    majority: int

    def at(self, places: np.ndarray) -> _Sheet:
        arrays = (self.truth, self.answer, self.confidence, self.is_tde, self.seconds)
        truth, answer, confidence, is_tde, seconds = (each[places] for each in arrays)
        return _Sheet(truth, answer, confidence, is_tde, seconds, self.majority)


def judged(exam: Exam, answers: Answers) -> Verdict:
    """Return what a model's answers are worth. Light curves without an answer count as wrong."""
    sheet = _sheet(exam, answers)
    measures = _with_intervals(sheet)
    beats = measures["gain"].value > CLEARLY * measures["gain"].error
    marks = [_mark(each, measures, beats) for each in SCALE]
    size = len(CLASSES) + 1
    counts = np.bincount(sheet.truth * size + sheet.answer, minlength=size * len(CLASSES))
    return Verdict(marks, measures, counts.reshape(-1, size), bool(beats))


def _sheet(exam: Exam, answers: Answers) -> _Sheet:
    answered = answers.answered
    known = np.where(answered[:, None], answers.probabilities, 0.0)
    answer = np.where(answered, known.argmax(axis=1), len(CLASSES))
    is_tde = answer == TDE
    if answers.threshold is not None:
        is_tde = answered & (known[:, TDE] >= answers.threshold)
    confidence = np.where(answered, known.max(axis=1), np.nan)
    return _Sheet(exam.truth, answer, confidence, is_tde, answers.seconds, exam.majority)


def _measures(sheet: _Sheet) -> dict[str, float]:
    right, true = sheet.answer == sheet.truth, sheet.truth == TDE
    answered = np.isfinite(sheet.confidence)
    gap = sheet.confidence[answered] - right[answered]
    found = int((sheet.is_tde & true).sum())
    bins = np.searchsorted(np.arange(1, BINS) / BINS, sheet.confidence[answered], side="left")
    each = np.abs(np.bincount(bins, weights=gap)).sum()
    asked = sheet.seconds[np.isfinite(sheet.seconds)]
    return {
        "accuracy": float(right.mean()),
        "tde_recall": _ratio(found, true.sum()),
        "tde_precision": _ratio(found, sheet.is_tde.sum()),
        "ece": _ratio(each, len(gap)),
        "seconds": _ratio(asked.sum(), len(asked)),
        "overconfidence": _ratio(gap.sum(), len(gap)),
        "gain": float(right.mean() - (sheet.truth == sheet.majority).mean()),
    }


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")


def _with_intervals(sheet: _Sheet) -> dict[str, Measure]:
    """All measures, with what they are in bootstrap samples of the objects (a fixed seed)."""
    rng, count = np.random.default_rng(0), len(sheet.truth)
    drawn = [_measures(sheet.at(rng.integers(count, size=count))) for _ in range(RESAMPLES)]
    found = {}
    for key, value in _measures(sheet).items():
        samples = np.array([each[key] for each in drawn])
        samples = samples[np.isfinite(samples)]
        if not len(samples) or not np.isfinite(value):
            found[key] = Measure(value, np.nan, np.nan, 0.0)
            continue
        low, high = np.quantile(samples, [0.025, 0.975])
        found[key] = Measure(value, float(low), float(high), float(samples.std()))
    return found


def _mark(criterion: Criterion, measures: dict[str, Measure], beats_majority: bool) -> Mark:
    measure = measures[criterion.key]
    better = 1 if criterion.goal > criterion.floor else -1
    counted = measure.value + better * measure.error
    if better < 0:
        counted = max(counted, 0.0)
    share = (counted - criterion.floor) / (criterion.goal - criterion.floor)
    precision = measures["tde_precision"]
    is_imprecise = not precision.value + precision.error >= LEAST_PRECISION
    if not beats_majority or np.isnan(share) or (criterion.key == "tde_recall" and is_imprecise):
        share = 0.0
    points = round(criterion.points * min(max(share, 0.0), 1.0), 1)
    return Mark(criterion, measure, float(counted), points)
