"""Results of a class: new ones join earlier ones, and what is on the disk is whole at any time."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from notebooks import EX1, EX2

from grader import exercise, results
from grader.checking import PartResult
from grader.choice import HandedIn, NotGraded, Work
from grader.results import BadResults, Graded, Replaced


def graded(student: str, slug: str = EX1, passed: int = 2, trouble: str = "") -> Graded:
    """A notebook of which the first parts pass."""
    found = exercise.load(slug)
    parts = [
        PartResult(part) if place < passed else PartResult(part, "failed", "It is wrong.")
        for place, part in enumerate(found.parts)
    ]
    return Graded(student, found, [] if trouble else parts, 0.1, trouble)


def as_dict(
    *ones: Graded, seed: int = 7, sandbox: str = "on", rows: tuple[NotGraded, ...] = ()
) -> dict[str, Any]:
    students: dict[str, dict[str, Work]] = {row.student: {} for row in rows if row.student}
    for one in ones:
        slug = one.exercise.slug
        students.setdefault(one.student, {})[slug] = Work(Path("x"), f"{one.student}/{slug}.ipynb")
    return results.as_dict(ones, HandedIn(students, list(rows)), seed, sandbox)


def marks(found: dict[str, Any]) -> dict[str, dict[str, float]]:
    return {
        submission["student"]: {one["exercise"]: one["points"] for one in submission["exercises"]}
        for submission in found["submissions"]
    }


def test_a_result_has_its_time_and_its_notes() -> None:
    one = graded("Vega")
    one.notes = ["Cell 1: `%pip` was not run."]
    when = datetime(2026, 3, 5, 10, tzinfo=UTC)
    work = Work(Path("x"), "Vega/a.ipynb", "2 copies were handed in.", when)
    found = results.as_dict([one], HandedIn({"Vega": {EX1: work}}, []), 7, "on")
    (made,) = found["submissions"][0]["exercises"]
    assert made["note"] == "2 copies were handed in.\nCell 1: `%pip` was not run."
    assert made["submitted"] == "2026-03-05T10:00:00+00:00"
    assert "seed" not in made


# Adding to earlier results


def test_one_student_again_joins_the_class() -> None:
    old = as_dict(graded("ada", passed=4), graded("ben", passed=0), graded("cy"), graded("cy", EX2))
    before = copy.deepcopy(old)
    new = as_dict(graded("ben", passed=4))
    merged, replaced = results.merge(old, new)
    assert marks(merged) == marks(old) | {"ben": {EX1: 10}}
    assert replaced == [Replaced("ben", EX1, 0, 10)]
    assert (merged["seed"], merged["sandbox"]) == (7, "on")
    assert "seed" not in json.dumps(merged["submissions"])
    assert old == before


def test_a_new_student_and_a_new_exercise_replace_nothing() -> None:
    merged, replaced = results.merge(
        as_dict(graded("ada"), graded("cy")), as_dict(graded("ada", EX2), graded("ben"))
    )
    assert {student: list(ones) for student, ones in marks(merged).items()} == {
        "ada": [EX1, EX2],
        "ben": [EX1],
        "cy": [EX1],
    }
    assert replaced == []


def test_results_of_another_seed_or_sandbox_say_so() -> None:
    old = as_dict(graded("ada"), graded("ben"))
    merged, _ = results.merge(old, as_dict(graded("ben"), seed=9, sandbox="off"))
    assert (merged["seed"], merged["sandbox"]) == (7, "on")
    ada, ben = (submission["exercises"][0] for submission in merged["submissions"])
    assert ("seed" in ada, "sandbox" in ada) == (False, False)
    assert (ben["seed"], ben["sandbox"]) == (9, "off")
    again, _ = results.merge(merged, as_dict(graded("ada"), seed=9, sandbox="off"))
    assert (again["seed"], again["sandbox"]) == (9, "off")
    assert "seed" not in json.dumps(again["submissions"])


def test_what_cannot_be_graded_now_does_not_take_an_earlier_mark_away() -> None:
    old = as_dict(graded("ada", passed=4), graded("ben", passed=4))
    closed = NotGraded("ben", "ben", None, "It is closed.", True)
    new = as_dict(graded("ada", trouble="It died."), rows=(closed,))
    merged, replaced = results.merge(old, new)
    assert marks(merged) == marks(old)
    assert replaced == []
    assert [row["reason"] for row in merged["not_graded"]] == [
        f"It died. The mark of an earlier grading stands: 10 of 10 in {EX1}.",
        f"It is closed. The mark of an earlier grading stands: 10 of 10 in {EX1}.",
    ]


def test_rows_that_are_out_of_date_go() -> None:
    """Those of a student's folder that was looked through again, and of nobody's."""
    old = as_dict(
        graded("ada", trouble="It died."),
        graded("ben", EX1, trouble="It died."),
        graded("ben", EX2, trouble="It died."),
        rows=(
            NotGraded("cy", "cy", None, "It is closed.", True),
            NotGraded("ben", "ben/a.pdf", None, "It is not a notebook."),
            NotGraded(None, "b.pdf", None, "It is not a notebook."),
        ),
    )
    merged, _ = results.merge(old, as_dict(graded("ben", EX1)))
    assert [(row["student"], row["exercise"]) for row in merged["not_graded"]] == [
        ("ada", EX1),
        ("ben", EX2),
        ("cy", None),
    ]
    closed = NotGraded("ben", "ben", None, "It is closed.", True)
    merged, _ = results.merge(merged, as_dict(rows=(closed,)))
    assert [row["path"] for row in merged["not_graded"]] == [f"ada/{EX1}.ipynb", "ben", "cy"]


def test_no_earlier_results_change_nothing() -> None:
    new = as_dict(graded("ada"))
    assert results.merge(None, new) == (new, [])


# On the disk


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    found = as_dict(graded("caf\udce9"), graded("学生"), rows=(NotGraded(None, "x", None, "y"),))
    assert results.load(tmp_path) is None
    results.write(found, tmp_path)
    assert results.load(tmp_path) == found


def test_results_from_before_there_were_rows_are_read(tmp_path: Path) -> None:
    found = as_dict(graded("ada"))
    del found["not_graded"]
    results.write(found, tmp_path)
    again = results.load(tmp_path)
    assert again is not None
    assert again["not_graded"] == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is damaged"),
        ('{"schema": 1, "subm', "is damaged"),
        ("[" * 100_000, "is damaged"),
        (b"\xff\xfe", "is damaged"),
        ('{"schema": 2, "submissions": []}', "another version"),
        ('{"schema": "x"}', "another version"),
        *((odd, "does not hold results") for odd in ("[]", "5", "null", "{}", '{"schema": 1}')),
        ('{"schema": 1, "seed": 1, "sandbox": "", "submissions": [5]}', "does not hold results"),
        (
            '{"schema": 1, "seed": 1, "sandbox": "", "submissions": '
            '[{"student": "a", "exercises": [{"exercise": "ex01"}]}]}',
            "does not hold results",
        ),
    ],
)
def test_a_file_that_cannot_be_added_to_is_refused_and_left(
    tmp_path: Path, content: str | bytes, says: str
) -> None:
    path = tmp_path / "results.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    before = path.read_bytes()
    with pytest.raises(BadResults, match=f"{says}.*Move it away, or give another --out"):
        results.load(tmp_path)
    assert path.read_bytes() == before


def test_results_are_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results.write({"schema": 1}, tmp_path)
    with pytest.raises(ValueError, match="JSON"):
        results.write({"points": float("nan")}, tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        results.write({"schema": 2}, tmp_path)
    assert json.loads((tmp_path / "results.json").read_text()) == {"schema": 1}
    assert list(tmp_path.iterdir()) == [tmp_path / "results.json"]
