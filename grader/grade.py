"""Grade a class: every notebook in a sandbox of its own, on all the cores there are."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path

from grader import exercise, notebook
from grader.examine import GraderTrouble, examine
from grader.results import Graded, unreadable
from grader.sandbox import Patience, SandboxError, Session, WarmParent, close_quietly


class NoSubmissions(ValueError):
    """There is nothing to grade; the message says what the folder should look like."""


@dataclass(frozen=True)
class Task:
    """One notebook to grade, and how."""

    student: str
    slug: str
    path: Path
    seed: int
    walled: bool = True
    patience: Patience = field(default_factory=Patience)


def submissions(folder: Path) -> dict[str, dict[str, Path]]:
    """Notebooks by student and slug: `{student}/{slug}/{slug}.ipynb` or `{student}/{slug}.ipynb`.

    Every folder is a student, also one without a notebook, but for one that holds the results of
    an earlier grading. Raises `NoSubmissions`.
    """
    if not folder.is_dir():
        raise NoSubmissions(f"{folder} is not a folder. Give the folder that holds the students'.")
    folders = (p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
    students = sorted(p for p in folders if not (p / "results.json").exists())
    found = {path.name: dict(_notebooks(path)) for path in students}
    if not any(found.values()):
        raise NoSubmissions(
            f"{folder} holds no notebook of the workbook. Expected are files such as "
            f"{folder}/STUDENT/{exercise.slugs()[0]}.ipynb."
        )
    return found


def _notebooks(student: Path) -> Iterator[tuple[str, Path]]:
    for slug in exercise.slugs():
        for path in (student / slug / f"{slug}.ipynb", student / f"{slug}.ipynb"):
            if path.exists() or path.is_symlink():
                yield slug, path
                break


def grade_all(tasks: list[Task], jobs: int, done: Callable[[Graded], None]) -> list[Graded]:
    """Grade all tasks with `jobs` processes. `done` hears of each as it is finished.

    A worker that dies takes nothing with it: what it had not finished is graded again, each task
    on its own, and what fails once more is reported as the grader's trouble.
    """
    graded: list[Graded] = []
    left = _grade_together(tasks, jobs, graded, done)
    for task in left:
        if _grade_together([task], 1, graded, done):
            _give_up(task, graded, done)
    return graded


def _grade_together(
    tasks: list[Task], jobs: int, graded: list[Graded], done: Callable[[Graded], None]
) -> list[Task]:
    """Grade tasks in a pool; return those that were lost when a worker died."""
    context = multiprocessing.get_context("spawn")  # a fork would copy the progress bar's thread
    with ProcessPoolExecutor(jobs, context) as pool:
        futures = {pool.submit(grade_one, task): task for task in tasks}
        for future in as_completed(list(futures)):
            task = futures[future]
            try:
                result = future.result()
            except BrokenProcessPool:
                continue
            except Exception as error:  # nobody else's grade is to suffer from it
                result = Graded(task.student, exercise.load(task.slug), trouble=repr(error))
            futures.pop(future)
            graded.append(result)
            done(result)
    return list(futures.values())


def _give_up(task: Task, graded: list[Graded], done: Callable[[Graded], None]) -> None:
    lost = Graded(task.student, exercise.load(task.slug), trouble="the grading process died twice")
    graded.append(lost)
    done(lost)


def grade_one(task: Task) -> Graded:
    """Grade one notebook in this process's warm parent."""
    found = exercise.load(task.slug)
    try:
        cells = notebook.read(task.path, found)
    except notebook.UnreadableNotebook as error:
        return unreadable(task.student, found, str(error))
    try:
        parent = _parent(found.number, task.walled)
        start = time.perf_counter()
        with Session(parent, cells, task.patience) as session:
            parts = examine(found, session, task.seed)
        return Graded(task.student, found, parts, time.perf_counter() - start)
    except (GraderTrouble, SandboxError) as error:
        _forget_parent()
        return Graded(task.student, found, trouble=str(error))


_warm: WarmParent | None = None


def _parent(number: str, walled: bool) -> WarmParent:
    """This process's warm parent, of the exercise it is grading at the moment."""
    global _warm
    if _warm is None or _warm.exercise != number:
        _forget_parent()
        _warm = WarmParent(number, walled)
    return _warm


def _forget_parent() -> None:
    global _warm
    close_quietly(_warm)
    _warm = None


def tasks_of(
    found: dict[str, dict[str, Path]], seed: int, walled: bool, patience: Patience
) -> list[Task]:
    """All tasks, exercise by exercise, so that a worker seldom needs another warm parent."""
    pairs: Iterable[tuple[str, str, Path]] = (
        (slug, student, path) for student, work in found.items() for slug, path in work.items()
    )
    return [
        Task(student, slug, path, seed, walled, patience) for slug, student, path in sorted(pairs)
    ]
