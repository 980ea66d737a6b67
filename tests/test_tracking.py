"""Runs of W&B: nobody is asked and nobody is reached without a key, and the walls let them be."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import notebooks
import numpy as np
import pytest
import wandb
from answer_files import namespace, reference
from children import run_in_child
from torch import nn

from grader import exercise, isolation, notebook
from grader.checking import run_checks
from grader.fork_server import WarmParent
from grader.learner import Kernel
from grader.session import Session, TimeLimits
from solutions import ex09_experiment_tracking as ex09

EX9 = "ex09_experiment_tracking"
KEYLESS = {"WANDB_API_KEY": None, "WANDB_MODE": None, "NETRC": os.devnull}
KEY = "a" * 40


class Listener:
    """A server on this machine that counts who calls, and hangs up."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.calls = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                caller, _ = self.socket.accept()
            except OSError:
                return
            self.calls += 1
            caller.close()

    def environment(self) -> dict[str, str]:
        """Variables that lead all of W&B's traffic here: to its server, and to others by proxy."""
        proxies = dict.fromkeys(
            ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), self.url
        )
        return {"WANDB_BASE_URL": self.url, **proxies}


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.socket.close()


def whole_run() -> None:
    """A run in which everything is logged that a tracker can log."""
    with ex09.WandBExperimentTracker("a-test") as tracker:
        tracker.start_experiment({"learning_rate": 0.1}, "first")
        for epoch in range(3):
            tracker.log_metrics({"loss": 1 / (1 + epoch)}, step=epoch)
        tracker.log_confusion_matrix(np.array([0, 1, 1]), np.array([0, 1, 0]), ["SNIa", "TDE"])
        tracker.log_model_checkpoint(nn.Linear(2, 1), 2, {"loss": 0.3})


@pytest.mark.slow
def test_offline_nobody_is_asked_and_nobody_is_called(listener: Listener, tmp_path: Path) -> None:
    variables = KEYLESS | listener.environment() | {"WANDB_DIR": str(tmp_path)}
    assert run_in_child(whole_run, **variables) == 0
    assert listener.calls == 0
    (folder,) = tmp_path.glob("wandb/offline-run-*")
    records = ex09.read_run(folder)
    assert ex09.history_of(records)["loss"].tolist() == pytest.approx([1, 1 / 2, 1 / 3])
    checkpoints = ex09.fetch_checkpoints(records, tmp_path / "back")
    notes = ex09.load_checkpoint(checkpoints["epoch-2"], nn.Linear(2, 1))
    assert notes["epoch"] == 2
    assert notes["config"] == {"learning_rate": 0.1}


@pytest.mark.slow
def test_with_a_key_the_same_code_calls_the_server(listener: Listener, tmp_path: Path) -> None:
    """So the test above would notice a call. The server hangs up, and no run comes about."""
    variables = KEYLESS | listener.environment()
    variables |= {"WANDB_DIR": str(tmp_path), "WANDB_API_KEY": KEY, "WANDB_INIT_TIMEOUT": "3"}
    assert run_in_child(whole_run, 30.0, **variables) != 0
    assert listener.calls > 0


NETRC = "machine {} login user password " + KEY + "\n"


@pytest.mark.parametrize(
    ("variables", "netrc", "mode"),
    [
        ({}, "", "offline"),
        ({"WANDB_API_KEY": KEY}, "", "online"),
        ({"WANDB_API_KEY": ""}, "", "offline"),
        ({"WANDB_API_KEY": KEY, "WANDB_MODE": "offline"}, "", "offline"),
        ({"WANDB_API_KEY": KEY, "WANDB_MODE": "disabled"}, "", "offline"),
        ({"WANDB_MODE": "online"}, "", "offline"),
        ({}, NETRC.format("api.wandb.ai"), "online"),
        ({}, NETRC.format("example.org"), "offline"),
        (
            {"WANDB_BASE_URL": "https://wandb.example.org"},
            NETRC.format("wandb.example.org"),
            "online",
        ),
        ({}, "this is no netrc file", "offline"),
    ],
)
def test_the_mode(
    variables: dict[str, str],
    netrc: str,
    mode: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A key in the environment or in netrc means online; whoever says offline is obeyed."""
    for name in ("WANDB_API_KEY", "WANDB_MODE", "WANDB_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "netrc").write_text(netrc)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert ex09.wandb_mode() == mode


def test_the_mode_without_any_netrc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("WANDB_API_KEY", "WANDB_MODE", "WANDB_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "nowhere"))
    assert ex09.wandb_mode() == "offline"


# The checks and what they leave behind


@pytest.mark.slow
def test_checks_leave_an_open_run_alone(tmp_path: Path) -> None:
    """A learner may check a part while a run of the notebook is open; it goes on afterwards."""

    def check_while_open() -> None:
        tempfile.tempdir = None  # so that it is looked up again
        run = wandb.init(project="mine", mode="offline", dir=str(tmp_path))
        run.log({"loss": 1.0}, step=0)
        found = exercise.load(EX9)
        kernel = Kernel(found, namespace(reference(EX9)))
        for part in ("9.2", "9.3"):
            (result,) = run_checks(found, kernel, 1, part)
            assert result.passed, result.message
        assert wandb.run is run
        wandb.log({"loss": 0.5}, step=1)
        run.finish()

    own = tmp_path / "temporary"  # others make and remove folders in the system's
    own.mkdir()
    assert run_in_child(check_while_open, **KEYLESS, TMPDIR=str(own)) == 0
    (folder,) = tmp_path.glob("wandb/offline-run-*")
    assert ex09.history_of(ex09.read_run(folder))["loss"].tolist() == [1.0, 0.5]
    assert not list(own.glob("tracking-*"))


@pytest.mark.skipif(isolation.why_unavailable() is not None, reason="no isolation here")
@pytest.mark.slow
def test_real_runs_inside_the_walls(tmp_path: Path) -> None:
    """The reference has full marks in the sandbox, where runs are real, and a cell may open one."""
    content = notebooks.without_checks(notebooks.filled(EX9))
    content["cells"].append(
        notebooks.code("run = wandb.init()\nrun.log({'loss': 1.0})\nrun.finish()")
    )
    content["cells"].append(notebooks.code("mode = run.settings.mode\ndef tell(): return mode"))
    path = notebooks.save(tmp_path / "submission.ipynb", content)
    found = exercise.load(EX9)
    with (
        closing(WarmParent("9")) as parent,
        Session(parent, notebook.read(path, found), TimeLimits()) as child,
    ):
        results: list[Any] = run_checks(found, child, 5)
        told = child.ask("call", ("tell",), {})
    assert {r.part.id: r.message for r in results if not r.passed} == {}
    assert sum(r.points for r in results if not r.part.bonus) == 10
    assert told["value"] == "offline"
