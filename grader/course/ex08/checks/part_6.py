"""Checks of 8.6, The history of a training."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.answer import Subject, about
from grader.course.counted import as_many
from grader.course.ex08 import probes
from grader.course.ex08.checks.common import SERIES, figure_of
from grader.course.ex08.replies import History, Line, Panel
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import approx_equal, require, shown

EPOCHS = 9


def some_history(rng: Rng, epochs: int = EPOCHS) -> dict[str, Any]:
    losses = 0.5 + rng.permutation(epochs) / 10
    history: dict[str, Any] = {
        "train_loss": np.sort(rng.uniform(0.3, 1.5, epochs))[::-1].tolist(),
        "val_loss": losses.tolist(),
        "train_acc": rng.uniform(0.5, 0.9, epochs).tolist(),
        "val_acc": rng.uniform(0.5, 0.9, epochs).tolist(),
        "val_balanced_acc": rng.uniform(0.5, 0.9, epochs).tolist(),
        "learning_rates": (0.01 * 0.5 ** np.arange(epochs)).tolist(),
    }
    if epochs > 3:  # neither first nor last nor in the middle
        history["val_loss"][1], history["val_loss"][3] = 0.9, 0.25
    best = int(np.argmin(history["val_loss"]))
    if epochs > 3:  # a training may blow up for a moment
        history["val_loss"][6] = math.nan
    return history | {"best_epoch": best}


LINES = {
    "train_loss": ("train",),
    "val_loss": ("val",),
    "train_acc": ("train",),
    "val_acc": ("val",),
    "val_balanced_acc": ("val", "balanced"),
}


Shown = tuple[int, Line]
"""The place of the axes, and a line in them."""


def found(axes: list[Panel], values: list[float]) -> list[Shown]:
    """The lines that show these values."""
    return [
        (place, line)
        for place, panel in enumerate(axes)
        for line in panel.lines
        if approx_equal(line.y, values)
    ]


def drawn(
    learner: Subject, rng: Rng, memory: dict[str, Any], epochs: int
) -> tuple[History, dict[str, Any]]:
    """A figure that was drawn for all checks, and its history, of that many epochs."""
    if "pictures" not in memory:
        histories = [some_history(rng), some_history(rng, epochs=1)]
        memory["pictures"] = histories, learner.ask(probes.history_figures, histories)
    histories, answer = memory["pictures"]
    learner.question = answer.question  # which another check may have asked
    with about(answer.question):
        place = [len(history["val_loss"]) for history in histories].index(epochs)
        return figure_of(as_many(answer.value, len(histories))[place]), histories[place]


@gate
def test_lines(learner: Subject, rng: Rng, memory: dict[str, Any]) -> None:
    """Losses, accuracies and learning rate are shown, and the best epoch is marked"""
    got, history = drawn(learner, rng, memory, EPOCHS)
    second, _ = drawn(learner, rng, memory, 1)
    again = not second.used_again and bool(found(second.axes, history["val_loss"]))
    require(not again, "first-history-again")
    for log in (np.log10, np.log, np.log2):
        drawn_as = found(got.axes, log(history["learning_rates"]).tolist())
        require(not drawn_as, "logarithm-drawn")
    where: dict[str, int] = {}
    for name in SERIES:
        lines = found(got.axes, history[name])
        require(bool(lines), "series-missing", name=name)
        where[name] = lines[0][0]
    check_places(where, got.axes)
    check_epochs(got.axes, history)
    place, line = found(got.axes, history["val_loss"])[0]
    check_marks(got.axes[place], line, history)


def check_epochs(axes: list[Panel], history: dict[str, Any]) -> None:
    """All lines count the epochs from 0, or all of them from 1."""
    lines = {name: found(axes, history[name])[0][1] for name in SERIES}
    firsts = {name: line.x[0] if line.x else 0.0 for name, line in lines.items()}
    for name, line in lines.items():
        want = [[first + i for i in range(len(line.y))] for first in (0.0, 1.0)]
        fits = any(approx_equal(line.x, each) for each in want)
        require(fits, "not-by-epoch", name=name, got=shown(line.x))
    apart = ", ".join(f"`{name}` from {first:g}" for name, first in firsts.items())
    require(len(set(firsts.values())) == 1, "epochs-apart", got=apart)


def test_left_alone(learner: Subject, rng: Rng, memory: dict[str, Any]) -> None:
    """Each call makes a figure of its own, and leaves the history alone"""
    for epochs in (EPOCHS, 1):
        got, history = drawn(learner, rng, memory, epochs)
        check_history(got.history, history)
        require(not got.used_again, "figure-used-again")


def check_history(after: Any, before: dict[str, Any]) -> None:
    """The history must be what it was before it was plotted."""
    if approx_equal(after, before):
        return
    now = after if isinstance(after, dict) else {}
    gone = ", ".join(repr(name) for name in before if name not in now)
    require(not gone, "history-changed~gone", names=gone)
    added = ", ".join(repr(name) for name in now if name not in before)
    require(not added, "history-changed~added", names=added)
    other = [repr(name) for name in before if not approx_equal(now[name], before[name])]
    require(False, "history-changed", names=", ".join(other))


def check_places(where: dict[str, int], axes: list[Panel]) -> None:
    """What may be compared shares its axes, and the learning rate has a logarithmic one."""
    require(where["train_loss"] == where["val_loss"], "losses-apart")
    accuracies = {where["train_acc"], where["val_acc"], where["val_balanced_acc"]}
    require(len(accuracies) == 1, "accuracies-apart")
    require(len(set(where.values())) == 3, "one-pair-of-axes")
    require(axes[where["learning_rates"]].scale == "log", "rate-not-logarithmic")


def test_legend(learner: Subject, rng: Rng, memory: dict[str, Any]) -> None:
    """A legend tells the lines apart, and the axes are labelled, also after a single epoch"""
    got, history = drawn(learner, rng, memory, 1)
    axes = got.axes
    require(
        not (got.used_again and len(found(axes, history["val_loss"])) != 1), "figure-used-again"
    )
    for name, words in LINES.items():
        lines = found(axes, history[name])
        require(bool(lines), "series-missing~one-epoch", name=name)
        place, line = lines[0]
        check_legend(name, words, line.name.lower())
        across, up = axes[place].across, axes[place].up
        labelled = "epoch" in across.lower() and bool(up)
        require(labelled, "no-axis-labels", name=name, across=across, up=up)
    rate = found(axes, history["learning_rates"])
    require(bool(rate), "series-missing~one-epoch", name="learning_rates")
    across, up = axes[rate[0][0]].across, axes[rate[0][0]].up
    labelled = "epoch" in across.lower() and bool(up)
    require(labelled, "no-axis-labels", name="learning_rates", across=across, up=up)


def check_legend(name: str, words: tuple[str, ...], text: str) -> None:
    """The text of a line in the legend contains what tells it from the others."""
    require(bool(text), "no-legend", name=name)
    other = {"train": "val", "val": "train"}[words[0]]
    require(words[0] in text or other not in text, "labels-swapped", name=name, got=text)
    for word in words:
        require(word in text, "legend-lacks-word", name=name, got=text, word=word)


def check_marks(panel: Panel, line: Line, history: dict[str, Any]) -> None:
    """Something is marked where the best epoch is, wherever the epochs begin to count."""
    first = line.x[0] if line.x else 0.0
    marks = [mark - first for mark in panel.marks]
    require(bool(marks), "best-not-marked")

    def marked(place: int) -> bool:
        return any(abs(mark - place) < 0.01 for mark in marks)

    best, lowest_train = history["best_epoch"], int(np.argmin(history["train_loss"]))
    fields = {"got": ", ".join(f"{mark:g}" for mark in panel.marks[:3]), "want": first + best}
    beside = marked(best - 1) or marked(best + 1)
    require(marked(best) or not beside, "mark-beside", **fields)
    require(marked(best) or not marked(lowest_train), "best-by-training-loss", **fields)
    require(marked(best), "mark-elsewhere", **fields)
