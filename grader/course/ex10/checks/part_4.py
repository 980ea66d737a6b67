"""Checks of 10.4, The reliability diagram."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex10 import probes
from grader.course.ex10.checks.common import Array, answers, bin_of, binned, table_of
from grader.course.ex10.replies import Diagram, Panel, Text
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.expect import approx_equal, require


def lines_in(panel: Panel) -> list[Array]:
    """What is drawn as a line or as single points."""
    return [np.array(points) for points in (*panel.lines, *panel.scattered)]


def has_line(panel: Panel, want: Array) -> bool:
    return any(len(line) == len(want) and np.allclose(line, want) for line in lines_in(panel))


def panels_of(answer: Answer[Diagram]) -> list[Panel]:
    """The three panels of a new figure."""
    return panels_in(answer.value)


def panels_in(got: Diagram) -> list[Panel]:
    """The three panels of a figure, which is a new one."""
    require(got.returned != "NoneType", "figure-not-returned")
    require(got.returned == "Figure", "not-a-figure", got=got.returned)
    require(got.new or not got.name, "same-figure-again~name", name=got.name)
    require(got.new, "same-figure-again")
    require(not got.touched_another, "drawn-into-other-figure")
    require(len(got.panels) == 3, "other-number-of-panels", n_panels=len(got.panels))
    require(not got.shown, "figure-shown")
    require(not got.changed, "arguments-changed")
    require(not got.settings_changed, "settings-changed")
    return got.panels


def diagram_data(rng: Rng, n: int = 60) -> tuple[Array, Array, Array, int]:
    y_true, y_prob = answers(rng, n, 3)
    return y_true, y_prob, rng.permutation(0.05 + 0.85 * np.linspace(0, 1, n) ** 3), 8


@gate
@twice
def test_diagram(learner: Subject, rng: Rng) -> None:
    """Accuracy against confidence, the diagonal, and the counts"""
    y_true, y_prob, uncertainty, n_bins = diagram_data(rng)
    panels = panels_of(learner.ask(probes.diagram, y_true, y_prob, uncertainty, n_bins))
    bins = binned(y_true, y_prob, n_bins)
    check_accuracy(panels[0], bins)
    check_counts(panels[0], bins)
    require(all(label.strip() for panel in panels[:3] for label in panel.labels), "no-labels")


def check_counts(panel: Panel, bins: list[list[tuple[float, bool]]]) -> None:
    """The counts of the bins that are not empty are written in the panel."""
    words = [word for text in panel.texts for word in words_of(text)]
    counts = [str(len(b)) for b in bins if b]
    if all(words.count(each) >= counts.count(each) for each in counts):
        return
    numbers = [word for word in words if word.isdecimal()]
    fields = {"counts": ", ".join(counts), "got": ", ".join(numbers)}
    first = [str(len(b)) for b in bins][: len(counts)]
    require(sorted(numbers) != sorted(first), "counts-of-other-bins", **fields)
    require(bool(numbers), "no-counts", **fields)
    require(not Counter(numbers) <= Counter(counts), "no-counts~some", **fields)
    require(False, "other-counts", **fields)


def filled_points(bins: list[list[tuple[float, bool]]]) -> Array:
    """Confidence and accuracy of the bins that are not empty."""
    columns = table_of([b for b in bins if b])
    return np.column_stack([columns["confidence"], columns["accuracy"]])


def check_accuracy(panel: Panel, bins: list[list[tuple[float, bool]]]) -> None:
    """The line of accuracy against confidence, and the diagonal."""
    columns, n_bins = table_of(bins), len(bins)
    every = np.column_stack([columns["confidence"], columns["accuracy"]])
    want = filled_points(bins)
    require(not has_line(panel, want[:, ::-1]), "axes-swapped")
    require(not has_line(panel, np.nan_to_num(every)) or len(want) == n_bins, "empty-bins-drawn")
    centres = np.column_stack([(np.arange(n_bins) + 0.5) / n_bins, every[:, 1]])
    require(not has_line(panel, centres[~np.isnan(centres).any(axis=1)]), "middle-of-bins")
    require(has_line(panel, want), "no-accuracy-line")
    ends = [line[[0, -1]] for line in lines_in(panel) if len(line) >= 2]
    diagonal = np.array([[0.0, 0.0], [1.0, 1.0]])
    require(any(np.allclose(each, diagonal) for each in ends), "no-diagonal")


def test_histogram(learner: Subject, rng: Rng) -> None:
    """A histogram of the confidences, even of those on bin edges"""
    y_true, y_prob, uncertainty, n_bins = diagram_data(rng)
    y_prob[y_prob.max(axis=1) <= 0.375] = [0.9, 0.05, 0.05]
    y_prob[:4] = [[0.75, 0.25, 0.0], [0.25, 0.5, 0.25], [0.0, 0.0, 1.0], [0.36, 0.34, 0.3]]
    y_true[3] = 1  # a bin with a single answer, which is wrong
    panels = panels_of(learner.ask(probes.diagram, y_true, y_prob, uncertainty, n_bins))
    bins, wrong_side = (binned(y_true, y_prob, n_bins, of) for of in (bin_of, left_closed))
    want = [float(len(b)) for b in bins if b]
    got = [height for _, height in sorted(panels[1].bars) if height]
    by_left = [float(len(b)) for b in wrong_side if b]
    require(got != by_left or got == want, "wrong-side-open")
    places = [x for x, height in panels[1].bars if height]
    require(len(set(np.round(places, 6))) == len(places), "bars-in-one-place")
    check_bars(got, want, y_prob, n_bins)
    check_limits(2, panels[1], [bar for bar in panels[1].bars if bar[1]])
    require(not has_line(panels[0], filled_points(wrong_side)), "wrong-side-open~line")
    several = [b for b in bins if len(b) > 1]
    require(not has_line(panels[0], filled_points(several)), "bins-of-one-answer-lost")
    check_accuracy(panels[0], bins)
    check_counts(panels[0], bins)


def words_of(text: Text) -> list[str]:
    """The words of a text, numbers among them: that of `n = 3` or `n=3` is 3."""
    return text.words.replace("=", " ").split()


def error_points(y_true: Array, y_prob: Array, uncertainty: Array, n_bins: int) -> Array:
    """Mean uncertainty and fraction of errors of groups of equal size."""
    wrong = y_prob.argmax(axis=1) != y_true
    groups = np.array_split(np.argsort(uncertainty), min(n_bins, len(y_true)))
    return np.array([[uncertainty[g].mean(), wrong[g].mean()] for g in groups])


def left_closed(confidence: float, n_bins: int) -> int:
    """The bin of a histogram by NumPy or matplotlib, which has its left border in it."""
    return min(math.floor(confidence * n_bins), n_bins - 1)


def check_bars(got: list[float], want: list[float], y_prob: Array, n_bins: int) -> None:
    """The heights of the bars that are higher than 0."""
    for of in (bin_of, left_closed):
        of_all = Counter(of(c, n_bins) for c in y_prob.ravel().tolist())
        every = [of_all[number] for number in sorted(of_all)]
        require(got != every or got == want, "all-classes-counted")
    require(not approx_equal(got, [c / len(y_prob) for c in want]), "fractions-for-counts")
    require(got == want, "other-bars", got=got, want=want)


def test_errors_by_uncertainty(learner: Subject, rng: Rng) -> None:
    """The fraction of errors against the uncertainty"""
    sets = [diagram_data(rng, n) for n in (60, 5)]
    drawn = learner.ask(probes.diagrams, [each[:3] for each in sets], sets[0][3]).value
    for (y_true, y_prob, uncertainty, n_bins), diagram in zip(sets, drawn, strict=False):
        n = len(y_true)
        third = panels_in(diagram)[2]
        wrong = (y_prob.argmax(axis=1) != y_true).astype(float)
        want = error_points(y_true, y_prob, uncertainty, n_bins)
        unsorted = np.array_split(np.arange(n), min(n_bins, n))
        mixed = np.array([[uncertainty[g].mean(), wrong[g].mean()] for g in unsorted])
        upside_down = np.column_stack([want[:, 0], 1 - want[:, 1]])
        require(
            not has_line(third, upside_down) or np.allclose(upside_down, want),
            "accuracy-for-errors",
        )
        require(not has_line(third, mixed) or np.allclose(mixed, want), "not-sorted")
        if has_line(third, want):
            continue
        unsorted_errors = np.column_stack([want[:, 0], mixed[:, 1]])
        require(not has_line(third, unsorted_errors), "errors-not-sorted")
        confidence = y_prob.max(axis=1)
        for values in (confidence, -confidence):
            by_it = np.array_split(np.argsort(values, kind="stable"), min(n_bins, n))
            for across in (uncertainty, confidence):
                line = np.array([[across[g].mean(), wrong[g].mean()] for g in by_it])
                require(not has_line(third, line), "sorted-by-confidence")
        borders = np.linspace(uncertainty.min(), uncertainty.max(), n_bins + 1)[1:-1]
        places = np.searchsorted(borders, uncertainty)
        wide = [places == b for b in range(n_bins) if (places == b).any()]
        line = np.array([[uncertainty[g].mean(), wrong[g].mean()] for g in wide])
        require(not has_line(third, line), "groups-of-equal-width")
        require(False, "no-error-line", n=n, n_bins=n_bins)


def test_readable(learner: Subject, rng: Rng) -> None:
    """Each count is beside its point, and all points and bars are within the axes"""
    y_true, y_prob, uncertainty, n_bins = diagram_data(rng)
    uncertainty *= 3  # more than 1 among them
    certain, *_, doubtful = np.array_split(np.argsort(uncertainty), n_bins)
    y_true[certain] = y_prob[certain].argmax(axis=1)  # all of them right, so that the line is at 0
    y_true[doubtful] = (y_prob[doubtful].argmax(axis=1) + 1) % 3  # and at 1
    panels = panels_of(learner.ask(probes.diagram, y_true, y_prob, uncertainty, n_bins))
    bins = [b for b in binned(y_true, y_prob, n_bins) if b]
    points = filled_points(bins).tolist()
    for point, count in zip(points, map(len, bins), strict=True):
        beside = [text for text in panels[0].texts if str(count) in words_of(text)]
        near = any(not (math.dist((text.x, text.y), point) > 0.2) for text in beside)
        require(near, "counts-elsewhere", count=count, point=f"({point[0]:.2f}, {point[1]:.2f})")
    if has_line(panels[0], np.array(points)):
        check_limits(1, panels[0], [*points, [0.0, 0.0], [1.0, 1.0]])
    check_limits(2, panels[1], [bar for bar in panels[1].bars if bar[1]])
    errors = error_points(y_true, y_prob, uncertainty, n_bins)
    if has_line(panels[2], errors):
        check_limits(3, panels[2], errors)


def check_limits(number: int, panel: Panel, drawn: Iterable[Iterable[float]]) -> None:
    """What is drawn in the panel of this number is within its axes."""
    (left, right), (bottom, top) = panel.limits
    for x, y in drawn:
        within = left - 1e-9 <= x <= right + 1e-9 and bottom - 1e-9 <= y <= top + 1e-9
        require(within, "outside-of-axes", number=number, place=f"({x:.2f}, {y:.2f})")
