"""A recorder in place of a run of Weights & Biases.

It takes the arguments that the real `wandb.init` and `wandb.Run` take (their signatures are asked),
keeps the history as W&B would, and sends nothing.
"""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
import wandb
from matplotlib.figure import Figure
from wandb.sdk.wandb_config import Config

from grader.course.ex09.figures import picture_of
from grader.course.ex09.replies import Artifact, Call, Chart, Item, Logged, Rows

numbers = itertools.count(0xA1B2C3D4)  # of runs, none of which has the id of another
signature = functools.cache(inspect.signature)


def given(function: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
    """The arguments of a call by name. Raises TypeError as the real function would."""
    return dict(signature(function).bind(*args, **kwargs).arguments)


class Summary(dict[str, Any]):
    """Stands for a run's summary: items are attributes, too."""

    __getattr__ = dict.__getitem__
    __setattr__ = dict.__setitem__


class RecordedRun:
    """Stands for `wandb.Run`: the same arguments, rows as W&B would keep them, nothing sent."""

    def __init__(self, options: dict[str, Any], chosen: dict[str, Any] | None = None) -> None:
        self.options = options
        self.id, self.name = f"{next(numbers):08x}", options.get("name") or "misty-dawn-7"
        self.config = Config()
        self.config.update(dict(options.get("config") or {}))
        self.config.update(chosen or {}, allow_val_change=True)
        self.summary = Summary()
        self.step = 0
        self.calls: list[Call] = []
        self.rows: dict[int, dict[str, Any]] = {}
        self.artifacts: list[dict[str, Any]] = []
        self.versions: list[Artifact] = []
        """What became of them, for a learner to look at."""
        self.finished: list[int] = []

    def log(self, *args: Any, **kwargs: Any) -> None:
        call = given(wandb.Run.log, self, *args, **kwargs)
        if self.finished:
            raise wandb.errors.UsageError("Run is finished. The call to `log` will be ignored.")
        if not isinstance(call["data"], dict):
            raise TypeError("wandb.log must be passed a dictionary")
        data = {str(key): described(value) for key, value in call["data"].items()}
        step, commit = call.get("step"), call.get("commit")
        commit = step is None if commit is None else commit
        self.calls.append(Call(data, step, bool(commit)))
        if step is not None and step < self.step:
            return  # W&B drops it
        if step is not None and step > self.step:
            self._complete(step)
        self.rows.setdefault(self.step, {}).update(data)
        if commit:
            self._complete(self.step + 1)

    def _complete(self, next_step: int) -> None:
        """End the row: its last values are the summary's, until something else is written there."""
        self.summary.update(self.rows.get(self.step, {}))
        self.step = next_step

    def log_artifact(self, *args: Any, **kwargs: Any) -> Any:
        call = given(wandb.Run.log_artifact, self, *args, **kwargs)
        artifact = call["artifact_or_path"]
        self.artifacts.append({"artifact": artifact, "aliases": list(call.get("aliases") or [])})
        return artifact

    def finish(self, *args: Any, **kwargs: Any) -> None:
        call = given(wandb.Run.finish, self, *args, **kwargs)
        if not self.finished:
            self._complete(self.step)
        self.finished.append(int(call.get("exit_code") or 0))

    @property
    def history(self) -> Rows:
        """Its rows that hold anything, by step."""
        return rows_of(self)

    def __enter__(self) -> RecordedRun:
        return self

    def __exit__(self, kind: Any, *_: Any) -> None:
        self.finish(exit_code=0 if kind is None else 1)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not callable(getattr(wandb.Run, name, None)):
            raise AttributeError(f"'Run' object has no attribute {name!r}")
        return lambda *args, **kwargs: None


class RecordedImage:
    """Stands for `wandb.Image`: looks at the figure instead of making a picture of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        figure = given(wandb_image, None, *args, **kwargs)["data_or_path"]
        figure = plt.gcf() if figure is plt else figure
        figure = getattr(figure, "figure", figure)  # of its axes
        self.picture = picture_of(figure) if isinstance(figure, Figure) else None


wandb_image = wandb.Image.__init__


def described(value: Any) -> Any:
    """What was logged, in plain values."""
    if isinstance(value, wandb.plot.CustomChart):
        return Item("chart", chart=chart_of(value))
    if isinstance(value, RecordedImage):
        return Item("image", picture=value.picture)
    if isinstance(value, list | tuple):
        return [described(item) for item in value]
    return Item("figure") if isinstance(value, Figure) else plain(value)


def chart_of(plot: wandb.plot.CustomChart) -> Chart:
    """Kind, table and fields of a chart of W&B's own."""
    table, spec = plot.table, plot.spec
    rows = [[plain(cell) for cell in row] for row in table.data]
    strings = dict(spec.string_fields or {})
    return Chart(spec.spec_name, list(table.columns), rows, dict(spec.fields), strings)


def plain(value: Any) -> Any:
    """A number as Python's own; what is no plain value by the name of its type."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, torch.Tensor) and value.numel() == 1:
        return value.item()
    known = isinstance(value, str | int | float | bool | type(None) | dict)
    return value if known else f"<{type(value).__name__}>"


def rows_of(run: RecordedRun) -> Rows:
    """The rows of a recorded run that hold anything, by step."""
    return {str(step): row for step, row in run.rows.items() if row}


def logged_under(run: RecordedRun, key: str, calls: list[Call]) -> Logged:
    """What these calls logged under a key."""
    values = [call.data[key] for call in calls if key in call.data]
    items = values[0] if values and isinstance(values[0], list) else values[:1]
    return Logged(
        keys=sorted({name for call in calls for name in call.data}),
        times=len(values),
        items=[item if isinstance(item, Item) else Item("value", value=item) for item in items],
        step=run.step,
        in_row=key in run.rows.get(3, {}),
    )
