"""Checks of 8.4, The confusion matrix."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex08 import probes
from grader.course.ex08.checks.common import Rng, figure_of
from grader.course.gates import gate, twice
from grader.expect import Mistake, approx_equal, expect, fail_if_recognised, require, shown

PLOTTED = np.array([[17, 2, 0, 1], [3, 15, 0, 0], [0, 0, 0, 0], [6, 4, 0, 12]])  # no third class


PLOT_NAMES = ["SNIa", "SNII", "AGN", "TDE"]


def drawn(learner: Subject, rng: Rng) -> tuple[dict, np.ndarray]:
    """What is seen of a figure, once it is one with all names on its axes; the counts in it."""
    plotted = PLOTTED + rng.integers(0, 5, PLOTTED.shape) * (PLOTTED > 0)
    pairs = [pair for pair, count in np.ndenumerate(plotted) for _ in range(count)]
    pairs = [pairs[i] for i in rng.permutation(len(pairs))]
    targets, predictions = [int(t) for t, _ in pairs], [int(p) for _, p in pairs]
    answer = learner.ask(probes.confusion_figure, PLOT_NAMES, targets, predictions)
    raised = answer.raised
    fail_if_recognised(
        answer,
        Mistake(
            "absent-class-dropped",
            raised is not None and any(map(raised.is_a, ("ValueError", "IndexError"))),
            raised_=raised,
        ),
    )
    got = figure_of(answer)
    for axis, names in (("columns", PLOT_NAMES), ("rows", PLOT_NAMES)):
        labels = [label for label, _ in got[axis] if label]
        word = "horizontal" if axis == "columns" else "vertical"
        require(any(name in labels for name in names), "no-names", word=word, labels=shown(labels))
        missing = [name for name in names if name not in labels]
        require(not missing, "absent-class-dropped~2", missing=", ".join(missing), word=word)
        sign = 1 if axis == "columns" else -1  # from top to bottom
        ordered = sorted((sign * place, label) for label, place in got[axis] if label in names)
        require(
            [label for _, label in ordered] == names,
            "axis-names-order" if sign > 0 else "upside-down",
            word=word,
            value=[label for _, label in ordered],
            names=names,
            value2="left to right" if sign > 0 else "top to bottom",
        )
    return got, plotted


def nearest(places: list[list[Any]], where: float) -> str:
    """The name that stands nearest to a place on an axis."""
    return min(places, key=lambda each: abs(each[1] - where))[0]


@gate
@twice
def test_counts_in_cells(learner: Subject, rng: Rng) -> None:
    """The count of every pair stands in its cell; rows are true, columns predicted classes"""
    got, plotted = drawn(learner, rng)
    compare_axis_labels(*got["labels"])
    across, down = (
        [each for each in got[axis] if each[0] in PLOT_NAMES] for axis in ("columns", "rows")
    )
    counts = np.zeros(plotted.shape, dtype=int)
    written = [[text, x, y] for text, x, y in got["texts"] if re.search(r"\d", text)]
    require(bool(written), "no-counts")
    for text, x, y in written:
        row = PLOT_NAMES.index(nearest(down, y))
        column = PLOT_NAMES.index(nearest(across, x))
        figures = re.findall(r"\d+\.\d+|\d+", text)
        whole = [int(figure) for figure in figures if "." not in figure]
        require(bool(whole), "fractions-written", text_=text)
        counts[row, column] = plotted[row, column] if plotted[row, column] in whole else whole[0]
    require(not (counts == plotted.T).all(), "transposed")
    there = plotted.sum(axis=1) > 0
    require(not (counts[:3, :3] == plotted[there][:, there]).all(), "absent-class-dropped~3")
    for (row, column), count in np.ndenumerate(plotted):
        require(
            counts[row, column] == count,
            "row-column-stands",
            plot_names=PLOT_NAMES[row],
            plot_names2=PLOT_NAMES[column],
            counts=counts[row, column],
            count=count,
        )


def compare_axis_labels(across: str, down: str) -> None:
    """The horizontal axis has the predicted classes, the vertical one the true ones."""
    require("true" not in across.lower() or "predicted" not in down.lower(), "labels-swapped")
    for word, text, axis in (("predicted", across, "horizontal"), ("true", down, "vertical")):
        require(word in text.lower(), "no-axis-labels", axis=axis, text_=text, word=word)


def test_colours(learner: Subject, rng: Rng) -> None:
    """The colour is the fraction of the row"""
    got, plotted = drawn(learner, rng)
    across, down = (
        [each for each in got[axis] if each[0] in PLOT_NAMES] for axis in ("columns", "rows")
    )
    if len(got["cells"]) < plotted.size:
        require(bool(got["texts"]), "nothing-drawn-axes")
        return  # drawn in another way
    values = np.full(plotted.shape, math.nan)
    for value, x, y in got["cells"]:
        place = PLOT_NAMES.index(nearest(down, y)), PLOT_NAMES.index(nearest(across, x))
        values[place] = value
    rows = plotted.sum(axis=1, keepdims=True)
    values[rows[:, 0] == 0] = 0  # a row without objects may be blank
    by_row = plotted / rows.clip(min=1)
    by_column = plotted / plotted.sum(axis=0, keepdims=True).clip(min=1)
    answer = Answer(values)
    if approx_equal(values, by_row) or approx_equal(values, 100 * by_row):
        return
    fail_if_recognised(
        answer,
        Mistake("colour-of-counts", plotted.astype(float)),
        Mistake("colour-by-column", by_column),
        Mistake("colour-by-column~2", plotted / rows.T.clip(min=1)),
        Mistake("transposed~2", by_row.T),
    )
    expect(answer, by_row, what="the colours (rows are true classes)")
