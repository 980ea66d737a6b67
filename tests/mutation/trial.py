"""Mutants on trial: the checks of a mutant's part judge it in a child of a warm process.

A child is forked for each mutant, so that the checks are collected and the libraries imported once.
It ends at the first check that fails. One that never ends is killed.
"""

from __future__ import annotations

import contextlib
import math
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe, wait
from typing import Any, NoReturn

from answer_files import namespace, reference

from grader import dependence, exercise, learner
from grader.answer import Finding
from grader.checking import Checks, PartResult, with_checks
from grader.course import probing
from grader.exercise import Exercise
from mutation.mutants import Mutant

SEED = 1
SECONDS = 60.0  # of the processor for a mutant, and three times as long on a busy machine
PATIENCE_SECONDS = 20.0  # for what a check asks
MEMORY_BYTES = 4 * 2**30
FILE_BYTES = 2**28


class FaultyReference(AssertionError):
    """The reference itself does not pass, so that nothing can be said of its mutants."""


@dataclass(frozen=True)
class Outcome:
    """What came of a mutant.

    `status` is `killed`, `timeout`, `died` (all three are found out), `survived`, or `broken` for
    one that cannot even be imported, which does not count. `by` is the check that killed it; for a
    survivor, the later part whose checks do, if there is one.
    """

    status: str
    by: str = ""
    seconds: float = 0.0

    @property
    def survived(self) -> bool:
        return self.status == "survived"

    @property
    def counts(self) -> bool:
        return self.status != "broken"


@dataclass
class Child:
    """A process that tries out one mutant."""

    key: Any
    pid: int
    deadline: float
    begun: float = field(default_factory=time.monotonic)


Told = Callable[[Mutant, Outcome], None]


def try_out(mutants: Sequence[Mutant], jobs: int, told: Told, *, thorough: bool = False) -> None:
    """Try out mutants of one exercise, some at a time, and tell of each as soon as it is known.

    If `thorough`, the later parts judge a survivor as well, and `FaultyReference` is raised if the
    reference itself does not pass.
    """
    if mutants:
        found = exercise.load(mutants[0].slug)
        with_checks(found, None, lambda checks: Trials(checks, jobs).run(mutants, told, thorough))


class Trials:
    """The trials of one exercise's mutants, in a process that holds the collected checks."""

    def __init__(self, checks: Checks, jobs: int) -> None:
        self.checks, self.jobs = checks, jobs
        self.folder = ""

    def run(self, mutants: Sequence[Mutant], told: Told, thorough: bool) -> None:
        namespace(reference(self.checks.exercise.slug))  # imports, once for all children
        probing.load(self.checks.exercise.number)
        with tempfile.TemporaryDirectory() as self.folder:
            if thorough:
                self._try_reference({mutant.part for mutant in mutants})
            for mutant, _, outcome in self._all((mutant, mutant.part) for mutant in mutants):
                searched = thorough and outcome.survived
                told(mutant, self._elsewhere(mutant) if searched else outcome)

    def _try_reference(self, parts: Collection[str]) -> None:
        code = reference(self.checks.exercise.slug)
        for _, part, outcome in self._all((code, part) for part in sorted(parts)):
            if not outcome.survived:
                raise FaultyReference(f"the reference of {part}: {outcome.status}, {outcome.by}")

    def _elsewhere(self, survivor: Mutant) -> Outcome:
        """Which later part that uses the survivor's would fail because of it."""
        needs = dependence.needs(self.checks.exercise, [reference(survivor.slug)])
        later = [part for part, needed in needs.items() if survivor.part in needed]
        tried = self._all((survivor, part) for part in later)
        by = next((part for _, part, outcome in tried if not outcome.survived), "")
        return Outcome("survived", by)

    # Children

    def _all(self, asked: Iterable[tuple[Any, str]]) -> Iterator[tuple[Any, str, Outcome]]:
        """The outcome for each mutant and part, as soon as it is there."""
        children: dict[Connection, Child] = {}
        left = iter(asked)
        try:
            while True:
                while len(children) < self.jobs and (one := next(left, None)):
                    ears, child = self._fork(*one)
                    children[ears] = child
                if not children:
                    return
                for ears in self._ready(children):
                    child = children.pop(ears)
                    yield *child.key, self._end(ears, child)
        finally:
            for ears, child in children.items():
                self._end(ears, child)

    def _ready(self, children: dict[Connection, Child]) -> list[Connection]:
        """Those that have something to say, or whose time is up."""
        soonest = min(child.deadline for child in children.values()) - time.monotonic()
        ready = {*wait(list(children), max(soonest, 0.0))}
        late = (ears for ears, child in children.items() if child.deadline < time.monotonic())
        return [*{*ready, *late}]

    def _fork(self, mutant: Mutant | str, part: str) -> tuple[Connection, Child]:
        ears, mouth = Pipe(duplex=False)
        pid = os.fork()
        if pid == 0:
            ears.close()
            self._live(mutant, part, mouth)
        mouth.close()
        return ears, Child((mutant, part), pid, time.monotonic() + 3 * SECONDS)

    def _end(self, ears: Connection, child: Child) -> Outcome:
        said: tuple[str, str] | None = None
        with contextlib.suppress(EOFError):
            said = ears.recv() if ears.poll() else ("timeout", "")
        ears.close()
        _kill(child.pid)
        _, status = os.waitpid(child.pid, 0)
        out_of_time = os.waitstatus_to_exitcode(status) == -signal.SIGXCPU
        said = said or (("timeout" if out_of_time else "died"), "")
        return Outcome(*said, seconds=round(time.monotonic() - child.begun, 3))

    def _live(self, mutant: Mutant | str, part: str, mouth: Connection) -> NoReturn:
        """The life of a child."""
        try:
            os.setsid()
            _shut_in(tempfile.mkdtemp(dir=self.folder))
            learner.PATIENCE_SECONDS = PATIENCE_SECONDS
            code = mutant.code if isinstance(mutant, Mutant) else mutant
            mouth.send(self._judged(code, part, mouth))
        except BaseException as error:
            mouth.send(("died", f"{type(error).__name__}: {error}"[:200]))
        finally:
            os._exit(0)

    def _judged(self, code: str, part: str, mouth: Connection) -> tuple[str, str]:
        try:
            defined = namespace(code)
        except Exception as error:
            return "broken", f"{type(error).__name__}: {error}"[:200]

        def stop(item: Any, error: BaseException) -> NoReturn:
            mouth.send(("killed", _told_by(item.name, error)))
            os._exit(0)

        self.checks._add = stop  # type: ignore[method-assign]
        found = self.checks.exercise
        kernel = learner.Kernel(found, defined)
        known = {one.id: PartResult(one) for one in found.parts if one.id != part}
        results = self.checks.judge(kernel, SEED, known=known)
        passed = all(result.passed for result in results)
        return ("survived", "") if passed else ("killed", _message(found, part, results))


def _told_by(check: str, error: BaseException) -> str:
    key = error.key if isinstance(error, Finding) else type(error).__name__
    return f"{check}: {key}"


def _message(found: Exercise, part: str, results: Sequence[PartResult]) -> str:
    return next(result.message for result in results if result.part.id == part)[:200]


def _shut_in(folder: str) -> None:
    """A folder of its own, no terminal, and bounds for what a mutant may use up."""
    os.chdir(folder)
    os.environ.update(HOME=folder, TMPDIR=folder)
    tempfile.tempdir = folder
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    sys.__stdout__ = sys.__stderr__ = open(os.devnull, "w")  # noqa: SIM115
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = math.ceil(used.ru_utime + used.ru_stime + SECONDS)
    mapped = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()  # noqa: SIM115
    limits = (
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_AS, mapped + MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, value in limits:
        resource.setrlimit(kind, (value, resource.getrlimit(kind)[1]))


def _kill(pid: int) -> None:
    """Kill a child, and what it has started."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError):
            kill(pid, signal.SIGKILL)
