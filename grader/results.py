"""The results of a class: `results.json`, in the schema that everything else reads."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.checking import PartResult
from grader.choice import HandedIn, Work
from grader.exercise import Exercise, round_points
from grader.texts import short

SCHEMA = 1
MAX_NOTES, MAX_NOTE = 30, 300  # of a notebook; characters of each
FILE = "results.json"
EXERCISE_KEYS = ("exercise", "points", "max_points", "bonus", "seconds", "parts")
PART_KEYS = ("id", "points", "max_points", "bonus", "status", "message", "misconception", "hint")
ROW_KEYS = ("student", "path", "exercise", "reason", "marks_missing")
OF_A_RUN = ("seed", "sandbox")  # held by an exercise's result only where it was graded otherwise


class BadResults(ValueError):
    """The results of an earlier grading cannot be added to; the message says why."""


@dataclass
class Graded:
    """One learner's notebook of one exercise, graded; or the reason why the grader could not."""

    student: str
    exercise: Exercise
    parts: list[PartResult] = field(default_factory=list)
    seconds: float = 0.0
    trouble: str = ""
    notes: list[str] = field(default_factory=list)
    """What was not done for the notebook, such as installs, and which cells took its time."""

    def __post_init__(self) -> None:
        self.trouble = short(self.trouble)
        self.notes = [short(note, MAX_NOTE) for note in self.notes[:MAX_NOTES]]

    @property
    def points(self) -> float:
        return round_points(sum(one.points for one in self.parts if not one.part.bonus))

    @property
    def bonus(self) -> float:
        return round_points(sum(one.points for one in self.parts if one.part.bonus))


@dataclass(frozen=True)
class Replaced:
    """A mark that a new one takes the place of."""

    student: str
    exercise: str
    before: float
    after: float


def unreadable(student: str, exercise: Exercise, reason: str) -> Graded:
    """A notebook that is none: no points, and the reason with every part."""
    parts = [PartResult(part, "error", reason) for part in exercise.parts]
    return Graded(student, exercise, parts)


def as_dict(
    graded: Iterable[Graded], handed_in: HandedIn, seed: int, sandbox: str
) -> dict[str, Any]:
    """The results as plain data. What the grader could not grade is among `not_graded`: no zero."""
    submissions: dict[str, list[dict[str, Any]]] = {one: [] for one in sorted(handed_in.students)}
    not_graded = [
        _row(row.student, row.path, row.exercise, row.reason, row.is_work)
        for row in handed_in.not_graded
    ]
    for one in sorted(graded, key=lambda one: one.exercise.slug):
        work = handed_in.students[one.student][one.exercise.slug]
        if one.trouble:
            slug = one.exercise.slug
            not_graded.append(_row(one.student, work.shown, slug, one.trouble, True))
        else:
            submissions[one.student].append(_exercise(one, work))
    return {
        "schema": SCHEMA,
        "seed": seed,
        "sandbox": sandbox,
        "submissions": [
            {"student": student, "exercises": work} for student, work in submissions.items()
        ],
        "not_graded": sorted(not_graded, key=lambda row: (row["student"] or "", row["path"])),
    }


def troubles(results: dict[str, Any]) -> list[dict[str, Any]]:
    """What was not graded although somebody may be missing marks because of it."""
    return [row for row in results["not_graded"] if row["marks_missing"]]


def load(out: Path) -> dict[str, Any] | None:
    """The results of an earlier grading in the folder `out`; None if there are none.

    Raises `BadResults` if the file there cannot be added to.
    """
    path = out / FILE
    remedy = "Move it away, or give another --out."
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadResults(f"{path} cannot be read ({error.strerror}). {remedy}") from None
    except (ValueError, RecursionError):
        raise BadResults(f"{path} is damaged and cannot be added to. {remedy}") from None
    if isinstance(found, dict) and found.get("schema", SCHEMA) != SCHEMA:
        raise BadResults(f"{path} is of another version of the grader. {remedy}")
    if not _is_sound(found):
        raise BadResults(f"{path} does not hold results of the grader. {remedy}")
    sound: dict[str, Any] = found | {"not_graded": found.get("not_graded", [])}
    return sound


def merge(old: dict[str, Any] | None, new: dict[str, Any]) -> tuple[dict[str, Any], list[Replaced]]:
    """The old results with the new ones in place of those of the same student and exercise.

    What is not graded now does not take away an earlier mark: the reason then says that it stands.
    """
    if old is None:
        return new, []
    before, after = _by_student(old), _by_student(new)
    replaced = [
        Replaced(student, slug, before[student][slug]["points"], one["points"])
        for student, work in after.items()
        for slug, one in work.items()
        if slug in before.get(student, {})
    ]
    work = {one: before.get(one, {}) | after.get(one, {}) for one in sorted(before | after)}
    left = {
        one: {slug: mark for slug, mark in before[one].items() if slug not in after.get(one, {})}
        for one in before
    }
    fresh = [row | _standing(row, left.get(row["student"], {})) for row in new["not_graded"]]
    kept = [row for row in old["not_graded"] if not _is_superseded(row, after, fresh)]
    merged = {
        "schema": SCHEMA,
        **_of_the_class(old, new, work),
        "submissions": [
            {"student": student, "exercises": [one[slug] for slug in sorted(one)]}
            for student, one in work.items()
        ],
        "not_graded": sorted([*kept, *fresh], key=lambda row: (row["student"] or "", row["path"])),
    }
    return merged, replaced


def write(results: dict[str, Any], out: Path) -> Path:
    """Write `results.json` whole or not at all, so that a crash leaves the old file."""
    path = out / FILE
    text = json.dumps(results, indent=1, ensure_ascii=False, allow_nan=False)
    write_whole(path, text + "\n", "backslashreplace")
    return path


def write_whole(path: Path, text: str, errors: str) -> None:
    """Write a file so that, whatever happens, the new one or the old one is there as a whole."""
    temporary = path.with_name(path.name + ".new")
    try:
        with temporary.open("w", encoding="utf-8", errors=errors) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _row(
    student: str | None, path: str, slug: str | None, reason: str, missing: bool
) -> dict[str, Any]:
    return dict(zip(ROW_KEYS, (student, path, slug, reason, missing), strict=True))


def _exercise(one: Graded, work: Work) -> dict[str, Any]:
    made = {
        "exercise": one.exercise.slug,
        "points": one.points,
        "max_points": one.exercise.max_points,
        "bonus": one.bonus,
        "seconds": round(one.seconds, 3),
        "parts": [_part(result) for result in one.parts],
    }
    if work.handed_in:
        made["submitted"] = work.handed_in.isoformat()
    if notes := [note for note in (work.note, *one.notes) if note]:
        made["note"] = "\n".join(notes)
    return made


def _part(result: PartResult) -> dict[str, Any]:
    return {
        "id": result.part.id,
        "points": result.points,
        "max_points": result.part.points,
        "bonus": result.part.bonus,
        "status": result.status,
        "message": result.message,
        "code": result.code,
        "misconception": result.misconception,
        "hint": result.hint,
        "judged": result.judged,
        "followed": list(result.followed),
        "checks": [
            {"title": title, "outcome": outcome, "gate": title in result.gates}
            | ({"message": says} if (says := result.failures.get(title)) else {})
            for title, outcome in result.checks.items()
        ],
    }


def _is_sound(found: Any) -> bool:
    """Whether something has the keys that are read later."""
    try:
        submissions, rows = found["submissions"], found.get("not_graded", [])
        ones = [one for submission in submissions for one in submission["exercises"]]
        parts = [part for one in ones for part in one["parts"]]
        wanted = [
            ([found], ("seed", "sandbox")),
            (submissions, ("student",)),
            (ones, EXERCISE_KEYS),
            (parts, PART_KEYS),
            (rows, ROW_KEYS),
        ]
        return all(key in one for many, keys in wanted for one in many for key in keys)
    except (TypeError, KeyError, AttributeError):
        return False


def _by_student(results: dict[str, Any]) -> dict[str, dict[str, dict[str, Any]]]:
    """Results by student and slug, each with the seed and the sandbox it was graded with."""
    run = {key: results[key] for key in OF_A_RUN}
    return {
        submission["student"]: {one["exercise"]: run | one for one in submission["exercises"]}
        for submission in results["submissions"]
    }


def _of_the_class(
    old: dict[str, Any], new: dict[str, Any], work: dict[str, dict[str, dict[str, Any]]]
) -> dict[str, Any]:
    """Seed and sandbox of the class, which are taken out of the results that share them."""
    ones = [one for exercises in work.values() for one in exercises.values()]
    common = {}
    for key in OF_A_RUN:
        is_left = any(one[key] == old[key] for one in ones)
        common[key] = old[key] if is_left else new[key]
        for one in ones:
            if one[key] == common[key]:
                del one[key]
    return common


def _standing(row: dict[str, Any], marks: dict[str, dict[str, Any]]) -> dict[str, str]:
    """The reason of a row, with the student's earlier marks that it does not take away."""
    standing = [
        f"{one['points']:g} of {one['max_points']:g} in {slug}"
        for slug, one in sorted(marks.items())
        if row["marks_missing"] and row["exercise"] in (None, slug)
    ]
    if not standing:
        return {}
    reason = row["reason"].rstrip(". ")
    return {"reason": f"{reason}. The mark of an earlier grading stands: {', '.join(standing)}."}


def _is_superseded(row: dict[str, Any], after: dict[str, Any], fresh: list[dict[str, Any]]) -> bool:
    """Whether an old row is out of date: its student's folder was looked through again."""
    student, slug = row["student"], row["exercise"]
    if student is None or student not in after:
        return student is None
    own = [new for new in fresh if new["student"] == student]
    return slug in (None, *after[student], *(new["exercise"] for new in own)) or any(
        row["path"] == new["path"] or row["path"].startswith(f"{new['path']}/") for new in own
    )
