"""What the probes of Exercise 8 read off figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from grader.course.ex08.replies import (
    EMPTY,
    FIGURE,
    OLD,
    Cell,
    Line,
    Matrix,
    Panel,
    Tick,
    Written,
)


@contextmanager
def figures_closed() -> Iterator[Any]:
    """Put another figure in front; close it, and all that come, at the end."""
    before = set(plt.get_fignums())
    try:
        yield plt.figure()
    finally:
        for number in set(plt.get_fignums()) - before:
            plt.close(number)


def kind_of(figure: Any, other: Any) -> str:
    """What a function returned, with the figure `other` in front."""
    if not isinstance(figure, plt.Figure):
        return type(figure).__name__
    if figure is other:
        return OLD
    return FIGURE if figure.axes else EMPTY


def matrix_of(ax: Any) -> Matrix:
    """Names, texts and coloured cells of a pair of axes, each with its place in pixels."""
    across = zip(ax.get_xticks(), ax.get_xticklabels(), strict=True)
    down = zip(ax.get_yticks(), ax.get_yticklabels(), strict=True)
    pixel = ax.transData.transform
    drawn = [*ax.images, *ax.collections]
    return Matrix(
        FIGURE,
        across=ax.get_xlabel(),
        down=ax.get_ylabel(),
        columns=[Tick(label.get_text(), float(pixel((x, 0))[0])) for x, label in across],
        rows=[Tick(label.get_text(), float(pixel((0, y))[1])) for y, label in down],
        texts=[_written(text, pixel) for text in ax.texts],
        cells=[
            Cell(value, *map(float, pixel(place)))
            for each in drawn
            for value, place in _coloured(each)
        ],
        limits=[float(limit) for each in drawn[:1] for limit in _limits(each)],
    )


def _written(text: Any, pixel: Callable[[Any], Any]) -> Written:
    """A text and its place; that of an annotation is what it points to."""
    own = text.get_transform().transform(text.get_position())
    return Written(text.get_text(), *map(float, pixel(text.xy) if hasattr(text, "xy") else own))


def _limits(drawn: Any) -> tuple[float, ...]:
    """The values at both ends of the scale of colours, if there is one."""
    limits: tuple[Any, ...] = drawn.get_clim() if hasattr(drawn, "get_clim") else ()
    return () if None in limits else limits


def _coloured(drawn: Any) -> Iterator[tuple[float, tuple[float, float]]]:
    """Value and centre of each cell of an image or a mesh."""
    values = drawn.get_array()
    if values is None:
        return
    values = np.ma.filled(np.ma.asarray(values, dtype=float), math.nan)
    if hasattr(drawn, "get_extent"):
        rows, columns = values.shape[:2]
        left, right, bottom, top = drawn.get_extent()
        first, last = (top, bottom) if drawn.origin == "upper" else (bottom, top)
        xs = left + (np.arange(columns) + 0.5) * (right - left) / columns
        ys = first + (np.arange(rows) + 0.5) * (last - first) / rows
        places = [(x, y) for y in ys for x in xs]
    elif hasattr(drawn, "get_coordinates"):
        corners = drawn.get_coordinates()  # (rows + 1, columns + 1, 2)
        middles = (corners[1:, 1:] + corners[:-1, :-1]) / 2
        places = [tuple(place) for place in middles.reshape(-1, 2)]
    else:
        return
    yield from zip(values.ravel().tolist(), places, strict=False)


def panels_of(figure: Any) -> list[Panel]:
    """What all axes of a figure show."""
    legends = [*figure.legends, *(ax.get_legend() for ax in figure.axes)]
    names = [pair for legend in legends if legend for pair in _entries(legend)]
    return [_panel(ax, names) for ax in figure.axes]


def _entries(legend: Any) -> list[tuple[Any, str]]:
    """How each line of a legend looks, and its text."""
    pairs = zip(legend.legend_handles, legend.get_texts(), strict=False)
    return [(_look(handle), text.get_text()) for handle, text in pairs]


def _look(line: Any) -> Any:
    """What tells a line from others."""
    if not isinstance(line, plt.Line2D):
        return None
    return [str(line.get_color()), line.get_linestyle(), str(line.get_marker())]


def _panel(ax: Any, names: list[tuple[Any, str]]) -> Panel:
    """Labels, scale, lines and marks of a pair of axes."""
    lines = []
    for line in ax.get_lines():
        x, y = (np.asarray(each, dtype=float).tolist() for each in line.get_data())
        label = [text for look, text in names if look == _look(line)]
        own = [text for text in label if text == line.get_label()]
        lines.append(Line(x, y, name=(own or label or [""])[0]))
    shared = [ax, *ax.get_shared_x_axes().get_siblings(ax)]
    across = next((each.get_xlabel() for each in shared if each.get_xlabel()), "")
    return Panel(across, ax.get_ylabel(), ax.get_yscale(), lines, list(_marks(ax)))


def _marks(ax: Any) -> Iterator[float]:
    """Where, along the horizontal axis, something is marked."""
    for line in ax.get_lines():
        x = np.asarray(line.get_xdata(), dtype=float)
        if len(x) and (x == x[0]).all():
            yield float(x[0])
    for drawn in ax.collections:
        if hasattr(drawn, "get_segments"):
            yield from (float(each[0][0]) for each in drawn.get_segments() if len(each))
        else:
            yield from (float(x) for x, _ in np.asarray(drawn.get_offsets(), dtype=float))
    for text in ax.texts:
        yield float(getattr(text, "xy", text.get_position())[0])
    for patch in ax.patches:
        yield float(patch.get_extents().transformed(ax.transData.inverted()).x0)
