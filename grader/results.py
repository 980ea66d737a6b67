"""The results of a class: `results.json`, in the schema that everything else reads."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.examine import PartResult
from grader.exercise import Exercise

SCHEMA = 1


@dataclass
class Graded:
    """One learner's notebook of one exercise, graded; or the reason why the grader could not."""

    student: str
    exercise: Exercise
    parts: list[PartResult] = field(default_factory=list)
    seconds: float = 0.0
    trouble: str = ""

    @property
    def points(self) -> float:
        return sum(result.points for result in self.parts if not result.part.bonus)

    @property
    def bonus(self) -> float:
        return sum(result.points for result in self.parts if result.part.bonus)


def unreadable(student: str, exercise: Exercise, reason: str) -> Graded:
    """A notebook that is none: no points, and the reason with every part."""
    parts = [PartResult(part, "error", reason) for part in exercise.parts]
    return Graded(student, exercise, parts)


def as_dict(graded: Iterable[Graded], students: Iterable[str], seed: int, sandbox: str) -> dict:
    """The results as plain data. What the grader could not grade is left out: it is no zero."""
    submissions: dict[str, list[Graded]] = {student: [] for student in sorted(students)}
    for one in graded:
        if not one.trouble:
            submissions[one.student].append(one)
    return {
        "schema": SCHEMA,
        "seed": seed,
        "sandbox": sandbox,
        "submissions": [
            {"student": student, "exercises": [_exercise(one) for one in _in_order(work)]}
            for student, work in submissions.items()
        ],
    }


def troubles(graded: Iterable[Graded]) -> list[dict[str, str]]:
    """What the grader itself failed at: student, exercise and reason."""
    return [
        {"student": one.student, "exercise": one.exercise.slug, "reason": one.trouble}
        for one in graded
        if one.trouble
    ]


def write(results: dict[str, Any], out: Path) -> Path:
    """Write `results.json` whole or not at all, so that a crash leaves the old file."""
    path = out / "results.json"
    temporary = path.with_suffix(".json.new")
    text = json.dumps(results, indent=1, ensure_ascii=False, allow_nan=False)
    temporary.write_text(text + "\n", encoding="utf-8", errors="backslashreplace")
    return temporary.replace(path)


def _in_order(work: list[Graded]) -> list[Graded]:
    return sorted(work, key=lambda one: one.exercise.slug)


def _exercise(one: Graded) -> dict[str, Any]:
    return {
        "exercise": one.exercise.slug,
        "points": one.points,
        "max_points": one.exercise.max_points,
        "bonus": one.bonus,
        "seconds": round(one.seconds, 3),
        "parts": [_part(result) for result in one.parts],
    }


def _part(result: PartResult) -> dict[str, Any]:
    return {
        "id": result.part.id,
        "points": result.points,
        "max_points": result.part.points,
        "bonus": result.part.bonus,
        "status": result.status,
        "message": result.message,
        "misconception": result.misconception,
        "hint": result.hint,
    }
