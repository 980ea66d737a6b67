"""Checks of 8.6, The history of a training."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.answer import Subject
from grader.course.ex08 import probes
from grader.course.ex08.checks.common import SERIES, Rng, figure_of, found
from grader.course.gates import gate, twice
from grader.expect import approx_equal, require


def some_history(rng: Rng, epochs: int = 9) -> dict[str, Any]:
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
    return history | {"best_epoch": int(np.argmin(history["val_loss"]))}


LINES = {
    "train_loss": ("train",),
    "val_loss": ("val",),
    "train_acc": ("train",),
    "val_acc": ("val",),
    "val_balanced_acc": ("val", "balanced"),
}


@gate
@twice
def test_lines(learner: Subject, rng: Rng) -> None:
    """Losses, accuracies and learning rate are shown, and the best epoch is marked"""
    history = some_history(rng)
    got = figure_of(learner.ask(probes.history_figure, history))
    axes = got["axes"]
    where = {}
    for name in SERIES:
        pairs = found(axes, history[name])
        logarithms = found(axes, np.log10(history[name]).tolist())
        require(not (name == "learning_rates" and logarithms), "logarithm-learning-rate")
        require(bool(pairs), "series-missing", name=name)
        where[name] = axes.index(pairs[0][0])
    together = where["train_loss"] == where["val_loss"]
    require(together, "two-losses-different")
    require(
        len({where["train_acc"], where["val_acc"], where["val_balanced_acc"]}) == 1,
        "accuracies-different-axes",
    )
    require(len(set(where.values())) == 3, "one-pair-of-axes")
    require(axes[where["learning_rates"]]["scale"] == "log", "rate-not-logarithmic")
    require(approx_equal(got["history"], history), "history-changed-plotting")
    compare_marks(*found(axes, history["val_loss"])[0], history)


def test_legend(learner: Subject, rng: Rng) -> None:
    """A legend tells the lines apart, and the axes are labelled, also after a single epoch"""
    history = some_history(rng, epochs=1)
    axes = figure_of(learner.ask(probes.history_figure, history))["axes"]
    for name, words in LINES.items():
        pairs = found(axes, history[name])
        require(bool(pairs), "after-single-epoch", name=name)
        ax, line = pairs[0]
        compare_legend(name, words, line["name"].lower())
        across, up = ax["labels"]
        require(
            "epoch" in across.lower() and bool(up),
            "no-axis-labels",
            name=name,
            across=across,
            up=up,
        )


def compare_legend(name: str, words: tuple[str, ...], text: str) -> None:
    """The text of a line in the legend contains what tells it from the others."""
    require(bool(text), "no-legend", name=name)
    other = {"train": "val", "val": "train"}[words[0]]
    require(words[0] in text or other not in text, "labels-swapped", name=name, text_=text)
    for word in words:
        require(word in text, "line-called-legend", name=name, text_=text, word=word)


def compare_marks(ax: dict, line: dict, history: dict) -> None:
    """Something is marked where the best epoch is, wherever the epochs begin to count."""
    first = line["x"][0]
    marks = [mark - first for mark in ax["marks"]]
    require(bool(marks), "best-not-marked")
    best, other = history["best_epoch"], int(np.argmin(history["train_loss"]))
    near = {
        place: any(abs(mark - place) < 0.01 for mark in marks)
        for place in (best, best - 1, best + 1, other)
    }
    beside = near[best - 1] or near[best + 1]
    require(
        near[best],
        "mark-beside" if beside else "best-by-training-loss" if near[other] else "",
        says=f"Something is marked at {', '.join(f'{mark + first:g}' for mark in marks[:3])}; the best epoch is at {best + first:g} on this axis.",
    )
