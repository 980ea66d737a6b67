"""A judge's process: one notebook's, forked with the checks at hand, and thrown away afterwards.

Everything that comes from a learner is read here: the notebook, and what its code sends back. If
that takes too much time or memory, the process dies, and the part that it was judging has failed.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from grader import companions, follow, notebook, references
from grader.checking import Checks, GraderError, PartResult
from grader.follow import FollowThrough
from grader.fork_server import SandboxError, WarmParent
from grader.resource_limits import collect_garbage_seldom
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


@dataclass(frozen=True)
class Begun:
    """A word of the judge's: a part is judged from now on, perhaps again; none of them as yet."""

    part: str = ""
    again: bool = False


class Done:
    """The judge's last word, if all is well."""


@dataclass
class Judge:
    """One notebook, what is known of it, and the processes that find it out."""

    checks: Checks
    task: Task
    parent: WarmParent
    known: dict[str, PartResult] = field(default_factory=dict)
    again: set[str] = field(default_factory=set)
    """Parts that were judged once more, or are not to be."""
    notes: list[str] = field(default_factory=list)

    def report(self) -> Report:
        """Judge the notebook.

        Raises `UnreadableNotebook`, `GraderError` and `SandboxError` as the judge's process does.
        """
        for _ in range(MAX_DEATHS):
            begun, is_done = self._listen()
            if is_done:
                return Report(self._parts(), self.notes)
            if begun is None:
                raise notebook.UnreadableNotebook(TOO_LONG)
            if not begun.part:
                break
            if not begun.again:
                self.known[begun.part] = self._too_much(begun.part)
        return Report(self._parts(), self.notes, died=True)

    def _parts(self) -> list[PartResult]:
        return [self.known.get(part.id) or self._too_much(part.id) for part in self.checks.parts]

    def _too_much(self, part_id: str) -> PartResult:
        return PartResult(self.checks.exercise.part(part_id), "error", TOO_MUCH)

    # What the process says

    def _listen(self) -> tuple[Begun | None, bool]:
        """Fork a judge and listen: the last part that it began, if any, and whether all is done.

        It has begun nothing before the notebook has been read.
        """
        ears, mouth = multiprocessing.Pipe(duplex=False)
        pid = os.fork()
        if pid == 0:
            ears.close()
            self._live(mouth)
        mouth.close()
        begun: Begun | None = None
        word: Any = None
        deadline = time.monotonic() + _longest(self.task.limits, len(self.checks.parts))
        try:
            while ears.poll(max(deadline - time.monotonic(), 0)):
                word = ears.recv()
                begun = word if isinstance(word, Begun) else begun
                self._hear(word)
        except EOFError:
            pass
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        if isinstance(word, Exception):
            raise word
        return begun, isinstance(word, Done)

    def _hear(self, word: Any) -> None:
        if isinstance(word, PartResult):
            self.known[word.part.id] = word
        elif isinstance(word, Begun) and word.again:
            self.again.add(word.part)
        elif isinstance(word, list):
            self.notes = word

    # The process

    def _live(self, mouth: Connection) -> NoReturn:
        """The life of a judge's process."""
        try:
            collect_garbage_seldom()
            _set_limits()
            self._judge(mouth)
            mouth.send(Done())
        except (GraderError, SandboxError, notebook.UnreadableNotebook) as error:
            mouth.send(error)
        except MemoryError:
            pass
        except BaseException as error:
            mouth.send(GraderError(f"the judge broke: {type(error).__name__}: {error}"))
        finally:
            os._exit(0)

    def _judge(self, mouth: Connection) -> None:
        content = notebook.read(self.task.path, self.checks.exercise)
        files = companions.read(self.task.path)
        mouth.send(Begun())
        with Session(self.parent, content, self.task.limits, files) as session:
            results = self.checks.judge(
                session,
                self.task.seed,
                mouth.send,
                begin=lambda part: mouth.send(Begun(part.id)),
                known=self.known,
            )
            mouth.send(session.notes or self.notes)
        all_pass = all(result.passed for result in results)
        if not self.task.follow and not all_pass:
            own = follow.own_source(content)
            results = follow.all_blamed(self.checks.exercise, results, own)
            for result in results:
                mouth.send(result)
        self.known = {result.part.id: result for result in results}
        reference = references.source(self.task.slug) if self.task.follow else None
        if reference is not None and not all_pass:
            through = FollowThrough(self.checks.exercise, content, reference)
            self._follow(through, files, session.seconds, mouth)

    def _follow(
        self, through: FollowThrough, files: Mapping[str, bytes], spent: float, mouth: Connection
    ) -> None:
        """Judge each part again that fails because of earlier ones, as long as there is time."""
        limits, start = self.task.limits, time.monotonic() - spent
        for part in self.checks.parts:
            left = limits.submission - (time.monotonic() - start)
            lacking = through.lacking(part, self.known)
            if not lacking or part.id in self.again or left <= 0:
                continue
            mouth.send(Begun(part.id, again=True))
            others = {one: result for one, result in self.known.items() if one != part.id}
            content = through.notebook(part, lacking)
            within = replace(limits, submission=left)
            with Session(self.parent, content, within, files) as session:
                results = self.checks.judge(session, self.task.seed, known=others)
            new = next(result for result in results if result.part == part)
            self.known[part.id] = follow.better(self.known[part.id], new, lacking)
            mouth.send(self.known[part.id])


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
