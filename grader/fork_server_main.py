"""The fork server: imports the packages once, and forks from there whatever runs a notebook.

It is started by `grader.fork_server` as `python -m grader.fork_server_main LIFELINE LISTENERS...`
(numbers of descriptors). What descends from it shares its memory:

- a *layer* has imported some of the packages; from it the next layer is forked, and imports more
- a *warm parent* answers one connection to a layer; it has loaded the probes of one exercise and
  the references that a notebook asks for
- a *child* is forked from it for one notebook, and isolated

A child can read all of that memory, so it must never hold a check, an expected value, another
submission or a secret.
"""

from __future__ import annotations

import array
import contextlib
import importlib
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import traceback
import types
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from grader import file_view, isolation, references, shell, wire
from grader.course import probing
from grader.resource_limits import Limits, collect_garbage_seldom
from grader.runner import Runner, travelled
from grader.shell import Shell

READY = "ready"
# Also what packages import only when they are used, since each child would do so again.
LAYERS: tuple[tuple[str, ...], ...] = (
    (
        *("numpy", "pandas", "matplotlib.pyplot", "matplotlib.backends.backend_agg"),
        *("IPython.core.interactiveshell", "IPython.core.logger"),
    ),
    (
        *("torch", "torch.nn.functional", "torch.utils.data", "torch.utils.serialization"),
        *("sklearn.metrics", "sklearn.preprocessing", "sklearn.utils.class_weight", "tqdm.auto"),
    ),
    ("sklearn.ensemble", "sklearn.model_selection"),
    (
        *("wandb", "wandb.sdk.launch", "requests", "yaml"),
        *("optuna", "optuna.distributions", "optuna.trial", "safetensors.torch"),
    ),
)
FIRST_EXERCISES = (1, 5, 8, 9)  # that need a layer
CPU_SECONDS = 300  # the judge has limits of wall time for each cell and part
ALONE = {"WANDB_MODE": "offline", "WANDB_ERROR_REPORTING": "false"}  # nobody can be reached


@dataclass(frozen=True)
class Settings:
    """What holds for all children: where files may be left, and how they are isolated."""

    folder: Path
    isolated: bool
    hidden: tuple[Path, ...] = ()


def layer_of(exercise: str) -> int:
    """The layer that has what an exercise's notebook needs."""
    return sum(int(exercise) >= first for first in FIRST_EXERCISES) - 1


def main(lifeline: socket.socket, listeners: list[socket.socket]) -> None:
    """Be one layer after the other, each in a process of its own, until the lifeline ends."""
    folder, isolated, hidden = wire.receive(lifeline)
    settings = Settings(Path(folder), isolated, (*file_view.grader_paths(), *map(Path, hidden)))
    for layer, packages in enumerate(LAYERS):
        if _ended(lifeline, listeners[layer:]):
            break
        _prepare(packages)
        own, *later = listeners[layer:]
        if later and os.fork() == 0:
            own.close()
            continue
        for listener in later:
            listener.close()
        _serve_layer(lifeline, own, settings)
        break
    if layer == 0:
        shutil.rmtree(settings.folder, ignore_errors=True)


def _ended(lifeline: socket.socket, listeners: list[socket.socket]) -> bool:
    """Wait for a connection. True if there will be none any more."""
    return lifeline in select.select([lifeline, *listeners], [], [])[0]


def _prepare(packages: tuple[str, ...]) -> None:
    """Import packages, once for all that is forked from here."""
    for name in packages:
        importlib.import_module(name)
    if "torch" in packages:
        _warm_up_torch()
    collect_garbage_seldom()


def _warm_up_torch() -> None:
    """Keep torch to one thread, which a fork needs, and do what takes it seconds the first time."""
    import torch

    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    model = torch.nn.Linear(1, 1)
    optimizer = torch.optim.Adam(model.parameters())  # imports a third of torch
    model(torch.zeros(1, 1)).sum().backward()
    optimizer.step()


def _serve_layer(lifeline: socket.socket, listener: socket.socket, settings: Settings) -> None:
    """Fork a warm parent for every connection."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # those that end are not waited for
    while not _ended(lifeline, [listener]):
        judge, _ = listener.accept()
        if os.fork() == 0:
            lifeline.close()
            listener.close()
            _be_warm_parent(judge, settings)
        judge.close()


def _be_warm_parent(judge: socket.socket, settings: Settings) -> NoReturn:
    """Serve `start` (fork a child, pass its socket back) and `stop` (kill it) until the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    children: set[int] = set()
    try:
        exercise, priors = wire.receive(judge)
        probing.load(exercise)
        sys.modules["grader.stand_in"] = references.stand_in(references.load(priors))
        ready = shell.make(types.ModuleType("__main__"))
        collect_garbage_seldom()
        wire.send(judge, READY)
        while True:
            request, pid = wire.receive(judge)
            if request == "start":
                children.add(_start(judge, settings, exercise, ready))
            else:
                children.remove(pid)
                _stop(pid)
                wire.send(judge, "stopped")
    except (EOFError, ConnectionError):
        pass
    except BaseException:
        traceback.print_exc()
    for pid in children:
        _stop(pid)
    os._exit(0)


def _start(judge: socket.socket, settings: Settings, exercise: str, ready: Shell) -> int:
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        judge.close()
        ours.close()
        _child(theirs, settings, exercise, ready)
    theirs.close()
    wire.send(judge, pid)
    socket.send_fds(judge, [b"."], array.array("i", [ours.fileno()]))
    ours.close()
    return pid


def _stop(pid: int) -> None:
    """End a child: in isolation all its descendants die with it, else those of its session."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _child(sock: socket.socket, settings: Settings, exercise: str, ready: Shell) -> NoReturn:
    """Isolate this process, run the learner's cells and answer probes."""
    try:
        if settings.isolated:
            paths = file_view.readable_paths()
            isolation.confine(
                Limits(cpu_seconds=CPU_SECONDS), paths, [sock.fileno()], settings.hidden
            )
        else:
            os.setsid()
            os.chdir(tempfile.mkdtemp(dir=settings.folder))
        os.environ.update(ALONE)
        _give_wandb_its_folder()
        _forget_the_grader()
        shell.settle(ready)
        sys.modules["__main__"] = ready.user_module
        runner = Runner(ready.user_ns, exercise, ready)
        _serve(sock, runner, sys.modules["grader"].checked)
    except isolation.IsolationError as error:
        wire.send(sock, str(error))
        os._exit(isolation.BROKEN)
    except (EOFError, ConnectionError):
        os._exit(0)
    finally:
        os._exit(1)


def _give_wandb_its_folder() -> None:
    """Make the folder for pictures that W&B chose at its import: behind walls /tmp is empty."""
    if module := sys.modules.get("wandb.sdk.data_types._private"):
        os.makedirs(module.MEDIA_TMP.name, exist_ok=True)


def _forget_the_grader() -> None:
    """Give the learner's `import grader` the stand-in, and leave nothing else of us importable."""
    module = sys.modules["grader.stand_in"]
    for name in [name for name in sys.modules if name.split(".")[0] in ("grader", "solutions")]:
        del sys.modules[name]
    sys.modules["grader"] = module
    sys.argv = ["notebook"]


def _serve(sock: socket.socket, runner: Runner, checked: list[str]) -> None:
    """Do what the judge asks for, until it hangs up."""
    wire.send(sock, READY)
    while True:
        kind, *request = wire.receive(sock)
        if kind == "cell":
            reply: Any = _run_cell(runner, checked, *request)
        elif kind == "file":
            reply = _write(*request)
        elif kind == "undefined":
            reply = runner.undefined(*request)
        else:
            reply = runner.probe(*request)
        wire.send(sock, travelled(reply))


def _run_cell(
    runner: Runner, checked: list[str], number: int, source: bytes, seconds: float
) -> Any:
    """Run a cell, and report besides which parts it has called `check` for."""
    checked.clear()
    reply = runner.run_cell(number, source.decode(), seconds)
    return reply | {"checked": list(checked)}


def _write(name: str, content: bytes) -> bool:
    """Put a file beside the notebook, or a package's below it."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True


if __name__ == "__main__":
    lifeline, *listeners = (socket.socket(fileno=int(fd)) for fd in sys.argv[1:])
    main(lifeline, listeners)
