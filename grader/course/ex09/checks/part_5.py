"""Checks of 9.5, A confusion matrix."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

from grader.answer import Answer, Finding, Subject
from grader.course.ex09 import probes
from grader.course.ex09.checks.common import (
    check_losses,
    check_row,
    check_without_run,
    item_text,
    items_under,
)
from grader.course.ex09.replies import Item, Logged
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    expect,
    expect_error,
    fail_if_recognised,
    require,
    showing,
)


def matrix_of(y_true: np.ndarray, y_pred: np.ndarray, names: list[str]) -> list[list[Any]]:
    """Rows of true name, predicted name and count, sorted."""
    pairs = list(zip(y_true.tolist(), y_pred.tolist(), strict=True))
    n = range(len(names))
    rows = [[names[i], names[j], float(pairs.count((i, j)))] for i in n for j in n]
    return sorted(rows, key=str)


def confused(rng: Rng) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Labels of four classes, of which the last one never occurs, and lopsided mistakes."""
    names = [f"{letter}{rng.integers(9)}" for letter in "zmax"]
    y_true = rng.permutation(np.repeat([0, 1, 2], [9, 5, 3]))
    y_pred = np.where(rng.random(17) < 0.4, (y_true + 1) % 3, y_true)
    y_pred[np.flatnonzero(y_true == 0)[:3]] = 1
    y_pred[np.flatnonzero(y_true == 1)[:1]] = 1
    return y_true, y_pred, names


class Plotted(NamedTuple):
    """Labels, and what was logged of them."""

    y_true: np.ndarray
    y_pred: np.ndarray
    names: list[str]
    answer: Answer[Logged]


@pytest.fixture
def plotted(learner: Subject, rng: Rng, memory: dict[str, Any]) -> Plotted:
    """Labels, and what was logged of them: asked for once by two checks."""
    if "plotted" not in memory:
        given = confused(rng)
        memory["plotted"] = Plotted(*given, learner.ask(probes.confusion, *given))
    found: Plotted = memory["plotted"]
    learner.question = found.answer.question  # what a failure is about
    return found


@gate
def test_matrix(plotted: Plotted) -> None:
    """It is W&B's own plot, with true and predicted classes by name"""
    y_true, y_pred, names, answer = plotted
    fail_if_recognised(answer, Mistake("labels-as-probabilities", Raises("AxisError")))
    items = items_under(answer.value, "confusion_matrix")
    item = items[0] if len(items) == 1 else Item("value", value=f"{len(items)} values")
    with showing("[item.kind for item in {}.items]"):
        require(item.kind not in ("figure", "image"), "own-figure")
    with showing("{}.items"):
        if item.chart is None or "confusion_matrix" not in item.chart.name:
            raise Finding("not-a-confusion-matrix", got=item_text(item))
    with showing("{}.items[0].chart.rows"):
        check_rows(sorted(item.chart.rows, key=str), y_true, y_pred, names)


def check_rows(got: list[Any], y_true: np.ndarray, y_pred: np.ndarray, names: list[str]) -> None:
    """The rows of the plot's table, sorted, are those of these labels."""
    require(not any(f"Class_{i + 1}" in str(got) for i in range(4)), "names-missing")
    want = matrix_of(y_true, y_pred, names)
    refuse_fewer_classes(got, names)
    expect(
        Answer(got),
        want,
        Mistake("swapped", matrix_of(y_pred, y_true, names)),
        Mistake("names-sorted", matrix_of(y_true, y_pred, sorted(names))),
        what="the list of [true class, predicted class, count]",
    )


def refuse_fewer_classes(rows: list[Any], names: list[str]) -> None:
    """The classes in these rows are not just some of the names."""
    found = [name for name in names if any(name in row[:2] for row in rows)]
    missing = [name for name in names if name not in found]
    strangers = any(cell not in names for row in rows for cell in row[:2])
    left_out = missing == names[-1:] and not strangers  # the one that never occurs
    fields = {"got": ", ".join(found), "missing": ", ".join(missing)}
    require(not left_out, "classes-left-out", **fields)


def test_row_of_matrix(plotted: Plotted) -> None:
    """It joins the current row, and the step count stays as it was"""
    got = plotted.answer.value
    items_under(got, "confusion_matrix")
    check_row(got, "confusion_matrix")


def test_lengths(learner: Subject, rng: Rng) -> None:
    """Unequal lengths raise a ValueError, no open run raises a RuntimeError"""
    y_true, y_pred, names = confused(rng)
    for given in ((y_true, y_pred[:-2]), (y_true[:-2], y_pred)):
        answer = learner.ask(probes.confusion, *given, names)
        n_true, n_pred = map(len, given)
        require(answer.raised is not None, "lengths-not-checked", n_true=n_true, n_pred=n_pred)
        expect_error(answer, "ValueError", "With unequal lengths, it")
    check_without_run(learner, "log_confusion_matrix", y_true, y_pred, names)


def test_real_matrix(learner: Subject, rng: Rng) -> None:
    """A real run has recorded the table, and all rows of metrics"""
    y_true, y_pred, names = confused(rng)
    got = learner.ask(probes.really_confused, y_true, y_pred, names).value
    tables = [sorted(table, key=str) for table in got.tables]
    want = [matrix_of(y_true, y_pred, names)]
    for table in tables:
        refuse_fewer_classes(table, names)
    expect(Answer(tables), want, what="the list of tables that the run recorded")
    check_losses(got)
