"""Checks of 8.4, The confusion matrix."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from grader.answer import Answer, Subject
from grader.course.ex08 import probes
from grader.course.ex08.checks.common import figure_of
from grader.course.ex08.replies import Cell, Matrix, Tick, Written
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.expect import Mistake, approx_equal, expect, fail_if_recognised, require, shown

PLOTTED = np.array([[17, 2, 0, 1], [3, 15, 0, 0], [0, 0, 0, 0], [6, 4, 0, 12]])  # no third class
PLOT_NAMES = ["SNIa", "SNII", "AGN", "TDE"]


def some_counts(rng: Rng) -> np.ndarray:
    """A confusion matrix without the third class."""
    return PLOTTED + rng.integers(0, 5, PLOTTED.shape) * (PLOTTED > 0)


def drawn(learner: Subject, rng: Rng, plotted: np.ndarray) -> Matrix:
    """What is seen of a figure, once it is one with all names on its axes."""
    pairs = [pair for pair, count in np.ndenumerate(plotted) for _ in range(count)]
    pairs = [pairs[i] for i in rng.permutation(len(pairs))]
    targets, predictions = [int(t) for t, _ in pairs], [int(p) for _, p in pairs]
    answer = learner.ask(probes.confusion_figure, PLOT_NAMES, targets, predictions)
    raised = answer.raised
    if raised is not None and any(map(raised.is_a, ("ValueError", "IndexError"))):
        numbers = list(range(len(PLOT_NAMES)))
        works = learner.ask(probes.confusion_figure, PLOT_NAMES, numbers, numbers).raised is None
        fail_if_recognised(answer, Mistake("absent-class-dropped", works, error=raised))
    got = figure_of(answer)
    check_names(got.columns, "horizontal")
    across = sorted(of_classes(got.columns), key=lambda tick: tick.place)
    order = [tick.name for tick in across]
    require(order == PLOT_NAMES, "columns-in-other-order", got=order, want=PLOT_NAMES)
    check_names(got.rows, "vertical")
    down = sorted(of_classes(got.rows), key=lambda tick: -tick.place)  # from top to bottom
    order = [tick.name for tick in down]
    require(order == PLOT_NAMES, "upside-down", got=order, want=PLOT_NAMES)
    return got


def check_names(ticks: list[Tick], axis: str) -> None:
    """The names of all classes must stand on an axis."""
    labels = [tick.name for tick in ticks if tick.name]
    require(any(name in labels for name in PLOT_NAMES), "no-names", axis=axis, got=shown(labels))
    missing = ", ".join(name for name in PLOT_NAMES if name not in labels)
    require(not missing, "absent-class-dropped~name", missing=missing, axis=axis)


def of_classes(ticks: list[Tick]) -> list[Tick]:
    return [tick for tick in ticks if tick.name in PLOT_NAMES]


def cell_of(got: Matrix, at: Written | Cell) -> tuple[int, int]:
    """Row and column of the cell that a text or a colour stands in."""
    row = min(of_classes(got.rows), key=lambda tick: abs(tick.place - at.y))
    column = min(of_classes(got.columns), key=lambda tick: abs(tick.place - at.x))
    return PLOT_NAMES.index(row.name), PLOT_NAMES.index(column.name)


@gate
@twice
def test_counts_in_cells(learner: Subject, rng: Rng) -> None:
    """The count of every pair stands in its cell; rows are true, columns predicted classes"""
    plotted = some_counts(rng)
    got = drawn(learner, rng, plotted)
    compare_axis_labels(got.across, got.down)
    counts = written_counts(got, plotted)
    if (counts == plotted.T).all():
        colours = colours_of(got, plotted)
        by_row = plotted / plotted.sum(axis=1, keepdims=True).clip(min=1)
        in_place = any(approx_equal(colours, each) for each in (by_row, 100 * by_row))
        require(not in_place, "transposed~text")
        require(False, "transposed")
    there = plotted.sum(axis=1) > 0
    moved_up = (counts[:3, :3] == plotted[there][:, there]).all()
    require(not moved_up, "absent-class-dropped~counts")
    for (row, column), want in np.ndenumerate(plotted):
        count, names = counts[row, column], (PLOT_NAMES[row], PLOT_NAMES[column])
        require(count == want, "wrong-count", row=names[0], column=names[1], got=count, want=want)


def written_counts(got: Matrix, plotted: np.ndarray) -> np.ndarray:
    """The count that stands in each cell; 0 where there is no text."""
    counts = np.zeros(plotted.shape, dtype=object)
    written = [each for each in got.texts if re.search("[0-9]", each.text)]
    require(bool(written), "no-counts")
    for each in written:
        place = cell_of(got, each)
        figures = re.findall(r"[0-9]+\.[0-9]+|[0-9]+", each.text)
        whole = [int(figure[:20]) for figure in figures if "." not in figure]
        require(bool(whole), "fractions-written", got=each.text)
        counts[place] = plotted[place] if plotted[place] in whole else whole[0]
    return counts


def compare_axis_labels(across: str, down: str) -> None:
    """The horizontal axis has the predicted classes, the vertical one the true ones."""
    require("true" not in across.lower() or "predicted" not in down.lower(), "labels-swapped")
    for word, text, axis in (("predicted", across, "horizontal"), ("true", down, "vertical")):
        require(word in text.lower(), "no-axis-labels", axis=axis, got=text, word=word)


def colours_of(got: Matrix, plotted: np.ndarray) -> np.ndarray:
    """The value of the colour of each cell; 0 in a row without objects, which may be blank."""
    values = np.full(plotted.shape, math.nan)
    for cell in got.cells:
        values[cell_of(got, cell)] = cell.value
    values[plotted.sum(axis=1) == 0] = 0
    return values


def test_new_figure(learner: Subject, rng: Rng) -> None:
    """Each call makes a figure of its own"""
    require(not drawn(learner, rng, some_counts(rng)).used_again, "figure-used-again")


@pytest.mark.parametrize("data", ["an absent class", "a single object", "no zeros"])
def test_colours(learner: Subject, rng: Rng, data: str) -> None:
    """The colour is the fraction of the row"""
    plotted = some_counts(rng)
    plotted[2] = {"no zeros": [2, 1, 5, 3], "a single object": [0, 0, 1, 0]}.get(data, 0)
    plotted += data == "no zeros"
    got = drawn(learner, rng, plotted)
    if len(got.cells) < plotted.size:
        require(bool(got.texts), "nothing-drawn")
        return  # drawn in another way
    values = colours_of(got, plotted)
    rows = plotted.sum(axis=1, keepdims=True)
    by_row = plotted / rows.clip(min=1)
    by_column = plotted / plotted.sum(axis=0, keepdims=True).clip(min=1)
    percent = approx_equal(values, 100 * by_row)
    if percent or approx_equal(values, by_row):
        whole = 100 if percent else 1
        fits = not got.limits or approx_equal(got.limits, [0, whole])
        require(fits, "colours-stretched", got=shown([round(x, 3) for x in got.limits]), top=whole)
        return
    expect(
        Answer(values),
        by_row,
        Mistake("colour-of-counts", plotted.astype(float)),
        Mistake("colour-by-column", by_column),
        Mistake("colour-by-column~axis", plotted / rows.T.clip(min=1)),
        Mistake("transposed~colours", by_row.T),
        what="the colours (rows are true classes)",
    )
