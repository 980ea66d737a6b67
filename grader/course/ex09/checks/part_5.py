"""Checks of 9.5, A confusion matrix."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex09 import probes
from grader.course.ex09.checks.common import Rng, check_row, check_without_run, logged_under
from grader.course.gates import gate
from grader.expect import Mistake, Raises, expect, expect_error, fail_if_recognised, require, shown


def matrix_of(y_true: np.ndarray, y_pred: np.ndarray, names: list[str]) -> list[list[Any]]:
    """Rows of true name, predicted name and count."""
    pairs = list(zip(y_true.tolist(), y_pred.tolist(), strict=True))
    n = range(len(names))
    return [[names[i], names[j], float(pairs.count((i, j)))] for i in n for j in n]


def confused(rng: Rng) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Labels of four classes, of which the last one never occurs, and lopsided mistakes."""
    names = [f"{letter}{number}" for letter, number in zip("zmax", rng.integers(9, size=4))]  # noqa: B905
    y_true = rng.permutation(np.repeat([0, 1, 2], [9, 5, 3]))
    y_pred = np.where(rng.random(17) < 0.4, (y_true + 1) % 3, y_true)
    y_pred[np.flatnonzero(y_true == 0)[:3]] = 1
    y_pred[np.flatnonzero(y_true == 1)[:1]] = 1
    return y_true, y_pred, names


@gate
def test_matrix(learner: Subject, rng: Rng) -> None:
    """It is W&B's own plot, with true and predicted classes by name"""
    y_true, y_pred, names = confused(rng)
    answer = learner.ask(probes.confusion, y_true, y_pred, names)
    fail_if_recognised(answer, Mistake("labels-as-probabilities", Raises("AxisError")))
    plot = logged_under(answer.value, "confusion_matrix")
    chart = plot if isinstance(plot, dict) else {}
    require(
        not chart.get("figure") and not chart.get("image") and "image" not in chart, "own-figure"
    )
    require("confusion_matrix" in str(chart.get("chart")), "under-returns", plot=shown(plot))
    plain_names = [f"Class_{i + 1}" for i in range(4)]
    got = sorted(chart["rows"])
    require(not any(row[0] in plain_names for row in got), "names-missing")
    want = sorted(matrix_of(y_true, y_pred, names))
    expect(
        Answer(got),
        want,
        Mistake("swapped", sorted(matrix_of(y_pred, y_true, names))),
        Mistake("names-sorted", sorted(matrix_of(y_true, y_pred, sorted(names)))),
        what="the list of [true class, predicted class, count]",
    )


def test_row_of_matrix(learner: Subject, rng: Rng) -> None:
    """It joins the current row, and the count of steps stays as it was"""
    got = learner.ask(probes.confusion, *confused(rng)).value
    logged_under(got, "confusion_matrix")
    check_row(got, "confusion_matrix")
    require("confusion_matrix" in got["rows"].get("3", {}), "plot-row-metrics")


def test_lengths(learner: Subject, rng: Rng) -> None:
    """Unequal lengths are a ValueError, no open run is a RuntimeError"""
    y_true, y_pred, names = confused(rng)
    expect_error(
        learner.ask(probes.confusion, y_true, y_pred[:-2], names),
        "ValueError",
        "With unequal lengths, it",
    )
    check_without_run(learner, "log_confusion_matrix", y_true, y_pred, names)


def test_real_matrix(learner: Subject, rng: Rng) -> None:
    """A real run has recorded the table, and all rows of metrics"""
    y_true, y_pred, names = confused(rng)
    got = learner.ask(probes.really_confused, y_true, y_pred, names).value
    tables = [sorted(table["data"]) for table in got["tables"]]
    want = [sorted(matrix_of(y_true, y_pred, names))]
    expect(Answer(tables), want, what="the list of tables that the run recorded")
    losses = [row.get("loss") for row in got["rows"].values() if "loss" in row]
    require(losses == [1, 0.5], "losses-logged-around", losses=losses)
