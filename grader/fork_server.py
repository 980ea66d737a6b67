"""The judge's side of the fork server, which has imported the packages that notebooks need.

One server serves all processes of a run: `ForkServer` starts and ends it, and a `WarmParent`,
in whatever process, asks it for children.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from grader import safe_path, wire
from grader.fork_server_main import LAYERS, READY, layer_of

START_SECONDS = 120.0
LONGEST_ADDRESS = 80  # characters: that of a socket may have 100
KEPT = 3  # sets of references that notebooks have asked for


class SandboxError(RuntimeError):
    """The sandbox itself does not work; the message says what to do."""


class ForkServer:
    """A process that imports packages when they are first needed, and forks from there.

    `isolated` says whether children are isolated, and `hidden` lists what they must not see even
    where it lies among the interpreter's own files. The packages of the exercises `ahead` are
    imported at once, in the background. It ends with this process, if not before.
    """

    def __init__(
        self, isolated: bool = True, hidden: Iterable[Path] = (), ahead: Iterable[str] = ()
    ) -> None:
        self.isolated, self.address = isolated, _private_folder()
        listeners = [_listen(self.address / str(layer)) for layer in range(len(LAYERS))]
        self._lifeline, theirs = socket.socketpair()
        fds = [end.fileno() for end in (theirs, *listeners)]
        self.process = subprocess.Popen(
            [*safe_path.COMMAND, "-m", "grader.fork_server_main", *map(str, fds)],
            pass_fds=fds,
            stdin=subprocess.DEVNULL,
            env=_environment(self.address),
            cwd=safe_path.FOLDER,
            start_new_session=True,  # Ctrl-C in a terminal is for the process that owns us
        )
        wire.send(self._lifeline, [str(self.address), isolated, [str(path) for path in hidden]])
        for end in (theirs, *listeners):
            end.close()
        if numbers := list(ahead):
            _connect(self.address, max(map(layer_of, numbers))).close()

    def __enter__(self) -> ForkServer:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the server, and wait until all its layers have ended."""
        _end(self._lifeline)
        self.process.wait(timeout=START_SECONDS)


class WarmParent:
    """Processes of the server's that have loaded an exercise's probes and fork a child on request.

    `address` is that of a fork server; without one, the parent has a server of its own.
    """

    def __init__(self, exercise: str, isolated: bool = True, address: Path | None = None) -> None:
        self.exercise, self.isolated = exercise, isolated
        self.server = ForkServer(isolated) if address is None else None
        self._address = self.server.address if self.server else address
        self._connections: dict[frozenset[str], socket.socket] = {}
        self._parent_of: dict[int, socket.socket] = {}

    def fork(self, priors: frozenset[str] = frozenset()) -> tuple[int, socket.socket]:
        """A new child: its process id and the socket to it, once it is isolated.

        It holds the references of the exercises `priors`.
        """
        connection = self._connection(priors)
        pid = _ask(connection, ["start", 0])
        _, (fd,), _, _ = socket.recv_fds(connection, 1, 1)
        child = socket.socket(fileno=fd)
        self._parent_of[pid] = connection
        try:
            word = wire.receive(child, time.monotonic() + START_SECONDS)
        except (EOFError, ConnectionError, TimeoutError):
            word = "A child of the sandbox did not start."
        if word != READY:
            raise SandboxError(str(word))
        return pid, child

    def prepare(self, priors: frozenset[str]) -> None:
        """Have a process ready that holds these references."""
        self._connection(priors)

    def kill(self, pid: int) -> None:
        """End a child and everything it has started."""
        _ask(self._parent_of[pid], ["stop", pid])
        del self._parent_of[pid]

    def close(self) -> None:
        """End all children, their parents, and the server if it is our own."""
        while self._connections:
            _end(self._connections.popitem()[1])
        if self.server:
            self.server.close()

    def _connection(self, priors: frozenset[str]) -> socket.socket:
        """The connection to a process that holds these references; the oldest makes room for it."""
        if priors not in self._connections:
            idle = (k for k, c in self._connections.items() if c not in self._parent_of.values())
            if len(self._connections) >= KEPT and (oldest := next(idle, None)) is not None:
                _end(self._connections.pop(oldest))
            assert self._address is not None
            connection = _connect(self._address, layer_of(self.exercise))
            self._connections[priors] = connection
            _ask(connection, [self.exercise, sorted(priors)])
        return self._connections[priors]


def _ask(connection: socket.socket, request: list[Any]) -> Any:
    """Send a request and wait for the answer."""
    try:
        wire.send(connection, request)
        return wire.receive(connection, time.monotonic() + START_SECONDS)
    except (EOFError, OSError, wire.WireError):
        raise SandboxError(
            "The sandbox's fork server did not answer. Its messages are above; "
            "`make test` shows whether the sandbox works on this machine."
        ) from None


def _private_folder() -> Path:
    """A folder that only this user can enter, with a path that is short enough for sockets."""
    short = len(tempfile.gettempdir()) < LONGEST_ADDRESS
    return Path(tempfile.mkdtemp(prefix="grader-", dir=None if short else "/tmp"))


def _listen(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(128)
    return listener


def _connect(address: Path, layer: int) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(address / str(layer)))
    except OSError as error:
        connection.close()
        raise SandboxError(f"The sandbox's fork server has ended ({error}).") from None
    return connection


def _end(connection: socket.socket) -> None:
    """Tell the other side that it may end, and wait until it has."""
    with connection, contextlib.suppress(OSError):
        connection.settimeout(START_SECONDS)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass


def _environment(folder: Path) -> dict[str, str]:
    """The server's environment: nothing of the instructor's own goes in."""
    kept = {key: os.environ[key] for key in ("PATH", "LANG", "VIRTUAL_ENV") if key in os.environ}
    single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    fixed = {"MPLBACKEND": "Agg", "PYTHONHASHSEED": "0", "TMPDIR": str(folder)}
    return kept | single | fixed


def close_quietly(parent: WarmParent | ForkServer | None) -> None:
    if parent is not None:
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            parent.close()
