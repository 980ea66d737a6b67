"""Hand the marks to nbgrader's gradebook, so that its formgrader and exporters show them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from grader import exercise
from grader.display import share
from grader.exercise import Exercise, Part, UnknownExercise, file_name, released
from grader.gradebook_access import (
    UnusableGradebook,
    check_version,
    database,
    opened,
    scripts,
    shown,
    without_password,
)
from grader.lean_imports import without_grammar

with without_grammar():
    from nbgrader import api

COURSE = "default_course"  # nbgrader's own name for it

__all__ = [
    "UnusableGradebook",
    "database",
    "marks_of",
    "shown",
    "without_password",
    "write",
]


def write(results: dict[str, Any], url: str) -> None:
    """Record the marks in the database at `url`, all or none, adding to what it holds.

    A bonus is nbgrader's extra credit. Marks that an instructor gave by hand stay as they are.
    Raises `UnusableGradebook`.
    """
    with opened(url) as engine:
        check_version(engine, url)
        with Session(engine, autoflush=False) as session, session.begin():
            _Writer(session).write(results)


def marks_of(students: set[str], url: str) -> dict[tuple[str, str], float]:
    """The scores by student and assignment that the gradebook has of some students."""
    query = (
        select(api.Student.id, api.Assignment.name, api.SubmittedAssignment.score)
        .join(api.SubmittedAssignment, api.SubmittedAssignment.student_id == api.Student.id)
        .join(api.Assignment, api.Assignment.id == api.SubmittedAssignment.assignment_id)
    )
    ids = {_text(student): student for student in students}
    with opened(url) as engine, Session(engine) as session:
        rows = session.execute(query.where(api.Student.id.in_(ids))).all()
    return {(ids[student], slug): score for student, slug, score in rows}


class _Writer:
    """Writes marks within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._make_tables()
        self._students = {one.id: one for one in session.scalars(select(api.Student))}

    def _make_tables(self) -> None:
        connection = self._session.connection()
        is_new = not inspect(connection).get_table_names()
        api.Base.metadata.create_all(connection)
        if is_new:  # as nbgrader does, but without a process of alembic's own
            head = scripts().get_current_head()
            connection.execute(
                text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
            )
            connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": head})
        if self._session.get(api.Course, COURSE) is None:
            self._session.add(api.Course(id=COURSE))
            self._session.flush()

    def write(self, results: dict[str, Any]) -> None:
        work: dict[str, list[tuple[str, dict[str, Any]]]] = {}
        for submission in results["submissions"]:
            for one in submission["exercises"]:
                work.setdefault(one["exercise"], []).append((_text(submission["student"]), one))
        for slug, handed_in in sorted(work.items()):
            try:
                found = exercise.load(slug)
            except (UnknownExercise, OSError):  # of an earlier version of the workbook
                continue
            notebook = self._notebook(found)
            known = {one.student_id: one for one in notebook.assignment.submissions}
            for student, one in handed_in:
                submission = known.get(student) or self._submission(notebook.assignment, student)
                self._session.add_all(_graded(found, notebook, submission, one))
            self._session.flush()

    def _notebook(self, found: Exercise) -> api.Notebook:
        """The exercise as an assignment with one notebook, and all its cells as released."""
        slug, stem = found.slug, file_name(found.slug).removesuffix(".ipynb")
        query = select(api.Assignment).where(api.Assignment.name == slug)
        assignment = self._session.scalar(query)
        if assignment is None:
            assignment = api.Assignment(name=slug, course_id=COURSE)
            self._session.add(assignment)
        notebook = next((one for one in assignment.notebooks if one.name == stem), None)
        if notebook is None:
            notebook = api.Notebook(name=stem, assignment=assignment)
            self._session.add(notebook)
        cells = {(type(cell), cell.name): cell for cell in notebook._base_cells}
        cells |= {(api.SourceCell, cell.name): cell for cell in notebook.source_cells}
        for cell in json.loads(released(slug).read_text("utf-8"))["cells"]:
            for kind, values in _kinds(cell):
                name = cell["metadata"]["nbgrader"]["grade_id"]
                made = cells.get((kind, name)) or kind(name=name, notebook=notebook, **values)
                self._session.add(made)
                for key, value in values.items():
                    setattr(made, key, value)
        self._session.flush()
        return notebook

    def _submission(self, assignment: api.Assignment, student: str) -> api.SubmittedAssignment:
        if student not in self._students:
            self._students[student] = api.Student(id=student)
            self._session.add(self._students[student])
        submission = api.SubmittedAssignment(assignment=assignment, student=self._students[student])
        self._session.add(submission)
        return submission


def _kinds(cell: dict[str, Any]) -> Iterator[tuple[type, dict[str, Any]]]:
    """The entries in the gradebook that a released cell becomes."""
    role = cell["metadata"].get("nbgrader", {})
    if role.get("grade"):
        yield api.GradeCell, {"max_score": role["points"], "cell_type": "code"}
    elif role.get("solution"):
        yield api.SolutionCell, {}
    if role:
        yield (
            api.SourceCell,
            {
                "cell_type": cell["cell_type"],
                "source": "".join(cell["source"]),
                "checksum": role["checksum"],
                "locked": role["locked"],
            },
        )


def _text(student: str) -> str:
    """The student's name as a database can hold it, also if it is no valid text."""
    return student.encode("utf-8", "backslashreplace").decode()


def _graded(
    found: Exercise,
    notebook: api.Notebook,
    submission: api.SubmittedAssignment,
    one: dict[str, Any],
) -> Iterator[Any]:
    """The submission, which may be new, with its marks and comments."""
    if "submitted" in one:
        when = datetime.fromisoformat(one["submitted"])
        submission.timestamp = when.astimezone(UTC).replace(tzinfo=None)
    own = next((each for each in submission.notebooks if each.notebook is notebook), None)
    if own is None:
        own = api.SubmittedNotebook(notebook=notebook, assignment=submission)
    yield own
    yield from _grades(notebook, own, one["parts"])
    yield from _comments(found, notebook, own, one["parts"])


def _grades(
    notebook: api.Notebook, own: api.SubmittedNotebook, results: list[dict[str, Any]]
) -> Iterator[api.Grade]:
    known = {grade.cell_id: grade for grade in own.grades}
    parts = {f"check-{part['id'].replace('.', '-')}": part for part in results}
    for cell in notebook.grade_cells:
        grade = known.get(cell.id) or api.Grade(cell=cell, notebook=own)
        part = parts.get(cell.name)
        if part is not None:
            grade.auto_score = 0.0 if part["bonus"] else part["points"]
            if part["bonus"]:
                grade.extra_credit = part["points"]
            grade.needs_manual_grade = False
        yield grade


def _comments(
    found: Exercise,
    notebook: api.Notebook,
    own: api.SubmittedNotebook,
    results: list[dict[str, Any]],
) -> Iterator[api.Comment]:
    known = {comment.cell_id: comment for comment in own.comments}
    notes = [
        f"{part['id']} {part['status']}{_share(part)}: {part['message']}"
        for part in results
        if part["status"] != "passed"
    ]
    for cell in notebook.solution_cells:
        comment = known.get(cell.id) or api.Comment(cell=cell, notebook=own)
        mine = [note for note in notes if _belongs(note, cell.name, found)]
        comment.auto_comment = "\n".join(mine) or None
        yield comment


def _share(part: dict[str, Any]) -> str:
    """What a part that does not pass has earned: `, 1.5 of 2 points, 3 of 4 checks pass`."""
    if not part["points"]:
        return ""
    passed = sum(check["outcome"] == "passed" for check in part["checks"])
    points = f"{part['points']:g} of {part['max_points']:g} points"
    return f", {points}, {share(passed, len(part['checks']))}"


def _belongs(note: str, cell: str, found: Exercise) -> bool:
    """Whether a note is about a part whose code stands in the solution cell `cell`."""
    first = cell.removeprefix("part-").replace("-", ".")
    try:
        owner, other = (_owner(found.part(each)) for each in (first, note.split(" ", 1)[0]))
    except UnknownExercise:  # a part of an earlier version of the workbook
        return False
    return owner == other


def _owner(part: Part) -> str:
    """The function or class that holds a part in the released notebook."""
    return next(iter(part.homes.values())).split(".")[0]
