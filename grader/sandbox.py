"""The judge's side of the sandbox: a learner's notebook in a walled child of a warm parent.

A part that never ends, or that takes the process down, costs that part and nothing else: the child
is replaced by a new one, which runs the cells again without those that never ended.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from grader import wire
from grader.answer import Failure, failure_of, read
from grader.notebook import Cell
from grader.warm import READY

START_SECONDS = 120.0


class SandboxError(RuntimeError):
    """The sandbox itself does not work; the message says what to do."""


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds of wall time: for a cell, a part, a whole submission."""

    cell: float = 20.0
    part: float = 10.0
    submission: float = 120.0


class WarmParent:
    """A process that has imported the exercise's packages and forks a child on request."""

    def __init__(self, exercise: str, walled: bool = True) -> None:
        self.exercise = exercise
        ours, theirs = socket.socketpair()
        walls = "walls" if walled else "open"
        command = [sys.executable, "-m", "grader.warm", str(theirs.fileno()), walls, exercise]
        self._process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env=_environment()
        )
        theirs.close()
        self._socket = ours
        self._ask()

    def fork(self) -> tuple[int, socket.socket]:
        """A new child: its process id and the socket to it, once its walls stand."""
        pid = self._ask(["start", 0])
        _, (fd,), _, _ = socket.recv_fds(self._socket, 1, 1)
        child = socket.socket(fileno=fd)
        try:
            word = wire.receive(child, time.monotonic() + START_SECONDS)
        except (EOFError, ConnectionError, TimeoutError):
            word = "A child of the sandbox did not start."
        if word != READY:
            raise SandboxError(str(word))
        return pid, child

    def kill(self, pid: int) -> None:
        """End a child and everything it has started."""
        self._ask(["stop", pid])

    def close(self) -> None:
        self._socket.close()
        self._process.wait(timeout=START_SECONDS)

    def _ask(self, request: list | None = None) -> Any:
        """Send a request, if there is one, and wait for the answer."""
        try:
            if request is not None:
                wire.send(self._socket, request)
            return wire.receive(self._socket, time.monotonic() + START_SECONDS)
        except (EOFError, OSError, wire.WireError):
            raise SandboxError(
                "The sandbox's parent process did not answer. Its messages are above; "
                "`make test` shows whether the sandbox works on this machine."
            ) from None


class Session:
    """One learner's notebook, run in a child; a `Backend` for the checks."""

    def __init__(self, parent: WarmParent, cells: Sequence[Cell], patience: Patience) -> None:
        self._parent, self._cells, self._patience = parent, cells, patience
        self._troubles: dict[int, Failure] = {}
        self._endless: set[int] = set()
        self._nameless: set[int] = set()
        self._end = time.monotonic() + patience.submission
        self._pid: int | None = None
        self._socket: socket.socket | None = None

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._drop()

    def ask(self, probe: str, args: tuple, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Run a probe in the child, within the time for a part."""
        return self._request(["probe", probe, list(args), kwargs], self._patience.part)

    def undefined(self, names: list[str]) -> list[str]:
        reply = self._request(["undefined", names], self._patience.part)
        answered = reply if isinstance(reply, list) else names
        return [name for name in names if name in answered]

    def trouble_with(self, name: str) -> Failure | None:
        cells = [cell for cell in self._cells if cell.number in self._troubles]
        return next((self._troubles[cell.number] for cell in cells if cell.mentions(name)), None)

    def _request(self, request: list, seconds: float) -> Any:
        self._ready()
        deadline = min(time.monotonic() + seconds, self._end)
        try:
            return self._exchange(request, deadline)
        except TimeoutError:
            self._drop()
            raise Failure(self._too_long(seconds), "timeout") from None
        except (EOFError, ConnectionError, wire.WireError):
            self._drop()
            raise Failure(DIED, "error") from None

    def _exchange(self, request: list, deadline: float) -> Any:
        assert self._socket is not None
        self._socket.settimeout(max(deadline - time.monotonic(), 0.001))
        wire.send(self._socket, request)
        return wire.receive(self._socket, deadline)

    def _ready(self) -> None:
        """A child in which all cells have run that ever end."""
        while self._socket is None:
            if time.monotonic() > self._end:
                raise Failure(self._too_long(0), "timeout")
            self._pid, self._socket = self._parent.fork()
            if all(self._run(cell) for cell in self._cells if cell.number not in self._endless):
                self._run_again()

    def _run(self, cell: Cell) -> bool:
        """Run a cell. False if it took the child down, which must then be replaced."""
        deadline = min(time.monotonic() + self._patience.cell, self._end)
        try:
            reply = self._exchange(["cell", cell.number, cell.source], deadline)
        except TimeoutError:
            self._abandon(cell, Failure(f"The cell {ENDLESS}", "timeout"))
            return False
        except (EOFError, ConnectionError, wire.WireError):
            self._abandon(cell, Failure(DIED, "error"))
            return False
        answer = read(reply)
        if answer.raised is not None:
            if answer.raised.is_a("NameError"):
                self._nameless.add(cell.number)
            failure = failure_of(answer.raised)
            says = failure.message.replace("Your code raised", "The cell could not be run:")
            self._troubles[cell.number] = Failure(says, failure.status)
        return True

    def _run_again(self) -> None:
        """Cells that missed a name may only have stood before the cell that defines it."""
        early = [cell for cell in self._cells if cell.number in self._nameless]
        self._nameless.clear()
        for cell in early:
            del self._troubles[cell.number]
            if not self._run(cell):
                break

    def _abandon(self, cell: Cell, trouble: Failure) -> None:
        self._endless.add(cell.number)
        self._troubles[cell.number] = trouble
        self._drop()

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self._pid is not None:
            self._parent.kill(self._pid)
            self._pid = None

    def _too_long(self, seconds: float) -> str:
        if time.monotonic() > self._end:
            total = f"{self._patience.submission:g} s"
            return f"The time for the whole notebook ({total}) was used up before this part."
        return f"Your code {ENDLESS.replace('SECONDS', f'{seconds:g}')}"


ENDLESS = "did not end in time. Look for a loop whose condition never becomes false."
DIED = (
    "Your code took the Python process down (out of memory, too many processes, or a call that "
    "ends the program)."
)


def _environment() -> dict[str, str]:
    """The parent's environment: nothing of the instructor's own goes in."""
    kept = {key: os.environ[key] for key in ("PATH", "LANG", "VIRTUAL_ENV") if key in os.environ}
    single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    return kept | single | {"MPLBACKEND": "Agg", "PYTHONHASHSEED": "0"}


def close_quietly(parent: WarmParent | None) -> None:
    if parent is not None:
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            parent.close()
