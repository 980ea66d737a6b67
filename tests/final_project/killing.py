"""Killing a process at any line of its code, and starting it again until it is done."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

# What the processes import; a server forks them, so that each starts within milliseconds.
PRELOADED = ["pytest", "solutions.final_project.live.stream", "solutions.final_project.live.alerce"]


class Killer:
    """Runs a function in processes of its own, which die at a line of their code.

    Attributes:
        kills: how many processes were killed.
    """

    def __init__(self) -> None:
        self.kills = 0
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(PRELOADED)

    def run(self, where: str, line: int, work: Callable[..., None], *args: Any) -> None:
        """Run a function until so many lines were run in code with this in its path and name."""
        self._run(where, line, work, args)

    def finish(self, work: Callable[..., None], *args: Any) -> None:
        """Run a function to its end."""
        assert self._run("", 0, work, args) == 0

    def _run(self, where: str, line: int, work: Callable[..., None], args: tuple[Any, ...]) -> int:
        process = self._context.Process(target=_child, args=(where, line, work, args))
        process.start()
        process.join()
        assert process.exitcode in (0, -signal.SIGKILL)
        self.kills += process.exitcode != 0
        return process.exitcode


def _child(where: str, line: int, work: Callable[..., None], args: tuple[Any, ...]) -> None:
    """Do the work, but not beyond a line; 0 is no line."""
    left = line

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if where not in f"{frame.f_code.co_filename}:{frame.f_code.co_qualname}":
            return None
        if event == "line":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    if line:
        sys.settrace(trace)
    work(*args)
