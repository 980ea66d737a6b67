"""What a learner's code finds in place of Weights & Biases: a recorder, or real runs offline.

The real runs are offline whatever the learner's settings say, lie in a folder that is removed
afterwards, and leave a run alone that is open already.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import wandb
import wandb.sdk.launch  # imported by the first `init`; now, so that no learner waits for it

from grader.course.ex09.recorder import RecordedImage, RecordedRun, given
from grader.runner import Learner

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


class Trial:
    """Watches runs being opened; they are recorded, or real ones offline."""

    def __init__(self, learner: Learner, folder: Path | None = None) -> None:
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
def recorded(learner: Learner, **variables: str | None) -> Iterator[Trial]:
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
def real(learner: Learner) -> Iterator[Trial]:
    """A trial with real runs, offline."""
    with scratch() as place, environment(**KEYLESS), Trial(learner, place).going_on() as trial:
        try:
            yield trial
        finally:
            for run in trial.runs:
                run.finish()  # does nothing if it is finished already
