"""Seconds per submission, side by side with `nbgrader autograde`, in one run on one core.

Both grade the same notebooks with the reference filled in, after one that warms up. Run it with
`make bench`; it reports and never fails.
"""

from __future__ import annotations

import logging
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from grader import build, exercise, grade, gradebook

STUDENTS = ["warmup", "one", "two", "three"]


def main() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        hand_in(course)
        nbgrader = nbgrader_api(course)
        print(f"{'exercise':30} {'grader':>9} {'nbgrader':>9} {'ratio':>7}")
        for slug in exercise.slugs():
            nbgrader.generate_assignment(slug, create=True, force=True)
            ours = seconds(lambda student, slug=slug: by_grader(course, student, slug))
            theirs = seconds(lambda student, slug=slug: by_nbgrader(nbgrader, student, slug))
            print(f"{slug:30} {ours:8.3f}s {theirs:8.2f}s {theirs / ours:6.0f}x")


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
    gradebook.find_tools()
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
    assert result["success"], result["log"]
    with nbgrader.gradebook as book:
        submission = book.find_submission(slug, student)
        assert submission.score == submission.max_score, (submission.score, submission.max_score)


if __name__ == "__main__":
    main()
