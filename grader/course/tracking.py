"""What a learner's code finds in place of Weights & Biases: a recorder, or real runs offline.

The recorder takes the arguments that the real `wandb.init` and `wandb.Run` take (their signatures
are asked), keeps the history as W&B would, and sends nothing. The real runs are offline whatever
the learner's settings say, lie in a folder that is removed afterwards, and leave a run alone that
is open already.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
import wandb
import wandb.sdk.launch  # imported by the first `init`; now, so that no learner waits for it
from matplotlib.colors import to_rgb
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure
from wandb.sdk.wandb_config import Config

GLOBALS = ("init", "run", "config", "summary", "log", "finish", "log_artifact", "login", "Image")
BARE = dict.fromkeys(("WANDB_API_KEY", "WANDB_MODE", "WANDB_BASE_URL"))  # not set
KEYLESS = BARE | {"NETRC": os.devnull}
QUIET: dict[str, Any] = {
    "silent": True,
    "console": "off",
    "disable_git": True,
    "save_code": False,
    "x_disable_stats": True,
    "x_disable_meta": True,
    "x_disable_machine_info": True,
    "x_save_requirements": False,
}


# The recorder


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
        self.id, self.name = "a1b2c3d4", options.get("name")
        self.config = Config()
        self.config.update(dict(options.get("config") or {}))
        self.config.update(chosen or {}, allow_val_change=True)
        self.summary = Summary()
        self.step = 0
        self.calls: list[dict[str, Any]] = []
        self.rows: dict[int, dict[str, Any]] = {}
        self.dropped: list[int] = []
        self.artifacts: list[dict[str, Any]] = []
        self.finished: list[int] = []

    def log(self, *args: Any, **kwargs: Any) -> None:
        call = given(wandb.Run.log, self, *args, **kwargs)
        if self.finished:
            raise wandb.errors.UsageError("Run is finished. The call to `log` will be ignored.")
        if not isinstance(call["data"], dict):
            raise TypeError("wandb.log must be passed a dictionary")
        data, step = (
            {key: described(value) for key, value in call["data"].items()},
            call.get("step"),
        )
        commit = call.get("commit")
        commit = step is None if commit is None else commit
        self.calls.append({"data": data, "step": step, "commit": commit})
        if step is not None and step < self.step:
            self.dropped.append(step)
            return
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
        self.figure = described_figure(figure) if isinstance(figure, Figure) else None


wandb_image = wandb.Image.__init__


def described(value: Any) -> Any:
    """What was logged, in plain values."""
    if isinstance(value, wandb.plot.CustomChart):
        table, spec = value.table, value.spec
        chart = {"chart": spec.spec_name, "columns": list(table.columns), "fields": spec.fields}
        rows = [[plain(cell) for cell in row] for row in table.data]
        return chart | {"rows": rows, "strings": spec.string_fields}
    if isinstance(value, RecordedImage):
        return {"image": value.figure}
    if isinstance(value, list | tuple):
        return [described(item) for item in value]
    if isinstance(value, Figure):
        return {"figure": True}
    return plain(value)


def plain(value: Any) -> Any:
    """A number as Python's own; what is no plain value by the name of its type."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, torch.Tensor) and value.numel() == 1:
        return value.item()
    known = isinstance(value, str | int | float | bool | type(None) | dict)
    return value if known else f"<{type(value).__name__}>"


def described_figure(figure: Figure) -> dict[str, Any]:
    """Titles, labels and error bars of a figure with its panels."""
    panels = []
    for ax in figure.axes:
        titles = [ax.get_title(loc=where) for where in ("left", "center", "right")]
        bars = [bar for bar in ax.containers if isinstance(bar, ErrorbarContainer)]
        panels.append(
            {
                "title": " ".join(titles),
                "labels": [ax.get_xlabel(), ax.get_ylabel()],
                "inverted": bool(ax.yaxis_inverted()),
                "bars": [described_bars(bar) for bar in bars],
                "other_points": len(ax.lines) + len(ax.collections),
            }
        )
    titles = [figure.get_suptitle(), *(str(panel["title"]) for panel in panels)]
    return {"panels": panels, "title": " ".join(titles)}


def described_bars(bars: ErrorbarContainer) -> dict[str, Any]:
    """Position, half length in y, colour and label of error bars."""
    line, _, segments = bars.lines
    ends = [np.asarray(s) for part in segments for s in part.get_segments() if len(s)]
    upright = [s for s in ends if s[0, 0] == s[-1, 0]]
    colour = to_rgb(line.get_color()) if line is not None else segments[0].get_color()[0][:3]
    y = np.asarray(line.get_ydata(), float).tolist() if line is not None else []
    return {
        "x": np.asarray(line.get_xdata(), float).tolist() if line is not None else [],
        "y": y or [float(s[:, 1].mean()) for s in upright],
        "error": [float(np.ptp(s[:, 1]) / 2) for s in upright],
        "colour": [float(c) for c in colour],
        "label": str(bars.get_label()),
    }


# The trial: what the learner's code finds instead of W&B


class Trial:
    """Watches runs being opened; they are recorded, or real ones offline."""

    def __init__(self, learner: Any, folder: Path | None = None) -> None:
        self.namespace = learner._namespace
        self.folder = folder  # of real runs
        self.runs: list[Any] = []
        self.asked: list[dict[str, Any]] = []  # how `init` was called
        self.logins = 0
        self.chosen: dict[str, Any] = {}  # what a sweep's server would choose

    def init(self, *args: Any, **kwargs: Any) -> Any:
        options = given(real_init, *args, **kwargs)
        settings = options.get("settings") or {}
        if isinstance(settings, wandb.Settings):
            settings = {name: getattr(settings, name) for name in settings.model_fields_set}
        names = {"run_name": "name", "run_group": "group", "root_dir": "dir"}
        inside = {names.get(name, name): value for name, value in settings.items()}
        options = inside | {name: value for name, value in options.items() if value is not None}
        config = dict(options["config"]) if options.get("config") else {}
        before = [run.finished for run in self.runs] if self.folder is None else []
        self.asked.append(options | {"config": config, "left_open": [] in before})
        run = self._real(options) if self.folder else RecordedRun(options, self.chosen)
        self.runs.append(run)
        self._make_global(run)
        return run

    def _real(self, options: dict[str, Any]) -> Any:
        """A real run: offline, beside whatever run is open, with the learner's name and config."""
        kept = {
            key: options[key] for key in ("project", "name", "config", "group") if options.get(key)
        }
        with environment(WANDB_ERROR_REPORTING="false"):
            return real_init(
                **kept,
                mode="offline",
                dir=str(self.folder),
                reinit="create_new",
                settings=wandb.Settings(**QUIET),
            )

    def _make_global(self, run: Any) -> None:
        changes = {"run": run, "config": run.config, "summary": run.summary}
        changes |= {name: getattr(run, name) for name in ("log", "finish", "log_artifact")}
        for name, value in changes.items():
            setattr(wandb, name, value)

    def login(self, *_: Any, **__: Any) -> bool:
        self.logins += 1
        return False

    @contextlib.contextmanager
    def going_on(self) -> Iterator[Trial]:
        """Put the stand-ins in their places, also where the learner imported a function by name."""
        originals = {name: getattr(wandb, name) for name in GLOBALS}
        places = {"init": self.init, "login": self.login}
        places |= {} if self.folder else {"Image": RecordedImage}
        replaced = {
            name: places[what]
            for name, value in self.namespace.items()
            for what in places
            if value is originals[what]
        }
        try:
            with replacing(self.namespace, **replaced):
                for name, value in places.items():
                    setattr(wandb, name, value)
                yield self
        finally:
            for name, value in originals.items():
                setattr(wandb, name, value)


real_init = wandb.init


@contextlib.contextmanager
def replacing(namespace: dict[str, Any], **values: Any) -> Iterator[None]:
    """Put values into the learner's namespace for a while."""
    before = {name: namespace[name] for name in values if name in namespace}
    namespace.update(values)
    try:
        yield
    finally:
        for name in values:
            namespace.pop(name, None)
        namespace.update(before)


@contextlib.contextmanager
def environment(**variables: str | None) -> Iterator[None]:
    """Set environment variables for a while; None unsets one."""
    before = {name: os.environ.get(name) for name in variables}
    try:
        _set(variables)
        yield
    finally:
        _set(before)


def _set(variables: dict[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@contextlib.contextmanager
def recorded(learner: Any, **variables: str | None) -> Iterator[Trial]:
    """A trial with recorded runs, without a key unless `variables` say otherwise."""
    with scratch(), environment(**(KEYLESS | variables)), Trial(learner).going_on() as trial:
        yield trial


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """An empty folder, which is also where W&B keeps the files of artifacts; removed in the end."""
    place = Path(tempfile.mkdtemp(prefix="tracking-"))
    figures = set(plt.get_fignums())
    try:
        with environment(WANDB_DATA_DIR=str(place / "data"), WANDB_CACHE_DIR=str(place / "cache")):
            yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        for number in set(plt.get_fignums()) - figures:
            plt.close(number)


# Real runs


@contextlib.contextmanager
def real(learner: Any) -> Iterator[Trial]:
    """A trial with real runs, offline."""
    with scratch() as place, environment(**KEYLESS), Trial(learner, place).going_on() as trial:
        try:
            yield trial
        finally:
            for run in trial.runs:
                run.finish()  # does nothing if it is finished already


def recorded_in(run: Any, seconds: float = 8.0) -> dict[str, Any]:
    """What a finished offline run has recorded, read from its file by W&B's own program.

    On a busy machine the file is complete, with its record of the end, only after a while.
    """
    deadline = time.monotonic() + seconds
    while (found := _read(run))["exit"] is None and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def _read(run: Any) -> dict[str, Any]:
    path = Path(run.settings.sync_file)
    command = [wandb.util.get_core_path(), "leet", "inspect", "--no-observability", "--json"]
    command += ["--run-file", str(path), str(path.parent.parent)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    records = [json.loads(line) for line in printed.splitlines()]
    found: dict[str, Any] = {"rows": {}, "config": {}, "summary": {}, "artifacts": [], "exit": None}
    for record in records:
        content = record.get(record["type"], {})
        if record["type"] == "history":
            found["rows"][str(content["step"]["num"])] = content["item"]
        elif record["type"] == "summary":
            found["summary"].update(content.get("update", {}))
        elif record["type"] in ("run", "config"):
            update = content.get("config", content).get("update", {})
            found["config"].update({k: v for k, v in update.items() if not k.startswith("_")})
            if record["type"] == "run":
                found |= {key: content.get(key) for key in ("project", "display_name")}
        elif record["type"] == "exit":
            found["exit"] = content.get("exit_code", 0)
        elif record["type"] == "artifact" and content["type"] != "run_table":
            found["artifacts"].append(content)
    media = Path(run.settings.sync_dir, "files", "media")
    found["tables"] = [json.loads(p.read_text("utf-8")) for p in sorted(media.glob("table/*.json"))]
    found["images"] = sum(1 for _ in media.glob("images/*"))
    return found


def rows_of(run: RecordedRun) -> dict[str, Any]:
    """The rows of a recorded run that hold anything, by step."""
    return {str(step): row for step, row in run.rows.items() if row}
