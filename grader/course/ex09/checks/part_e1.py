"""Checks of 9.E1, Charts that astronomers ask for."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course import common_probes
from grader.course.ex09 import probes
from grader.course.ex09.checks.common import check_row, item_text, items_under, names_of
from grader.course.ex09.replies import Chart, Item
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


def columns_of(answer: Answer[Any], names: list[str]) -> dict[str, list[float]]:
    """The columns of a table as lists."""
    table = answer.value
    if not isinstance(table, Table):
        raise Finding("not-a-table", got=kind_of(table))
    expect(Answer(sorted(table.columns)), sorted(names), what="the list of columns")
    try:
        columns = {name: np.asarray(table.columns[name], float) for name in names}
    except (TypeError, ValueError):
        raise Finding("table-of-other-things") from None
    one_a_row = all(column.shape == (len(table),) for column in columns.values())
    require(one_a_row, "table-of-other-things")
    return {name: column.tolist() for name, column in columns.items()}


def bargains(
    is_target: np.ndarray, score: np.ndarray, thresholds: list[float]
) -> list[list[float]]:
    """Completeness and purity of the list of each threshold, by counting."""
    pairs = list(zip(is_target.tolist(), score.tolist(), strict=True))
    targets = sum(target for target, _ in pairs)
    rows = []
    for threshold in thresholds:
        listed = [target for target, value in pairs if value >= threshold]
        rows.append([sum(listed) / targets, sum(listed) / len(listed)])
    return rows


@gate
@twice
def test_purity_completeness(learner: Subject, rng: Rng) -> None:
    """Purity and completeness of a list for every threshold"""
    n = 24
    first, second = rng.random(2).round(2)
    close = [0.0, 1.0, first + 1e-6]  # as small and as large as can be, and no tie
    score = np.r_[rng.random(n - 9).round(2), np.repeat([first, second], 3), close]
    score = rng.permutation(score)
    is_target = rng.random(n) < 0.2 + 0.5 * score
    is_target[:2] = [True, False]
    answer = learner.ask(common_probes.call, "purity_completeness", is_target, score)
    names = ["threshold", "completeness", "purity"]
    got = columns_of(answer, names)
    thresholds = sorted(set(score.tolist()), reverse=True)
    require(len(got["threshold"]) != n, "ties-torn-apart", n=n, n_thresholds=len(thresholds))
    require(not approx_equal(got["threshold"], thresholds[::-1]), "ascending")
    expect(Answer(got["threshold"]), thresholds, what="the list of thresholds")
    want = np.array(bargains(is_target, score, thresholds))
    rows = np.column_stack([got["completeness"], got["purity"]])
    above = np.array([_above(is_target, score, threshold) for threshold in thresholds])
    accuracy = np.column_stack([want[:, 0], want[:, 0] * is_target.sum() / n])
    expect(
        Answer(rows),
        want,
        Mistake("swapped", want[:, ::-1]),
        Mistake("threshold-excluded", above),
        Mistake("divided-by-all", accuracy),
        Mistake("first-of-equals-only", _firsts(is_target, score)),
        what="the array of completeness and purity",
    )


def _above(is_target: np.ndarray, score: np.ndarray, threshold: float) -> list[float]:
    """Completeness and purity of the list without the objects at the threshold."""
    listed = score > threshold
    found = (listed & is_target).sum()
    return [found / is_target.sum(), found / listed.sum() if listed.any() else math.nan]


def _firsts(is_target: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Completeness and purity if the list of a score ends with the first object that has it."""
    order = np.argsort(-score, kind="stable")
    _, first = np.unique(-score[order], return_index=True)
    found = is_target[order].cumsum()[first]
    return np.column_stack([found / is_target.sum(), found / (first + 1)])


@twice
def test_recall_in_bins(learner: Subject, rng: Rng) -> None:
    """Recall of the targets in each bin, with its error"""
    edges = np.array([15.0, 17.0, 18.0, 20.0, 21.0])
    value = np.r_[17.0, 18.0, 20.0, np.nan, 21.0, 14.0, rng.uniform(15, 20, 30).round(2)]
    is_target = rng.random(len(value)) < 0.6
    listed = rng.random(len(value)) < 0.5
    is_target[:6], listed[:6] = True, [True, False, True, True, True, True]
    is_target[(value > 20) & (value < 21)] = False
    is_target[2] = False  # so that the last bin has no target at all
    answer = learner.ask(common_probes.call, "recall_in_bins", is_target, listed, value, edges)
    rows = len(answer.result) if isinstance(answer.result, Table) else 0
    require(rows <= 4, "rows-of-an-earlier-call", got=rows)
    fail_if_recognised(answer, Mistake("empty-bin-crashes", Raises("ZeroDivisionError")))
    names = ["centre", "targets", "recall", "error"]
    got = columns_of(answer, names)
    want = _bins(is_target, listed, value, edges)
    everybody = _bins(np.ones_like(is_target), listed, value, edges)
    upper = _bins(is_target, listed, -value, -edges[::-1])["recall"][::-1]
    closed = _bins(is_target, listed, value, np.r_[edges[:-1], edges[-1] + 1e-6])
    fail_if_recognised(
        Answer(got["recall"]),
        Mistake("everybody-counted", everybody["recall"]),
        Mistake("upper-edge-included", upper),
        Mistake("last-border-included", closed["recall"]),
        Mistake("zero-for-nothing", np.nan_to_num(want["recall"]).tolist()),
    )
    of_all = Mistake("everybody-counted~targets", everybody["targets"])
    fail_if_recognised(Answer(got["targets"]), of_all)
    for name in names:
        expect(Answer(got[name]), want[name], what=f"the list of the column `{name}`")


def _bins(
    is_target: np.ndarray, listed: np.ndarray, value: np.ndarray, edges: np.ndarray
) -> dict[str, list[float]]:
    """The table of recalls, by a loop over the bins."""
    columns: dict[str, list[float]] = {"centre": [], "targets": [], "recall": [], "error": []}
    for low, high in pairwise(edges.tolist()):
        hits = [
            bool(hit)
            for target, hit, x in zip(is_target, listed, value, strict=True)
            if target and low <= x < high
        ]
        n = len(hits)
        recall = sum(hits) / n if n else math.nan
        columns["centre"].append((low + high) / 2)
        columns["targets"].append(float(n))
        columns["recall"].append(recall)
        columns["error"].append(math.sqrt(recall * (1 - recall) / n) if n else math.nan)
    return columns


@twice
def test_chart(learner: Subject, rng: Rng) -> None:
    """A chart is W&B's own line chart, with all columns and without unknown values"""
    x, y, more = names_of(rng, 3)
    columns = {
        x: [1.0, 2.0, 3.0, math.nan],
        y: [0.5, math.nan, 0.25, 1.0],
        more: [7.0, 8.0, math.nan, 6.0],
    }
    answer = learner.ask(probes.charted, columns, x, y, "the title").value
    with showing("table.equals(kept)"):
        require(answer.unchanged, "table-changed")
    got = answer.logged
    items = items_under(got, "a chart")
    item = items[0] if len(items) == 1 else Item("value", value=f"{len(items)} values")
    with showing("{}.items"):
        if item.chart is None or "line" not in item.chart.name:
            raise Finding("not-a-line", got=item_text(item))
    check_axes(item.chart, x, y)
    with showing("{}.items[0].chart.rows"):
        check_data(item.chart, columns)
    check_row(got, "a chart")


def check_axes(chart: Chart, x: str, y: str) -> None:
    """The chart has the right axes and the title."""
    axes = [chart.fields.get("x"), chart.fields.get("y")]
    with showing("{}.items[0].chart.fields"):
        require(not approx_equal(axes, [y, x]), "axes-swapped")
        expect(Answer(axes), [x, y], what="the list of the two axes")
    with showing("{}.items[0].chart.strings"):
        require("the title" in map(str, chart.strings.values()), "no-chart-title")


def check_data(chart: Chart, columns: dict[str, list[float]]) -> None:
    """The chart's table has all columns, and the rows in which both axes are known."""
    names = list(map(str, chart.columns))
    require(bool(set(names) & set(columns)), "chart-of-an-earlier-call", got=", ".join(names))
    complete = sorted(names) == sorted(columns)
    require(complete, "columns-missing", got=", ".join(names))
    found = [dict(zip(names, row, strict=False)) for row in chart.rows]
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    require(not approx_equal(found, rows), "unknown-values-kept")
    require(not approx_equal(found, rows[:1]), "other-columns-asked")
    expect(Answer(found), [rows[0], rows[2]], what="the list of the chart's rows")
