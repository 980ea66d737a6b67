"""The figures of the evaluation. Each function returns a new Figure and shows nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from solutions.final_project.metrics import CLASSES, OTHER_LABEL

COLOURS = {
    "SNIa": "#0072b2",
    "SNII": "#d55e00",
    "CV": "#009e73",
    "AGN": "#cc79a7",
    "TDE": "#333333",
    OTHER_LABEL: "#b0a68f",
}  # as in Exercise 8
BAND_COLOURS = {"g": "#1b9e77", "r": "#d1352b", "i": "#7a4a12"}
STYLE: Any = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "legend.frameon": False,
    "savefig.dpi": 160,
}


@rc_context(STYLE)
def save(figure: Figure, path: Path) -> Path:
    """Write a figure as PNG."""
    figure.savefig(path)
    return path


def canvas(rows: int, columns: int, width: float, height: float, share: bool = False):  # type: ignore[no-untyped-def]
    """Return a figure and its axes, (rows, columns)."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False, sharex=share, sharey=share)


@rc_context(STYLE)
def confusion_matrix(counts: np.ndarray, title: str = "") -> Figure:
    """Draw how often each true class was called what: the share of the row, and the count.

    The row of objects outside the classes and the column of refused ones are left out if empty.
    """
    rows, columns = [*CLASSES, "other"], [*CLASSES, "refused"]
    if not counts[-1].any():
        rows, counts = rows[:-1], counts[:-1]
    if not counts[:, -1].any():
        columns, counts = columns[:-1], counts[:, :-1]
    shares = counts / counts.sum(axis=1, keepdims=True).clip(min=1)
    figure, axes = canvas(1, 1, 6.4, 5.4)
    ax = axes[0, 0]
    image = ax.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    bar = figure.colorbar(image, format=PercentFormatter(1), shrink=0.85)
    bar.set_label("share of the true class")
    for (row, column), count in np.ndenumerate(counts):
        colour = "white" if shares[row, column] > 0.55 else "#222222"
        text = f"{shares[row, column]:.0%}\n{count}" if count else "0"
        ax.text(column, row, text, ha="center", va="center", color=colour, fontsize=9)
    ax.set_xticks(range(len(columns)), columns)
    ax.set_yticks(range(len(rows)), rows)
    ax.spines[:].set_visible(False)
    ax.set(xlabel="predicted class", ylabel="true class", title=title or "Confusion matrix")
    return figure


@rc_context(STYLE)
def reliability(bins: pd.DataFrame, ece: Mapping[str, float]) -> Figure:
    """Draw accuracy against confidence with intervals, above a histogram of the confidence.

    Arguments:
        bins: count, confidence, accuracy, low_edge, high_edge, and the interval low, high.
        ece: value, low, high of the expected calibration error.
    """
    figure = Figure(figsize=(5.2, 6), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    upper.plot([0, 1], [0, 1], color="0.7", linestyle="--", linewidth=1, label="perfect")
    error = _bars(bins["accuracy"], bins["low"], bins["high"])
    upper.errorbar(bins["confidence"], bins["accuracy"], error, fmt="o-", color="#0072b2",
                   capsize=2, label="measured, 95% interval")  # fmt: skip
    upper.set(ylabel="accuracy", ylim=(0, 1.03), xlim=(0, 1.02), title="Reliability")
    text = f"ECE {ece['value']:.3f}\n({ece['low']:.3f} to {ece['high']:.3f})"
    upper.text(0.97, 0.05, text, transform=upper.transAxes, ha="right")
    upper.legend(loc="upper left")
    widths = bins["high_edge"] - bins["low_edge"]
    lower.bar(bins["low_edge"], bins["count"], 0.95 * widths, align="edge", color="#8fb8d6")
    lower.set(xlabel="highest probability", ylabel="objects")
    return figure


@rc_context(STYLE)
def purity_against_completeness(
    curves: Mapping[str, pd.DataFrame], answers: Mapping[str, Mapping[str, float]]
) -> Figure:
    """Draw purity against completeness for each class, with the answers that were given as a point.

    Arguments:
        curves: for each class completeness, purity, and the interval low, high.
        answers: for each class completeness, purity and the prevalence, the purity of chance.
    """
    figure, axes = canvas(1, len(CLASSES), 15, 3.5, share=True)
    for ax, name in zip(axes[0], CLASSES, strict=True):
        ax.set(title=name, xlabel="completeness", xlim=(0, 1.02), ylim=(0, 1.03))
        if name not in curves:
            _nothing(ax)
            continue
        curve, point = curves[name], answers[name]
        ax.fill_between(curve["completeness"], curve["low"], curve["high"], linewidth=0,
                        color=COLOURS[name], alpha=0.2)  # fmt: skip
        ax.plot(curve["completeness"], curve["purity"], color=COLOURS[name])
        ax.axhline(point["prevalence"], color="0.7", linestyle=":", linewidth=1)
        ax.plot(point["completeness"], point["purity"], "o", color=COLOURS[name],
                markeredgecolor="white", markersize=9)  # fmt: skip
    axes[0, 0].set_ylabel("purity")
    figure.supxlabel("band: 95% interval; point: the answers given; dotted: chance",
                     fontsize=9, color="0.35")  # fmt: skip
    return figure


@rc_context(STYLE)
def recall_by(table: pd.DataFrame, xlabel: str, title: str) -> Figure:
    """Draw the recall of each class in bins of something.

    Arguments:
        table: columns class, bin (a text, in order), count, value, low, high.
    """
    bins = list(dict.fromkeys(table.sort_values("place")["bin"]))
    figure, axes = canvas(1, len(CLASSES), 15, 3.7, share=True)
    for ax, name in zip(axes[0], CLASSES, strict=True):
        mine = table[(table["class"] == name) & (table["count"] > 0)]
        ax.set(title=name, ylim=(-0.02, 1.14), xlim=(-0.5, len(bins) - 0.5))
        ax.set_xticks(range(len(bins)), bins, rotation=60, ha="right", rotation_mode="anchor",
                      fontsize=8)  # fmt: skip
        ax.set_yticks(np.arange(0, 1.01, 0.25))
        ax.yaxis.set_major_formatter(PercentFormatter(1))
        ax.grid(axis="y", color="0.92")
        if mine.empty:
            _nothing(ax)
            continue
        x = [bins.index(each) for each in mine["bin"]]
        ax.errorbar(x, mine["value"], _bars(mine["value"], mine["low"], mine["high"]), fmt="o-",
                    color=COLOURS[name], capsize=2, markersize=5, linewidth=1.3)  # fmt: skip
        for at, count in zip(x, mine["count"], strict=True):
            ax.text(at, 1.06, f"{count}", ha="center", fontsize=7, color="0.45")
    axes[0, 0].set_ylabel("recall")
    figure.suptitle(title, fontweight="bold")
    figure.supxlabel(f"{xlabel} (small numbers: objects)", fontsize=10)
    return figure


@rc_context(STYLE)
def calibration_by_age(table: pd.DataFrame) -> Figure:
    """Draw log loss and calibration error of partial light curves against their age.

    Arguments:
        table: what slices.by_age says of the probabilities.
    """
    figure, axes = canvas(1, 2, 10, 3.7)
    table = table[table["count"] > 0]
    x = np.arange(len(table))
    names = {"log_loss": "log loss [nat]", "ece": "calibration error (ECE)"}
    for ax, (name, words) in zip(axes[0], names.items(), strict=True):
        error = _bars(table[name], table[f"{name}_low"], table[f"{name}_high"])
        ax.errorbar(x, table[name], error, fmt="o-", color="#0072b2", capsize=2, label="classifier")
        ax.set_xticks(x, table["bin"])
        ax.set(ylabel=words, xlabel="days since the first detection")
        ax.grid(axis="y", color="0.92")
    axes[0, 0].plot(x, table["log_loss_of_shares"], color="0.5", linestyle="--",
                    label="shares of the classes alone")  # fmt: skip
    for ax, least in zip(axes[0], (0.8, 0.06), strict=True):
        ax.set_ylim(0, max(least, 1.05 * float(ax.get_ylim()[1])))
    axes[0, 0].legend(loc="lower left")
    figure.suptitle("Probabilities of partial light curves", fontweight="bold")
    return figure


@rc_context(STYLE)
def contamination(table: pd.DataFrame) -> Figure:
    """Draw what objects of types outside the classes are called.

    Arguments:
        table: one row for each type, its number of objects in `count`, and the share that was
            called so for each class and `refused`.
    """
    height = 1.6 + 0.3 * len(table)
    figure, axes = canvas(1, 1, 8, height)
    ax, left = axes[0, 0], np.zeros(len(table))
    for name in [*CLASSES, "refused"]:
        share = table[name].to_numpy()
        colour = COLOURS.get(name, "#e6e6e6")
        ax.barh(range(len(table)), share, left=left, color=colour, label=name, height=0.75)
        left += share
    labels = [f"{kind}  ({count})" for kind, count in zip(table.index, table["count"], strict=True)]
    ax.set_yticks(range(len(table)), labels)
    ax.invert_yaxis()
    ax.set(xlim=(0, 1), xlabel="share called so")
    ax.xaxis.set_major_formatter(PercentFormatter(1))
    ax.set_title("Types outside the five classes", pad=26)
    ax.legend(ncols=6, loc="lower center", bbox_to_anchor=(0.45, 1.0), fontsize=9,
              handlelength=1, columnspacing=1.2)  # fmt: skip
    return figure


@rc_context(STYLE)
def unknown_scores(inside: np.ndarray, outside: np.ndarray, auroc: Mapping[str, float]) -> Figure:
    """Draw the unknown score of objects of the classes and of others."""
    figure, axes = canvas(1, 1, 6, 3.6)
    ax = axes[0, 0]
    both = np.concatenate([inside, outside])
    bins = np.linspace(both.min(), both.max() + 1e-9, 31).tolist()
    ax.hist(
        inside,
        bins,
        density=True,
        color="#0072b2",
        alpha=0.6,
        label=f"five classes ({len(inside)})",
    )
    ax.hist(
        outside,
        bins,
        density=True,
        color="#d55e00",
        alpha=0.6,
        label=f"other types ({len(outside)})",
    )
    text = f"AUROC {auroc['value']:.2f} ({auroc['low']:.2f} to {auroc['high']:.2f})"
    ax.set(xlabel="unknown score", ylabel="density", title=f"Unlike anything known: {text}")
    ax.legend()
    return figure


@rc_context(STYLE)
def comparison(table: pd.DataFrame, shown: Sequence[tuple[str, str]], title: str) -> Figure:
    """Draw measures of several classifiers side by side.

    Arguments:
        table: columns classifier, measure, value, low, high.
        shown: pairs (measure, the words for it), one panel each.
    """
    names = list(dict.fromkeys(table["classifier"]))
    columns = 4
    rows = -(-len(shown) // columns)
    figure, axes = canvas(rows, columns, 14, rows * (0.9 + 0.3 * len(names)))
    for ax, (measure, words) in zip(axes.flat, shown, strict=False):
        mine = table[table["measure"] == measure].set_index("classifier").loc[names]
        y = np.arange(len(names))
        ax.errorbar(mine["value"], y, xerr=_bars(mine["value"], mine["low"], mine["high"]),
                    fmt="none", ecolor="0.6", capsize=2)  # fmt: skip
        ax.scatter(mine["value"], y, c=["#d55e00"] + ["#0072b2"] * (len(names) - 1), zorder=3)
        ax.set_yticks(y, names if ax in axes[:, 0] else [""] * len(names))
        ax.invert_yaxis()
        ax.set_title(words)
        ax.grid(axis="x", color="0.92")
    for ax in axes.flat[len(shown) :]:
        ax.set_visible(False)
    figure.suptitle(title, fontweight="bold")
    return figure


@rc_context(STYLE)
def readability(within: pd.DataFrame, pairs: pd.DataFrame) -> Figure:
    """Draw how well the kind of photometry can be told from each representation.

    Arguments:
        within: columns class, kinds, objects, representation, balanced_accuracy, chance_95.
        pairs: the same without class, for the same objects in two kinds.
    """
    panels = [("Different objects of one class", within), ("The same objects in two kinds", pairs)]
    figure = Figure(figsize=(12, 4.2), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True, width_ratios=(1, 1.6))
    colours = dict(zip(("raw", "sequence", "features", "features and limits"),
                       ("#999999", "#0072b2", "#009e73", "#d55e00"), strict=True))  # fmt: skip
    for ax, (title, table) in zip(axes, panels, strict=True):
        ax.set_title(title)
        if table.empty:
            _nothing(ax)
            continue
        names = table.get("class", pd.Series("", index=table.index)) + "\n" + table["kinds"]
        names = (
            names.str.strip().str.replace(" / ", "\n") + "\n(" + table["objects"].astype(str) + ")"
        )
        places = {name: place for place, name in enumerate(dict.fromkeys(names))}
        for shift, (kind, colour) in zip(np.linspace(-0.27, 0.27, 4), colours.items(), strict=True):
            mine = table["representation"] == kind
            x = names[mine].map(places) + shift
            ax.bar(x, table.loc[mine, "balanced_accuracy"] - 0.5, 0.16, bottom=0.5, color=colour,
                   label=kind)  # fmt: skip
            ax.plot(x, table.loc[mine, "chance_95"], "_", color="black", markersize=11)
        ax.axhline(0.5, color="0.4", linewidth=0.8)
        ax.set_xticks(list(places.values()), list(places), fontsize=8)
    axes[0].set(ylabel="balanced accuracy of telling the kind", ylim=(0.4, 1.02))
    axes[1].plot([], [], "_", color="black", markersize=11, label="95% of chance")
    axes[1].legend(loc="upper center", ncols=5, fontsize=8,
                   bbox_to_anchor=(0.35, -0.22))  # fmt: skip
    return figure


def _bars(value: pd.Series, low: pd.Series, high: pd.Series) -> np.ndarray:
    """Return the lengths of error bars, (2, n)."""
    return np.clip(np.stack([value - low, high - value]), 0, None)


def _nothing(ax: Axes) -> None:
    ax.text(0.5, 0.5, "no objects", transform=ax.transAxes, ha="center", color="0.5")
