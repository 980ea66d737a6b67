"""Seconds per submission, side by side with `nbgrader autograde`, in one run on one core.

Both grade the same notebooks with the reference filled in, after one that warms up. Run it with
`make bench`, or for some exercises only: `python tests/benchmark.py 1 9`. Where nbgrader fails (in
Exercise 9 it changes the modes of files that W&B has just removed), that is told, and it goes on.
"""

from __future__ import annotations

import logging
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from grader import build, exercise, grade

STUDENTS = ["warmup", "one", "two", "three"]


class NbgraderFails(Exception):
    """nbgrader could not grade a notebook; the message says why, in a line."""


def main(numbers: list[str]) -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        hand_in(course)
        nbgrader = nbgrader_api(course)
        print(f"{'exercise':30} {'grader':>9} {'nbgrader':>9} {'ratio':>7}")
        for slug in [exercise.find(n).slug for n in numbers] or exercise.slugs():
            nbgrader.generate_assignment(slug, create=True, force=True)
            ours = seconds(lambda student, slug=slug: by_grader(course, student, slug))
            try:
                theirs = seconds(lambda student, slug=slug: by_nbgrader(nbgrader, student, slug))
                print(f"{slug:30} {ours:8.3f}s {theirs:8.2f}s {theirs / ours:6.0f}x", flush=True)
            except NbgraderFails as error:
                print(f"{slug:30} {ours:8.3f}s     fails: {error}", flush=True)


def hand_in(course: Path) -> None:
    """Notebooks with the reference in nbgrader's layout, and the released ones as its source."""
    for source in build.sources():
        slug = source.stem
        for student in STUDENTS:
            path = course / "submitted" / student / slug / f"{slug}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_text(build.build(source, filled=True), encoding="utf-8")
        released = course / "source" / slug / f"{slug}.ipynb"
        released.parent.mkdir(parents=True)
        released.write_text(build.build(source), encoding="utf-8")


def nbgrader_api(course: Path) -> NbGraderAPI:
    tools = str(Path(sys.executable).parent)  # nbgrader runs alembic
    os.environ["PATH"] = os.pathsep.join([tools, os.environ.get("PATH", os.defpath)])
    config = Config()
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.db_url = f"sqlite:///{course / 'gradebook.db'}"
    config.NbGrader.logfile = ""
    logging.disable(logging.WARNING)
    return NbGraderAPI(config=config)


def seconds(grade_student: Callable[[str], None]) -> float:
    """Median time per submission, without the first."""
    times = []
    for student in STUDENTS:
        start = time.perf_counter()
        grade_student(student)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def by_grader(course: Path, student: str, slug: str) -> None:
    path = course / "submitted" / student / slug / f"{slug}.ipynb"
    graded = grade.grade_one(grade.Task(student, slug, path, seed=1))
    assert graded.points == graded.exercise.max_points, graded


def by_nbgrader(nbgrader: NbGraderAPI, student: str, slug: str) -> None:
    result = nbgrader.autograde(slug, student)
    if not result["success"]:
        lines = [line for line in (result["log"] or result["error"] or "").splitlines() if line]
        errors = [line for line in lines if re.match(r"\s*[\w.]*(Error|Exception)\b", line)]
        told = (errors or lines or ["it does not say why"])[-1]
        raise NbgraderFails(told.strip()[:100])
    with nbgrader.gradebook as book:
        submission = book.find_submission(slug, student)
        if submission.score != submission.max_score:
            raise NbgraderFails(f"{submission.score:g} of {submission.max_score:g} points")


if __name__ == "__main__":
    main(sys.argv[1:])
