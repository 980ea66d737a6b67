"""Hand the grades to nbgrader's gradebook, so that its formgrader and exporters show them."""

from __future__ import annotations

import json
import logging
import os
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path

from nbgrader.api import Gradebook
from sqlalchemy.exc import SAWarning

from grader.exercise import RELEASED, Exercise
from grader.results import Graded


def write(graded: Iterable[Graded], url: str) -> None:
    """Record the grades in the database at `url`, adding to what it holds.

    A bonus is nbgrader's extra credit. Marks that an instructor gave by hand stay as they are.
    """
    find_tools()
    with warnings.catch_warnings(), Gradebook(url) as gradebook:
        warnings.simplefilter("ignore", SAWarning)  # nbgrader's own, about its own session
        known: set[str] = set()
        for one in graded:
            if one.trouble:
                continue
            if one.exercise.slug not in known:
                _add_assignment(gradebook, one.exercise)
                known.add(one.exercise.slug)
            gradebook.update_or_create_student(_student(one))
            _add_grades(gradebook, one)


def find_tools() -> None:
    """Let nbgrader find the command `alembic`, also if the environment is not activated."""
    tools = str(Path(sys.executable).parent)
    if tools not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([tools, os.environ.get("PATH", os.defpath)])


def database(out: Path) -> str:
    """URL of the gradebook that lies in the folder `out`."""
    return f"sqlite:///{(out / 'gradebook.db').resolve()}"


def _add_assignment(gradebook: Gradebook, exercise: Exercise) -> None:
    slug = exercise.slug
    gradebook.update_or_create_assignment(slug)
    gradebook.update_or_create_notebook(slug, slug)
    cells = json.loads((RELEASED / f"{slug}.ipynb").read_text("utf-8"))["cells"]
    for cell in cells:
        role = cell["metadata"].get("nbgrader", {})
        if role.get("grade"):
            gradebook.update_or_create_grade_cell(
                role["grade_id"], slug, slug, max_score=role["points"], cell_type="code"
            )
        elif role.get("solution"):
            gradebook.update_or_create_solution_cell(role["grade_id"], slug, slug)
        if role:
            gradebook.update_or_create_source_cell(
                role["grade_id"], slug, slug, cell_type=cell["cell_type"],
                source="".join(cell["source"]), checksum=role["checksum"], locked=role["locked"]
            )  # fmt: skip


def _student(one: Graded) -> str:
    """The student's name as a database can hold it, also if it is no valid text."""
    return one.student.encode("utf-8", "backslashreplace").decode()


def _add_grades(gradebook: Gradebook, one: Graded) -> None:
    slug = one.exercise.slug
    submission = gradebook.update_or_create_submission(slug, _student(one))
    grades = {grade.cell.name: grade for grade in submission.notebooks[0].grades}
    for result in one.parts:
        grade = grades[f"check-{result.part.id.replace('.', '-')}"]
        grade.auto_score = 0.0 if result.part.bonus else result.points
        if result.part.bonus:
            grade.extra_credit = result.points
        grade.needs_manual_grade = False
    notes = [f"{r.part.id} {r.status}: {r.message}" for r in one.parts if not r.passed]
    for comment in submission.notebooks[0].comments:
        mine = [n for n in notes if _belongs(n, comment.cell.name, one.exercise)]
        comment.auto_comment = "\n".join(mine) or None
    gradebook.db.commit()


def _belongs(note: str, cell: str, exercise: Exercise) -> bool:
    """Whether a note is about a part whose code stands in the solution cell `cell`."""
    first = cell.removeprefix("part-").replace("-", ".")
    owner = exercise.part(first).names[0].split(".")[0]
    part = exercise.part(note.split(" ", 1)[0])
    return part.names[0].split(".")[0] == owner


logging.getLogger("nbgrader").setLevel(logging.WARNING)
