"""Whose work it is, told by the names that learning platforms give to what they hand out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

METADATA = "submission_metadata.yml"
EXPORT = re.compile(r"assignment_\d+_export")  # the folder that Gradescope puts around a class
CANVAS = re.compile(
    r"(?P<name>.+?)_(?P<late>LATE_)?(?P<user>\d+)_(?P<number>\d+)_(?P<file>.+)", re.DOTALL
)
MOODLE = re.compile(
    r"(?P<who>.+?_\d+_)assignsubmission_(?:file|onlinetext)_(?P<file>.*)", re.DOTALL
)


@dataclass(frozen=True)
class Owner:
    """A student, and what is left of the place of his or her file once the student is known."""

    student: str
    inner: tuple[str, ...]
    attempt: int = 0
    """Grows with each attempt, if the platform says so."""
    is_late: bool = False


@dataclass(frozen=True)
class Entry:
    """What Gradescope's list says of a submission."""

    students: tuple[str, ...]
    handed_in: datetime | None


def owner(place: Sequence[str], is_folder: bool = False) -> Owner | None:
    """Whose file or folder it is that lies at `place` among the submissions; None if nobody's.

    A folder at the top is a student's, and bears the student's name. Canvas hands out files called
    `name_[LATE_]user_attempt_file`, Moodle files or folders `name_number_assignsubmission_file_`.
    """
    first, rest = place[0], tuple(place[1:])
    if moodle := MOODLE.fullmatch(first):
        name = (moodle["file"],) if moodle["file"] else ()
        return Owner(f"{moodle['who']}assignsubmission_file_", (*name, *rest))
    is_file = not rest and not is_folder
    if (is_file or is_zip(first)) and (canvas := CANVAS.fullmatch(first)):
        student, number = f"{canvas['name']}_{canvas['user']}", int(canvas["number"])
        return Owner(student, (canvas["file"], *rest), number, canvas["late"] is not None)
    return None if is_file else Owner(first, rest)


def is_zip(name: str) -> bool:
    return name.lower().endswith(".zip")


def gradescope(path: Path) -> dict[str, Entry]:
    """The submissions that Gradescope's list names, by the folder; none if it cannot be read."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        found = yaml.load(path.read_bytes(), loader)
    except (yaml.YAMLError, OSError, ValueError, RecursionError):
        return {}
    entries = found.items() if isinstance(found, dict) else ()
    return {
        str(folder): Entry(_submitters(entry), _created(entry))
        for folder, entry in entries
        if isinstance(entry, dict)
    }


def _submitters(entry: dict[str, Any]) -> tuple[str, ...]:
    """Each student of a submission, with what tells apart two of the same name."""
    people = entry.get(":submitters")
    names = []
    for one in people if isinstance(people, list) else ():
        if isinstance(one, dict) and one.get(":name"):
            key = one.get(":sid") or one.get(":email")
            names.append(f"{one[':name']}_{key}" if key else str(one[":name"]))
    return tuple(name.replace("/", "-") for name in names)


def _created(entry: dict[str, Any]) -> datetime | None:
    when = entry.get(":created_at")
    if not isinstance(when, datetime):
        return None
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
