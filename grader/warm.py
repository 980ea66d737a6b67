"""The warm parent: imports the heavy packages once, then forks a walled child per submission.

It is started by `grader.sandbox` as `python -m grader.warm FD WALLS EXERCISE`, and does what it is
told over the socket FD. A child inherits its memory, so it must never hold a check, an expected
value, another submission or a secret.
"""

from __future__ import annotations

import array
import contextlib
import gc
import importlib
import os
import signal
import socket
import sys
import types
from pathlib import Path
from typing import Any

from grader import probes, walls, wire
from grader.bench import Bench, travelled

READY = "ready"
PLAIN = ("numpy", "pandas", "matplotlib.pyplot")
FIRST_WITH_TORCH = 5
LEARNING = (
    *("torch", "torch.nn.functional", "torch.utils.data"),
    *("sklearn.metrics", "sklearn.preprocessing", "sklearn.utils.class_weight"),
)
FIRST_WITH_WANDB = 9
TRACKING = (
    *("wandb", "wandb.sdk.launch"),  # the second one is what the first run would import
    *("optuna", "optuna.distributions", "optuna.trial", "safetensors.torch"),
    *("sklearn.model_selection", "tqdm.auto"),
)
ALONE = {"WANDB_MODE": "offline", "WANDB_ERROR_REPORTING": "false"}  # nobody can be reached


def main(fd: int, walled: bool, exercise: str) -> None:
    """Serve `start` (fork a child, pass its socket back) and `stop` (kill it) until the end."""
    judge = socket.socket(fileno=fd)
    prepare(exercise)
    gc.freeze()  # a child that collects garbage would otherwise copy all of our memory
    wire.send(judge, READY)
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            request, pid = wire.receive(judge)
            if request == "start":
                _start(judge, walled, exercise)
            elif request == "stop":
                _stop(pid)
                wire.send(judge, "stopped")


def prepare(exercise: str) -> None:
    """Import what the exercise's notebook and probes need, and the references of earlier ones."""
    os.environ["MPLBACKEND"] = "Agg"
    learning, tracking = int(exercise) >= FIRST_WITH_TORCH, int(exercise) >= FIRST_WITH_WANDB
    for name in (*PLAIN, *(LEARNING if learning else ()), *(TRACKING if tracking else ())):
        importlib.import_module(name)
    if learning:
        _warm_up_torch()
    probes.load(exercise)
    sys.modules["grader.stand_in"] = stand_in(references(int(exercise)))


def _warm_up_torch() -> None:
    """Keep torch to one thread, which a fork needs, and do what takes it seconds the first time."""
    import torch

    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    model = torch.nn.Linear(1, 1)
    optimizer = torch.optim.Adam(model.parameters())  # imports a third of torch
    model(torch.zeros(1, 1)).sum().backward()
    optimizer.step()


def references(number: int) -> dict[str, types.ModuleType]:
    """The reference modules of the exercises before `number`, as far as they are installed."""
    folder = Path(__file__).resolve().parent.parent / "solutions"
    paths = {path.stem for path in folder.glob("ex[0-9][0-9]_*.py")}
    earlier = {name for name in paths if int(name[2:4]) < number}
    return {str(int(n[2:4])): importlib.import_module(f"solutions.{n}") for n in earlier}


def stand_in(earlier: dict[str, types.ModuleType]) -> types.ModuleType:
    """What `from grader import check, hint, prior` finds in a child: nothing to check with."""

    def prior(exercise: str, name: str) -> Any:
        if exercise not in earlier:
            raise ImportError(f"prior({exercise!r}, {name!r}): no reference is installed")
        return getattr(earlier[exercise], name)

    module = types.ModuleType("grader")
    module.__dict__.update(check=_nothing, hint=_nothing, prior=prior)
    return module


def _nothing(*_: object, **__: object) -> None:
    """Do nothing: nobody looks at a check cell's output here."""


def _start(judge: socket.socket, walled: bool, exercise: str) -> None:
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        judge.close()
        ours.close()
        _child(theirs, walled, exercise)
    theirs.close()
    wire.send(judge, pid)
    socket.send_fds(judge, [b"."], array.array("i", [ours.fileno()]))
    ours.close()


def _stop(pid: int) -> None:
    """End a child: inside walls all its descendants die with it, else those of its session."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _child(sock: socket.socket, walled: bool, exercise: str) -> None:
    """Confine this process, run the learner's cells and answer probes. Never returns."""
    try:
        if walled:
            walls.confine(walls.Limits(), walls.interpreter_paths(), [sock.fileno()])
        else:
            os.setsid()
        os.environ.update(ALONE)
        _give_wandb_its_folder()
        _forget_the_grader()
        _serve(sock, Bench.fresh(exercise))
    except walls.WallError as error:
        wire.send(sock, str(error))
        os._exit(walls.BROKEN)
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


def _serve(sock: socket.socket, bench: Bench) -> None:
    bench.namespace["get_ipython"] = _ipython
    wire.send(sock, READY)
    while True:
        kind, *request = wire.receive(sock)
        if kind == "cell":
            reply: Any = bench.run_cell(*request)
        elif kind == "undefined":
            reply = bench.undefined(*request)
        else:
            reply = bench.probe(*request)
        wire.send(sock, travelled(reply))


class _Ipython:
    """Stands for IPython in a notebook's magics: takes every call and does nothing."""

    def __getattr__(self, name: str) -> Any:
        return _nothing


def _ipython() -> _Ipython:
    return _Ipython()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2] == "walls", sys.argv[3])
