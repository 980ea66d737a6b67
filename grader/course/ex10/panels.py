"""What can be read off a panel of a figure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.text import Annotation

from grader.course.ex10.replies import Panel, Points, Text


def panel_of(ax: Any) -> Panel:
    """Lines, points, bars and texts of a panel, its labels and its limits."""
    bars = [bar for bar in ax.patches if hasattr(bar, "get_height")]
    return Panel(
        lines=[_points(np.column_stack(line.get_data())) for line in ax.lines],
        scattered=[_points(each.get_offsets()) for each in ax.collections],
        bars=[(bar.get_x() + bar.get_width() / 2, bar.get_height()) for bar in bars],
        texts=[Text(text.get_text(), *_place(ax, text)) for text in ax.texts],
        labels=[ax.get_xlabel(), ax.get_ylabel()],
        limits=[(float(min(ends)), float(max(ends))) for ends in (ax.get_xlim(), ax.get_ylim())],
    )


def _points(xy: Any) -> Points:
    """The points of an array (n, 2) without those that are not drawn, NaN and masked ones."""
    rows: np.ndarray = np.ma.filled(np.ma.asarray(xy, dtype=float), np.nan).reshape(-1, 2)
    return [(float(x), float(y)) for x, y in rows if np.isfinite(x) and np.isfinite(y)]


def _place(ax: Any, text: Any) -> tuple[float, float]:
    """Where a text stands in the data's coordinates, or what it annotates; NaN if not clear."""
    if not isinstance(text, Annotation):
        on_screen = text.get_transform().transform(text.get_position())
        x, y = ax.transData.inverted().transform(on_screen)
    else:
        x, y = text.xy if text.xycoords == "data" else (math.nan, math.nan)
    return float(x), float(y)


OTHER = 9731
"""The number of somebody else's figure, which no other one gets."""


@contextmanager
def other_figure() -> Iterator[tuple[Any, list[str], dict[str, Any]]]:
    """Put a figure of somebody else's in front; close it, and all that come, at the end.

    With it come a list that notes whenever a figure is shown, and the settings of matplotlib, which
    are restored.
    """
    before, shown = set(plt.get_fignums()), []

    def show(*_: Any, **__: Any) -> None:
        shown.append("shown")

    usual = plt.show, plt.Figure.show
    plt.show = plt.Figure.show = show  # type: ignore[method-assign]
    figure = plt.figure(OTHER)
    settings: Any = dict(plt.rcParams)  # the first figure chooses a backend
    try:
        yield figure, shown, settings
    finally:
        plt.rcParams.update(settings)
        plt.show, plt.Figure.show = usual  # type: ignore[method-assign]
        for number in set(plt.get_fignums()) - before:
            plt.close(number)


def is_touched(figure: Any) -> bool:
    """Whether something was drawn into an empty figure, or it was closed."""
    drawn = len(figure.get_children()) > 1  # its background is always there
    return drawn or not plt.fignum_exists(OTHER)
