"""Checks of 8.4, The confusion matrix."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Failure, Subject, about
from grader.course.counted import as_many
from grader.course.ex08 import probes
from grader.course.ex08.checks.common import figure_of
from grader.course.ex08.replies import Cell, Matrix, Tick, Written
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.course.quoted import quoted
from grader.expect import Mistake, approx_equal, expect, fail_if_recognised, require, shown

PLOTTED = np.array([[17, 2, 0, 1], [3, 15, 0, 0], [0, 0, 0, 0], [6, 4, 0, 12]])  # no third class
PLOT_NAMES = ["SNIa", "SNII", "AGN", "TDE"]
TABLES = {"an absent class": 0, "no zeros": 1}  # and the place of the picture


def some_tables(rng: Rng) -> list[np.ndarray]:
    """A confusion matrix without the third class and with one SNII, and one without zeros."""
    absent = PLOTTED + rng.integers(0, 5, PLOTTED.shape) * (PLOTTED > 0)
    absent[1] = [0, 1, 0, 0]
    full = PLOTTED + rng.integers(1, 6, PLOTTED.shape)
    return [absent, full]


@dataclass
class Pictures:
    """What a tracker has drawn of several matrices, one after another."""

    tables: list[np.ndarray]
    answer: Answer[list[Matrix]]

    def of(self, data: str) -> tuple[Matrix, np.ndarray]:
        """One of them, once it is a figure with all names on its axes; and its matrix."""
        with about(self.answer.question):
            place = TABLES[data]
            got, table = as_many(self.answer.value, len(TABLES))[place], self.tables[place]
            return named(got, table), table


def drawn(learner: Subject, rng: Rng, memory: dict[str, Any]) -> Pictures:
    """The pictures of some matrices, which are drawn once for all checks."""
    if "pictures" not in memory:
        tables = some_tables(rng)
        lists = [of_pairs(rng, table) for table in tables]
        answer = learner.ask(probes.confusion_figures, PLOT_NAMES, lists)
        memory["pictures"] = Pictures(tables, answer)
        raised = answer.raised
        if raised is not None and any(map(raised.is_a, ("ValueError", "IndexError"))):
            works = learner.ask(probes.confusion_figures, PLOT_NAMES, lists[1:]).raised is None
            memory["dropped"] = Mistake("absent-class-dropped", works, error=quoted(raised))
    pictures: Pictures = memory["pictures"]
    learner.question = pictures.answer.question  # which another check may have asked
    if "dropped" in memory:
        fail_if_recognised(pictures.answer, memory["dropped"])
    return pictures


def of_pairs(rng: Rng, table: np.ndarray) -> tuple[list[int], list[int]]:
    """Targets and predictions with this confusion matrix."""
    pairs = [pair for pair, count in np.ndenumerate(table) for _ in range(count)]
    pairs = [pairs[i] for i in rng.permutation(len(pairs))]
    return [int(t) for t, _ in pairs], [int(p) for _, p in pairs]


def named(seen: Matrix, plotted: np.ndarray) -> Matrix:
    """What is seen of a figure, once all names are on its axes, in order."""
    got = figure_of(seen)
    check_names(got.columns, "horizontal")
    across = sorted(of_classes(got.columns), key=lambda tick: tick.place)
    order = [tick.name for tick in across]
    require(order == PLOT_NAMES, "columns-in-other-order", got=order, want=PLOT_NAMES)
    check_names(got.rows, "vertical")
    down = sorted(of_classes(got.rows), key=lambda tick: -tick.place)  # from top to bottom
    order = [tick.name for tick in down]
    turned = order == PLOT_NAMES[::-1] and stand_by_names(got, plotted)
    require(not turned, "upside-down")
    require(order == PLOT_NAMES, "rows-in-other-order", got=order, want=PLOT_NAMES)
    return got


def stand_by_names(got: Matrix, plotted: np.ndarray) -> bool:
    """Whether each count stands in the cell that the names say, wherever that is."""
    try:
        return bool((written_counts(got, plotted) == plotted).all())
    except Failure:
        return False


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
@pytest.mark.parametrize("data", TABLES)
def test_counts_in_cells(learner: Subject, rng: Rng, memory: dict[str, Any], data: str) -> None:
    """The count of every pair stands in its cell; rows are true, columns predicted classes"""
    got, plotted = drawn(learner, rng, memory).of(data)
    compare_axis_labels(got.across, got.down)
    counts = written_counts(got, plotted)
    require(not got.used_again or (counts == plotted).all(), "figure-used-again")
    if (counts == plotted.T).all():
        colours = colours_of(got, plotted)
        by_row = plotted / plotted.sum(axis=1, keepdims=True).clip(min=1)
        in_place = any(approx_equal(colours, each) for each in (by_row, 100 * by_row))
        require(not in_place, "transposed~text")
        require(False, "transposed")
    there = plotted.sum(axis=1) > 0
    left = int(there.sum())
    moved_up = left < len(counts) and (counts[:left, :left] == plotted[there][:, there]).all()
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


def test_new_figure(learner: Subject, rng: Rng, memory: dict[str, Any]) -> None:
    """Each call makes a figure of its own"""
    got, _ = drawn(learner, rng, memory).of("no zeros")
    require(not got.used_again, "figure-used-again")


@pytest.mark.parametrize("data", TABLES)
def test_colours(learner: Subject, rng: Rng, memory: dict[str, Any], data: str) -> None:
    """The colour is the fraction of the row"""
    got, plotted = drawn(learner, rng, memory).of(data)
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
