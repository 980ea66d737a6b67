"""Grades in nbgrader's gradebook: as its own tools find them, added to, and never over a hand's."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import BaseCell, Grade, Gradebook
from notebooks import EX1, EX2

from grader import exercise, gradebook, results
from grader.checking import PartResult
from grader.choice import HandedIn, Work
from grader.results import Graded, unreadable

pytestmark = pytest.mark.slow


def graded(student: str, slug: str, *passed: str, trouble: str = "") -> Graded:
    """A graded notebook in which the parts named pass and the others fail."""
    one = exercise.load(slug)
    parts = [
        PartResult(part)
        if part.id in passed
        else PartResult(part, "failed", f"{part.id} is wrong.")
        for part in one.parts
    ]
    return Graded(student, one, [] if trouble else parts, 0.1, trouble)


def as_results(*ones: Graded) -> dict[str, Any]:
    """Graded notebooks as `results.json` holds them."""
    students: dict[str, dict[str, Work]] = {}
    for one in ones:
        students.setdefault(one.student, {})[one.exercise.slug] = Work(Path("x"), "x")
    return results.as_dict(ones, HandedIn(students, []), 1, "on")


CLASS = [
    graded("Vega", EX1, "1.1", "1.2", "1.E1"),
    graded("Vega", EX2),
    graded("Mira", EX1, "1.1", "1.2", "1.3", "1.4", "1.E1", "1.E2"),
    graded("Deneb", EX1, trouble="the grading process died twice"),
    unreadable("Algol", exercise.load(EX1), "The notebook could not be read."),
]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the gradebook of the class, made once: nbgrader takes seconds for a new one."""
    folder = tmp_path_factory.mktemp("gradebook")
    gradebook.write(as_results(*CLASS), gradebook.database(folder))
    return folder


@pytest.fixture
def url(written: Path, tmp_path: Path) -> str:
    shutil.copy(written / "gradebook.db", tmp_path)
    return gradebook.database(tmp_path)


@pytest.fixture
def book(url: str) -> Iterator[Gradebook]:
    with Gradebook(url) as book:
        yield book


def grades(book: Gradebook, student: str, slug: str = EX1) -> dict:
    notebook = book.find_submission_notebook(slug, slug, student)
    return {grade.cell.name: grade for grade in notebook.grades}


def test_assignments_have_the_maximum_without_bonus(book: Gradebook) -> None:
    for slug in (EX1, EX2):
        assert book.find_assignment(slug).max_score == 10
        notebook = book.find_notebook(slug, slug)
        assert notebook.max_code_score == 10
        checks = {f"check-{part.id.replace('.', '-')}" for part in exercise.load(slug).parts}
        assert {cell.name for cell in notebook.grade_cells} == checks


def test_points_of_each_part_and_extra_credit_of_each_bonus(book: Gradebook) -> None:
    found = grades(book, "Vega")
    assert {name: grade.score for name, grade in found.items()} == {
        "check-1-1": 3,
        "check-1-2": 3,
        "check-1-3": 0,
        "check-1-4": 0,
        "check-1-E1": 1,
        "check-1-E2": 0,
    }
    assert {name: grade.extra_credit for name, grade in found.items() if grade.extra_credit} == {
        "check-1-E1": 1
    }
    assert not any(grade.needs_manual_grade for grade in found.values())


def test_scores_of_submissions(book: Gradebook) -> None:
    scores = {(s.student.id, s.assignment.name): s.score for s in book.assignment_submissions(EX1)}
    assert scores == {("Vega", EX1): 7, ("Mira", EX1): 12, ("Algol", EX1): 0}
    assert book.find_submission(EX2, "Vega").score == 0
    assert not book.find_submission(EX1, "Vega").needs_manual_grade


def test_what_the_grader_could_not_grade_is_not_there(book: Gradebook) -> None:
    """Trouble of the grader's own is never a zero."""
    assert "Deneb" not in {student.id for student in book.students}


def test_messages_stand_with_the_part_they_are_about(book: Gradebook) -> None:
    notebook = book.find_submission_notebook(EX1, EX1, "Vega")
    comments = {comment.cell.name: comment.comment for comment in notebook.comments}
    assert comments["part-1-3"] == "1.3 failed: 1.3 is wrong."
    assert comments["part-1-2"] is None
    assert comments["part-1-E2"] == "1.E2 failed: 1.E2 is wrong."


def test_messages_of_the_parts_of_one_cell_stand_together(book: Gradebook) -> None:
    notebook = book.find_submission_notebook(EX2, EX2, "Vega")
    comments = [comment.comment or "" for comment in notebook.comments]
    for part in exercise.load(EX2).parts:
        assert sum(f"{part.id} failed" in comment for comment in comments) == 1


def test_grading_again_updates(book: Gradebook, url: str) -> None:
    book.close()
    again = [graded("Vega", EX1, "1.3", "1.E2"), graded("Polaris", EX1, "1.4")]
    gradebook.write(as_results(*again), url)
    with Gradebook(url) as new:
        found = grades(new, "Vega")
        assert {name for name, grade in found.items() if grade.score} == {"check-1-3", "check-1-E2"}
        assert found["check-1-E1"].score == 0
        notebook = new.find_submission_notebook(EX1, EX1, "Vega")
        comments = {comment.cell.name: comment.comment for comment in notebook.comments}
        assert comments["part-1-3"] is None
        assert comments["part-1-1"] == "1.1 failed: 1.1 is wrong."
        assert new.find_submission(EX1, "Mira").score == 12
        assert new.find_submission(EX1, "Polaris").score == 2
        assert len(new.assignments) == 2
        assert len(new.assignment_submissions(EX1)) == 4


def test_the_grader_failing_later_leaves_the_old_grade(book: Gradebook, url: str) -> None:
    book.close()
    gradebook.write(as_results(graded("Vega", EX1, trouble="it died")), url)
    with Gradebook(url) as new:
        assert new.find_submission(EX1, "Vega").score == 7


def test_a_mark_given_by_hand_stays(book: Gradebook, url: str) -> None:
    grade = grades(book, "Vega")["check-1-3"]
    grade.manual_score = 1.5
    book.db.commit()
    book.close()
    gradebook.write(as_results(graded("Vega", EX1)), url)
    with Gradebook(url) as new:
        assert grades(new, "Vega")["check-1-3"].score == 1.5
        assert new.find_submission(EX1, "Vega").score == 1.5


def test_a_comment_written_by_hand_stays(book: Gradebook, url: str) -> None:
    notebook = book.find_submission_notebook(EX1, EX1, "Vega")
    comment = next(c for c in notebook.comments if c.cell.name == "part-1-3")
    comment.manual_comment = "See me."
    book.db.commit()
    book.close()
    gradebook.write(as_results(graded("Vega", EX1)), url)
    with Gradebook(url) as new:
        notebook = new.find_submission_notebook(EX1, EX1, "Vega")
        comments = {c.cell.name: c.comment for c in notebook.comments}
        assert comments["part-1-3"] == "See me."


def test_extra_credit_given_by_hand_for_a_core_part_stays(book: Gradebook, url: str) -> None:
    grade = grades(book, "Vega")["check-1-1"]
    grade.extra_credit = 0.5
    book.db.commit()
    book.close()
    gradebook.write(as_results(graded("Vega", EX1, "1.1")), url)
    with Gradebook(url) as new:
        assert grades(new, "Vega")["check-1-1"].score == 3.5


def test_students_of_any_name(url: str) -> None:
    """The last is a folder's name in bytes that are not UTF-8, as Python reads it."""
    names = ["Élodie", "o'brien; drop table", "学生", "a b", "x" * 200, "caf\udce9"]
    gradebook.write(as_results(*(graded(name, EX1, "1.1") for name in [*names, "Vega"])), url)
    with Gradebook(url) as book:
        assert len(book.students) == 3 + len(names)
        assert book.find_submission(EX1, "学生").score == 3
        assert book.find_submission(EX1, "Vega").score == 3


def test_the_time_of_handing_in_is_there_in_utc_and_stays(url: str) -> None:
    berlin = timezone(timedelta(hours=1))
    one = graded("Vega", EX1, "1.1")
    work = Work(Path("x"), "x", handed_in=datetime(2026, 3, 5, 11, tzinfo=berlin))
    handed_in = HandedIn({"Vega": {EX1: work}}, [])
    gradebook.write(results.as_dict([one], handed_in, 1, "on"), url)
    gradebook.write(as_results(one), url)  # graded again from a copy without the time
    with Gradebook(url) as book:
        assert book.find_submission(EX1, "Vega").timestamp == datetime(2026, 3, 5, 10)
        assert book.find_submission(EX1, "Mira").timestamp is None


def test_a_gradebook_that_nbgrader_has_made_is_added_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its course, students and assignments, with their due dates, stay as they are."""
    tools = str(Path(sys.executable).parent)  # where nbgrader finds alembic
    monkeypatch.setenv("PATH", tools, prepend=os.pathsep)
    url = gradebook.database(tmp_path)
    with Gradebook(url) as book:
        book.add_student("Vega", first_name="Alpha", last_name="Lyrae")
        book.add_assignment(EX1, duedate="2026-03-01 12:00:00")
    gradebook.write(as_results(*CLASS), url)
    with Gradebook(url) as book:
        assert book.find_student("Vega").last_name == "Lyrae"
        assert book.find_assignment(EX1).duedate == datetime(2026, 3, 1, 12)
        assert book.find_assignment(EX1).max_score == 10
        assert book.find_submission(EX1, "Vega").score == 7


def test_a_part_that_is_new_in_the_workbook_joins_earlier_submissions(url: str) -> None:
    with Gradebook(url) as book:
        for grade in book.db.query(Grade).join(BaseCell).filter(BaseCell.name == "check-1-4"):
            book.db.delete(grade)
        book.db.commit()
    gradebook.write(as_results(graded("Vega", EX1, "1.4")), url)
    with Gradebook(url) as book:
        assert grades(book, "Vega")["check-1-4"].score == 2
        assert "check-1-4" not in grades(book, "Mira")


def test_results_of_an_exercise_that_is_gone_are_no_obstacle(url: str) -> None:
    found = as_results(graded("Vega", EX1, "1.4"))
    gone = found["submissions"][0]["exercises"][0] | {"exercise": "ex99_gone"}
    found["submissions"][0]["exercises"].append(gone)
    gradebook.write(found, url)
    with Gradebook(url) as book:
        assert book.find_submission(EX1, "Vega").score == 2
        assert {assignment.name for assignment in book.assignments} == {EX1, EX2}


def test_marks_are_found_by_student(url: str) -> None:
    assert gradebook.marks_of({"Vega", "nobody"}, url) == {("Vega", EX1): 7, ("Vega", EX2): 0}
    assert gradebook.marks_of(set(), url) == {}
