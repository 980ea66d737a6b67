"""Real Jupyter kernels for the tests, to compare the grader with what a learner sees.

Each kernel is an `ipykernel` of its own in a new process, so nothing leaks from one notebook to the
next. To save seconds they are forked from one process that has imported what every kernel needs.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import json
import os
import queue
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader import safe_path
from grader.exercise import Exercise

VERDICT = re.compile(r"^([✓✗!⧖○]) (\d+\.E?\d+) ", re.MULTILINE)


class KernelGone(RuntimeError):
    """The kernel process has ended."""


EVERY_KERNEL_NEEDS = (
    *("ipykernel.kernelapp", "ipykernel.debugger", "IPython.core.completerlib"),
    *("IPython.core.debugger", "IPython.core.oinspect", "IPython.extensions.storemagic"),
    *("tornado.platform.asyncio", "tornado.queues", "sqlite3", "numpy", "pandas"),
    *("pytest", "grader.learner", "grader.checking", "grader.course.ex01.probes"),
    *("matplotlib.figure", "mpl_toolkits.mplot3d"),  # not pyplot: that chooses a backend
)


@dataclass
class Seen:
    """What a learner sees who runs a notebook from top to bottom."""

    cells: list[str] = field(default_factory=list)
    """The text below each code cell, with errors."""
    errors: dict[int, str] = field(default_factory=dict)
    """Names of exceptions, by the number of the code cell from 1."""
    last: dict[str, bool] = field(default_factory=dict)
    """What `check` says of every part after the last cell, unless all were ✓ before."""
    definitions: dict[str, str] | None = None
    """Names and types at the end; None if the kernel has ended."""

    @property
    def passed(self) -> set[str]:
        """The parts that were ✓ at one of their checks, or are at the end."""
        shown = {part for symbol, part in self._verdicts() if symbol == "✓"}
        return shown | {part for part, passed in self.last.items() if passed}

    @property
    def refused(self) -> set[str]:
        """The parts that were checked and never were ✓."""
        return ({part for _, part in self._verdicts()} | self.last.keys()) - self.passed

    def _verdicts(self) -> list[tuple[str, str]]:
        return [pair for text in self.cells for pair in VERDICT.findall(text)]


class Nursery:
    """The process that kernels are forked from; a context manager."""

    def __enter__(self) -> Nursery:
        self._folder = tempfile.TemporaryDirectory(prefix="k")  # short: a socket's path is limited
        environment = safe_path.environment_of_a_tool() | {
            "IPYTHONDIR": self._folder.name,
            "MPLCONFIGDIR": os.environ.get("MPLCONFIGDIR", self._folder.name),
            "PIP_NO_INDEX": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
            "OMP_NUM_THREADS": "1",
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # a kernel's own default
        }
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self._count = 0
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(20)
        self._folder.cleanup()

    @contextlib.contextmanager
    def kernel(self, folder: Path, cold: bool = False) -> Iterator[Kernel]:
        """A new kernel that works in `folder`; a `cold` one imports everything by itself."""
        from jupyter_client.connect import write_connection_file

        self._count += 1
        name = f"{self._folder.name}/{self._count}"
        connection, _ = write_connection_file(f"{name}.json", ip=name, transport="ipc")
        assert self._process.stdin
        assert self._process.stdout
        print(connection, folder, cold, sep="\t", file=self._process.stdin, flush=True)
        kernel = Kernel(connection, int(self._process.stdout.readline()))
        try:
            yield kernel
        finally:
            kernel.close()


class Kernel:
    """A running kernel, and the client that talks to it."""

    def __init__(self, connection: str, pid: int) -> None:
        from jupyter_client.blocking import BlockingKernelClient

        self.pid, self.leaving = pid, False
        self._client = BlockingKernelClient(connection_file=connection)
        self._client.load_connection_file()
        self._client.start_channels(hb=False)  # a busy machine misses beats
        self._client.wait_for_ready(timeout=60)

    def close(self) -> None:
        self._client.stop_channels()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    @property
    def alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def execute(self, source: str, seconds: float) -> tuple[str, str]:
        """Run a cell; return the text below it and the name of the exception, if there is one.

        A cell that takes longer is interrupted. Raises `KernelGone`.
        """
        if self.leaving:
            raise KernelGone
        sent = self._client.execute(source, allow_stdin=False, stop_on_error=False)
        texts, error, deadline = [], "", time.monotonic() + seconds
        for kind, content in self._messages(sent, deadline):
            if kind == "stream":
                texts.append(content["text"])
            elif kind in ("execute_result", "display_data"):
                texts.append(content["data"].get("text/plain", "") + "\n")
            elif kind == "error":
                error = content["ename"]
                texts.append("\n".join(content["traceback"]))
        self.leaving = self._is_leaving(sent)
        return "".join(texts), error

    def _messages(self, sent: str, deadline: float) -> Iterator[tuple[str, dict[str, Any]]]:
        while True:
            try:
                message = self._client.get_iopub_msg(timeout=0.2)
            except queue.Empty:
                if not self.alive:
                    raise KernelGone from None
                if time.monotonic() > deadline:
                    os.kill(self.pid, signal.SIGINT)
                    deadline += 5
                continue
            if message["parent_header"].get("msg_id") != sent:
                continue
            if message["content"].get("execution_state") == "idle":
                return
            yield message["msg_type"], message["content"]

    def _is_leaving(self, sent: str) -> bool:
        """After `exit()` a kernel answers once more and ends."""
        while (reply := self._client.get_shell_msg(timeout=20))["parent_header"]["msg_id"] != sent:
            pass
        payload = reply["content"].get("payload", [])
        return any(one["source"] == "ask_exit" and not one["keepkernel"] for one in payload)


SHELL = ("In", "Out", "exit", "quit", "open", "get_ipython", "display")
DEFINITIONS = f"""\
(lambda b: __import__("json").dumps({{name: b.type(value).__name__
 for name, value in b.list(b.globals().items())
 if name[:1] != "_" and name not in {SHELL}}}))(__import__("builtins"))"""


def run(kernel: Kernel, notebook: dict[str, Any], found: Exercise, seconds: float = 15) -> Seen:
    """Run a notebook of an exercise from top to bottom, going on after errors."""
    seen = Seen()
    core = {part.id for part in found.parts if not part.bonus}
    sources = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    with contextlib.suppress(KernelGone):
        for place, source in enumerate(sources, start=1):
            text, error = kernel.execute(source, seconds)
            seen.cells.append(text)
            if error:
                seen.errors[place] = error
        text, _ = kernel.execute(DEFINITIONS, seconds)
        seen.definitions = json.loads(ast.literal_eval(text))
        if not seen.passed >= core:
            text, _ = kernel.execute(f'print(__import__("grader").check("{found.number}"))', 60)
            seen.last = {part: symbol == "✓" for symbol, part in VERDICT.findall(text)}
    return seen


def _nursery() -> None:
    """Fork a kernel for every line of standard input, until it ends."""
    for name in EVERY_KERNEL_NEEDS:
        importlib.import_module(name)
    sys.path[:] = [path for path in sys.path if path not in ("", str(Path(__file__).parent))]
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # dead kernels leave no zombies
    for line in sys.stdin:
        connection, folder, cold = line.rstrip("\n").split("\t")
        pid = os.fork()
        if pid == 0:
            _become_a_kernel(connection, folder, cold == "True")
        print(pid, flush=True)


def _become_a_kernel(connection: str, folder: str, cold: bool) -> None:
    os.setsid()
    os.chdir(folder)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    arguments = ["-f", connection, "--HistoryManager.hist_file=:memory:"]
    if cold:
        os.execv(sys.executable, [sys.executable, "-m", "ipykernel_launcher", *arguments])
    from ipykernel.kernelapp import launch_new_instance

    sys.argv = ["ipykernel_launcher", *arguments]
    try:
        launch_new_instance()
    finally:
        os._exit(0)


if __name__ == "__main__":
    _nursery()
