"""A judge's process: one notebook's, forked with the checks at hand, and thrown away afterwards.

Everything that comes from a learner is read here: the notebook, and what its code sends back. If
that takes too much time or memory, the process dies, and the part that it was judging has failed.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import resource
import signal
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader import companions, notebook
from grader.checking import Checks, GraderError, PartResult
from grader.fork_server import SandboxError, WarmParent
from grader.session import Session, TimeLimits

if TYPE_CHECKING:
    from grader.grade import Task

CPU_SECONDS = 60
MEMORY_BYTES = 2 * 2**30  # beyond what is mapped when the process begins
MAX_DEATHS = 3
TOO_LONG = (
    "The notebook could not be read: that took too much time or memory. Clear its outputs and hand "
    "it in again."
)
TOO_MUCH = (
    "What your code sent to the grader took too much time or memory to read. Return plain values "
    "of the size that the docstring asks for."
)


@dataclass
class Report:
    """What a judge's process, or several one after another, have found out."""

    parts: list[PartResult] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    died: bool = False


def run(checks: Checks, task: Task, parent: WarmParent) -> Report:
    """Judge a notebook.

    Raises `UnreadableNotebook`, `GraderError` and `SandboxError` as the judge's process does.
    """
    known: dict[str, PartResult] = {}
    for _ in range(MAX_DEATHS):
        begun, found, end = _hear(checks, task, parent, known)
        if isinstance(end, Exception):
            raise end
        if isinstance(end, Report):
            return end
        if begun is None:
            raise notebook.UnreadableNotebook(TOO_LONG)
        known |= found
        if not begun:
            break
        known[begun] = PartResult(checks.exercise.part(begun), "error", TOO_MUCH)
    parts = [known.get(part.id) or PartResult(part, "error", TOO_MUCH) for part in checks.parts]
    return Report(parts, died=True)


def _hear(
    checks: Checks, task: Task, parent: WarmParent, known: dict[str, PartResult]
) -> tuple[str | None, dict[str, PartResult], Any]:
    """Fork a judge and listen: the part it judged last, its verdicts, and how it ended, if well.

    The part is None before the notebook has been read, and empty before the first one.
    """
    ears, mouth = multiprocessing.Pipe(duplex=False)
    pid = os.fork()
    if pid == 0:
        ears.close()
        _judge(checks, task, parent, known, mouth)
    mouth.close()
    begun: str | None = None
    found: dict[str, PartResult] = {}
    end = None
    deadline = time.monotonic() + _longest(task.limits, len(checks.parts))
    try:
        while ears.poll(max(deadline - time.monotonic(), 0)):
            word = ears.recv()
            if isinstance(word, str):
                begun = word
            elif isinstance(word, PartResult):
                found[word.part.id] = word
            else:
                end = word
    except EOFError:
        pass
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return begun, found, end


def _judge(
    checks: Checks,
    task: Task,
    parent: WarmParent,
    known: dict[str, PartResult],
    mouth: Connection,
) -> None:
    """The life of a judge's process. Never returns."""
    try:
        gc.freeze()
        _set_limits()
        mouth.send(_report(checks, task, parent, known, mouth))
    except (GraderError, SandboxError, notebook.UnreadableNotebook) as error:
        mouth.send(error)
    except MemoryError:
        pass
    except BaseException as error:
        mouth.send(GraderError(f"the judge broke: {type(error).__name__}: {error}"))
    finally:
        os._exit(0)


def _report(
    checks: Checks,
    task: Task,
    parent: WarmParent,
    known: dict[str, PartResult],
    mouth: Connection,
) -> Report:
    content = notebook.read(task.path, checks.exercise)
    files = companions.read(task.path)
    mouth.send("")
    with Session(parent, content, task.limits, files) as session:
        parts = checks.judge(
            session, task.seed, mouth.send, begin=lambda part: mouth.send(part.id), known=known
        )
        return Report(parts, session.notes)


def _set_limits() -> None:
    """Bound what reading a learner's data can cost."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    memory = pages * resource.getpagesize() + MEMORY_BYTES
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    for kind, value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, cpu)):
        _, most = resource.getrlimit(kind)
        value = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(kind, (value, most))


def _longest(limits: TimeLimits, parts: int) -> float:
    """More than the time that a notebook can take: all its cells and parts, some of them twice."""
    return 60.0 + 4 * (limits.submission + limits.cell + parts * limits.part)
