"""Grade a class: every notebook in a sandbox of its own, on all the cores there are."""

from __future__ import annotations

import contextlib
import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess as Process
from pathlib import Path

from grader import exercise, judge, notebook, references, safe_path
from grader.checking import Checks, GraderError, with_checks
from grader.exercise import Exercise
from grader.fork_server import ForkServer, SandboxError, WarmParent, close_quietly
from grader.results import Graded, unreadable
from grader.session import TimeLimits


@dataclass(frozen=True)
class Task:
    """One notebook to grade, and how."""

    student: str
    slug: str
    path: Path
    seed: int
    isolated: bool = True
    limits: TimeLimits = field(default_factory=TimeLimits)
    follow: bool = False
    """Whether what fails because of an earlier part is judged once more, with our code of that."""


def grade_all(
    tasks: list[Task], jobs: int, done: Callable[[Graded], None], hidden: Iterable[Path] = ()
) -> list[Graded]:
    """Grade all tasks with `jobs` workers. `done` hears of each as it is finished.

    No notebook can read what lies in the `hidden` paths.

    A worker that dies takes nothing with it: what it was grading is graded again by another one,
    and if that dies too, it is reported as the grader's trouble.
    """
    graded: list[Graded] = []
    ahead = {exercise.load(task.slug).number for task in tasks}
    isolated = all(task.isolated for task in tasks)
    with ForkServer(isolated, hidden, ahead) as server:
        for result in _Workers(tasks, min(jobs, len(tasks)), server.address).results():
            graded.append(result)
            done(result)
    return graded


class _Workers:
    """Processes that grade one task after another, each as it becomes free."""

    def __init__(self, tasks: list[Task], jobs: int, server: Path) -> None:
        self._tasks, self._server = deque(tasks), server
        self._again: set[Task] = set()
        self._busy: dict[Connection, tuple[Process, Task]] = {}
        for _ in range(jobs):
            self._start()

    def results(self) -> Iterator[Graded]:
        while self._busy:
            for connection in wait(list(self._busy)):
                assert isinstance(connection, Connection)
                worker, task = self._busy.pop(connection)
                try:
                    yield connection.recv()
                    self._give(connection, worker)
                except (EOFError, ConnectionError):
                    yield from self._lost(task)
                    self._start()

    def _start(self) -> None:
        if self._tasks:
            context = multiprocessing.get_context("spawn")  # a fork would copy the bar's thread
            ours, theirs = context.Pipe()
            worker = context.Process(target=_work, args=(theirs, self._server), daemon=True)
            worker.start()
            theirs.close()
            self._give(ours, worker)

    def _give(self, connection: Connection, worker: Process) -> None:
        """Let a worker do the next task, or end."""
        with contextlib.suppress(ConnectionError):  # a dead one is noticed when it does not answer
            connection.send(self._tasks[0] if self._tasks else None)
        if self._tasks:
            self._busy[connection] = worker, self._tasks.popleft()

    def _lost(self, task: Task) -> Iterator[Graded]:
        """A worker died with this task: it is tried once more."""
        if task in self._again:
            trouble = "the grading process died twice"
            yield Graded(task.student, exercise.load(task.slug), trouble=trouble)
        else:
            self._again.add(task)
            self._tasks.appendleft(task)


def _work(connection: Connection, server: Path) -> None:
    """A worker: grade what comes, with the checks of an exercise collected once for all of it."""
    global _shared
    safe_path.enter_worker()
    _shared = server
    task: Task | None = connection.recv()
    while task is not None:
        found = exercise.load(task.slug)

        def grade_those_of_one_exercise(checks: Checks, found: Exercise = found) -> None:
            nonlocal task
            while task is not None and task.slug == found.slug:
                connection.send(grade_with(checks, task))
                task = connection.recv()

        try:
            with_checks(found, None, grade_those_of_one_exercise)
        except GraderError as error:
            connection.send(Graded(task.student, found, trouble=str(error)))
            task = connection.recv()
    _forget_servers()


def grade_one(task: Task) -> Graded:
    """Grade one notebook."""
    graded: list[Graded] = []
    found = exercise.load(task.slug)
    try:
        with_checks(found, None, lambda checks: graded.append(grade_with(checks, task)))
    except GraderError as error:
        return Graded(task.student, found, trouble=str(error))
    return graded[0]


def grade_with(checks: Checks, task: Task) -> Graded:
    """Grade one notebook in a judge's process of its own, beside this process's warm parent."""
    found = exercise.load(task.slug)
    start = time.perf_counter()
    try:
        parent = _parent(found.number, task.isolated)
        report = judge.Judge(checks, task, parent).report()
    except notebook.ClosedNotebook as error:  # the grader's trouble, so that it is no zero
        return Graded(task.student, found, trouble=str(error))
    except notebook.UnreadableNotebook as error:
        return unreadable(task.student, found, str(error))
    except (GraderError, SandboxError) as error:
        _forget_servers()
        return Graded(task.student, found, trouble=str(error))
    if report.died:
        _forget_parent()
    return Graded(
        task.student, found, report.parts, time.perf_counter() - start, notes=report.notes
    )


_warm: WarmParent | None = None
_shared: Path | None = None  # address of the server that all workers use
_own: ForkServer | None = None  # that of a process which is no worker, or whose shared one is gone


def _parent(number: str, isolated: bool) -> WarmParent:
    """This process's warm parent, of the exercise it is grading at the moment."""
    global _warm, _own
    if _own is not None and _own.isolated != isolated:
        _forget_servers()
    if _warm is None or (_warm.exercise, _warm.isolated) != (number, isolated):
        close_quietly(_warm)
        if _shared is None and _own is None:
            _own = ForkServer(isolated)
        _warm = WarmParent(number, isolated, _own.address if _own else _shared)
        _warm.prepare(_usual_priors(number))
    return _warm


def _usual_priors(number: str) -> frozenset[str]:
    """The references that a notebook of this exercise asks for, as it was released."""
    found = exercise.find(number)
    released = notebook.read(exercise.released(found.slug), found)
    return references.asked_for((cell.source for cell in released.cells), number)


def _forget_parent() -> None:
    """A judge that died may have left its request half said: ask with a new connection."""
    global _warm
    close_quietly(_warm)
    _warm = None


def _forget_servers() -> None:
    """After trouble: let the next notebook start afresh."""
    global _own, _shared
    _forget_parent()
    close_quietly(_own)
    _own = _shared = None
