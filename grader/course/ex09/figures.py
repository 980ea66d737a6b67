"""What can be read off a figure: titles, labels and error bars."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure

from grader.course.ex09.replies import Bars, Panel, Picture


def picture_of(figure: Figure) -> Picture:
    """Titles, labels and error bars of a figure with its panels."""
    titles = [figure.get_suptitle()]
    for ax in figure.axes:
        titles += [ax.get_title(loc=where) for where in ("left", "center", "right")]
    return Picture([_panel(ax) for ax in figure.axes], " ".join(filter(None, titles)))


@contextlib.contextmanager
def turns_counted() -> Iterator[None]:
    """Let each panel know how often its `invert_yaxis` is called."""
    usual = Axes.invert_yaxis

    def invert_yaxis(ax: Any) -> None:
        ax._turned = getattr(ax, "_turned", 0) + 1
        usual(ax)

    Axes.invert_yaxis = invert_yaxis  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        Axes.invert_yaxis = usual  # type: ignore[method-assign]


def _panel(ax: Any) -> Panel:
    bars = [each for each in ax.containers if isinstance(each, ErrorbarContainer)]
    return Panel(
        labels=[ax.get_xlabel(), ax.get_ylabel()],
        inverted=bool(ax.yaxis_inverted()),
        turned=getattr(ax, "_turned", 0),
        bars=[_bars(each) for each in bars],
        other_points=len(ax.lines) + len(ax.collections),
    )


def _bars(bars: ErrorbarContainer) -> Bars:
    """Position, half length in y, colour and label of error bars."""
    line, _, segments = bars.lines
    ends = [np.asarray(s) for part in segments for s in part.get_segments() if len(s)]
    upright = [s for s in ends if s[0, 0] == s[-1, 0]]
    colour = to_rgb(line.get_color()) if line is not None else segments[0].get_color()[0][:3]
    y = np.asarray(line.get_ydata(), float).tolist() if line is not None else []
    red, green, blue = (float(c) for c in colour)
    return Bars(
        x=np.asarray(line.get_xdata(), float).tolist() if line is not None else [],
        y=y or [float(s[:, 1].mean()) for s in upright],
        error=[float(np.ptp(s[:, 1]) / 2) for s in upright],
        colour=(red, green, blue),
        label=str(bars.get_label()),
    )
