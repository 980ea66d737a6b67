"""Of all that one student handed in: the notebook of each exercise, and why not the rest."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from dateutil import parser as dates
from dateutil import tz

from grader import exercise, identify, notebook_file
from grader.archives import NOT_A_NOTEBOOK, OTHER, OTHER_KIND
from grader.files import CLOSED, File
from grader.lms import Owner, is_zip

MAX_NOTEBOOKS = 200  # that are looked at, of one student
MAX_ROWS = 10  # of files that are no notebooks; more of them are counted by folder
SAME_TIME = 2.0  # seconds: zip archives know time no better
NOTEBOOK = re.compile(r"\.ipynb(?:[ ._-]?\(?\d*\)?|~|\.(?:txt|json|bak|orig|ipynb))*$", re.I)
NUMBERED = re.compile(r"(\d+)\)?(?:\.\w+)*$")

TIME = "timestamp.txt"  # nbgrader's, beside a notebook
SCRIPT = "It is a Python script. Only notebooks are graded: ask for the `.ipynb` file."
UNKNOWN = "It is a notebook of none of the exercises: it holds no check and no name of theirs."
LEFT = f"More than {MAX_NOTEBOOKS} notebooks were handed in; this one was not looked at."


@dataclass(frozen=True)
class Work:
    """A notebook to grade, with what should be known about it, and when it was handed in (UTC)."""

    path: Path
    shown: str
    note: str = ""
    handed_in: datetime | None = None


@dataclass(frozen=True)
class NotGraded:
    """Something that is not graded; `is_work` if somebody may be missing marks because of it."""

    student: str | None
    path: str
    exercise: str | None
    reason: str
    is_work: bool = False


@dataclass(frozen=True)
class HandedIn:
    """Notebooks by student and slug, and what is not graded."""

    students: dict[str, dict[str, Work]]
    not_graded: list[NotGraded]


@dataclass(frozen=True)
class Owned:
    """A file, and whose it is."""

    file: File
    owner: Owner
    handed_in: datetime | None = None

    @property
    def inner(self) -> tuple[str, ...]:
        return self.owner.inner


@dataclass(frozen=True)
class Copy:
    """A notebook that is a candidate for an exercise."""

    own: Owned
    slug: str
    content: bytes

    @property
    def rank(self) -> tuple[bool, bool, bool]:
        """Better copies have higher ranks: readable, worked on, not saved by the editor itself."""
        return (
            _is_sound(self.content),
            not identify.is_untouched(self.content, self.slug),
            "-checkpoint" not in self.own.file.name,
        )

    @property
    def order(self) -> tuple[int, int, bool, bool]:
        """Which of two copies of the same time is later, by name; else the expected place."""
        names = self.own.inner
        stem = names[-1].lower().partition(".ipynb")[0].replace(self.slug, "")
        number = NUMBERED.search(stem)
        exact = names[-1] in exercise.file_names(self.slug)
        count = int(number[1]) if number and len(number[1]) < 9 else 0
        return self.own.owner.attempt, count or "copy" in stem, exact, exact and len(names) == 2


def choose(student: str, files: Sequence[Owned]) -> tuple[dict[str, Work], list[NotGraded]]:
    """The notebook of each exercise, and all other files with the reason against them."""
    copies: list[Copy] = []
    rows: list[NotGraded] = []
    others: list[Owned] = []
    for own in files:
        if own.file.refused:
            rows.append(_refused(student, own))
        elif not own.file.is_folder and own.file.name != TIME:
            found = _look(student, own, len(copies) >= MAX_NOTEBOOKS)
            if isinstance(found, Copy):
                copies.append(found)
            elif found:
                rows.append(found)
            else:
                others.append(own)
    work = {}
    for slug in sorted({copy.slug for copy in copies}):
        work[slug], left = _best(student, [copy for copy in copies if copy.slug == slug], files)
        rows += left
    rows += _not_notebooks(student, others, work)
    if not work and not rows:
        rows.append(NotGraded(student, files[0].file.shown, None, "It holds no notebook."))
    if not work:  # then this may be what should have been graded
        rows = [replace(row, is_work=row.is_work or row.reason == UNKNOWN) for row in rows]
    return work, rows


def _refused(student: str, own: Owned) -> NotGraded:
    file = own.file
    is_work = file.is_folder or is_zip(file.name) or bool(NOTEBOOK.search(file.name))
    slug = None if file.is_folder else identify.by_name(own.inner)
    return NotGraded(student, file.shown, slug, file.refused, is_work)


def _look(student: str, own: Owned, full: bool) -> Copy | NotGraded | None:
    """A candidate, or why a notebook is none; None for a file that is not a notebook."""
    file, named = own.file, identify.by_name(own.inner)
    is_notebook = bool(NOTEBOOK.search(file.name))
    if not is_notebook and not _looks_like_one(file.path):
        return None
    if full:
        return NotGraded(student, file.shown, named, LEFT, True)
    try:
        content = notebook_file.read_bytes(file.path)
    except notebook_file.ClosedNotebook:
        return NotGraded(student, file.shown, named, CLOSED, is_notebook)
    except notebook_file.UnreadableNotebook as error:
        if named and is_notebook:
            return Copy(own, named, b"")
        return NotGraded(student, file.shown, named, str(error), is_notebook)
    slug = identify.which(content, own.inner)
    if slug and (is_notebook or b'"cells"' in content):
        return Copy(own, slug, content)
    if not is_notebook:
        return None
    if _is_sound(content):
        return NotGraded(student, file.shown, None, UNKNOWN)
    reason = notebook_file.what_is_wrong(content)
    return NotGraded(student, file.shown, None, reason, True)


def _looks_like_one(path: Path) -> bool:
    """Whether a file of another name begins as a notebook does."""
    try:
        with path.open("rb") as file:
            return file.read(100).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
    except OSError:
        return False


def _is_sound(content: bytes) -> bool:
    """Whether a text looks like a whole notebook: to parse it is left to a process with limits."""
    bare = content.removeprefix(b"\xef\xbb\xbf").strip()
    whole = bare.startswith(b"{") and bare.endswith(b"}") and b"\n<<<<<<< " not in bare
    return whole and (b'"cells"' in bare or b'"worksheets"' in bare)


def _best(student: str, copies: list[Copy], files: Sequence[Owned]) -> tuple[Work, list[NotGraded]]:
    """The copy to grade: of those of the highest rank, the newest."""
    ranks = {copy.own.file: copy.rank for copy in copies} if len(copies) > 1 else {}
    good = [copy for copy in copies if not ranks or ranks[copy.own.file] == max(ranks.values())]
    newest = max(copy.own.file.modified for copy in good)
    late = [copy for copy in good if copy.own.file.modified >= newest - SAME_TIME]
    best = max(late, key=lambda copy: copy.order)
    why = "the newest" if len(good) > 1 else "the only one that was worked on and can be read"
    rows = [
        NotGraded(student, copy.own.file.shown, copy.slug,
                  f"It is another copy of the exercise; `{best.own.file.shown}` is graded, {why}.")
        for copy in copies
        if copy is not best
    ]  # fmt: skip
    return _work(best, len(copies), why, files), rows


def _work(best: Copy, count: int, why: str, files: Sequence[Owned]) -> Work:
    notes = []
    if count > 1:
        notes.append(f"{count} copies were handed in; `{best.own.file.shown}` is graded, {why}.")
    named = identify.by_name(best.own.inner)
    if named != best.slug:
        notes.append(f"Recognised by what `{best.own.file.shown}` holds, not by its name.")
    if best.own.owner.is_late:
        notes.append("Canvas marks it as late.")
    when, trouble = _handed_in(best.own, files)
    notes += [trouble] if trouble else []
    return Work(best.own.file.path, best.own.file.shown, " ".join(notes), when)


def _handed_in(own: Owned, files: Sequence[Owned]) -> tuple[datetime | None, str]:
    """When a notebook was handed in, by nbgrader's file beside it or the platform's list."""
    place = (*own.file.place[:-1], TIME)
    beside = next((one.file for one in files if one.file.place == place), None)
    if beside is None or beside.refused:
        return own.handed_in, ""
    try:
        when = _parsed(beside.path.read_bytes()[:100].decode("utf-8-sig").strip())
    except (ValueError, OverflowError, OSError):
        return own.handed_in, f"`{beside.shown}` does not hold a time."
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC), ""


def _parsed(text: str) -> datetime:
    """A time as nbgrader writes it, with the name of a time zone at the end."""
    words = text.split(" ")
    zone = tz.gettz(words[2]) if len(words) == 3 else None
    if zone is None:
        return _time(text)
    return _time(" ".join(words[:2])).replace(tzinfo=zone)


def _not_notebooks(
    student: str, others: Sequence[Owned], graded: Collection[str]
) -> Iterator[NotGraded]:
    """A row for each file that is not a notebook; where there are many, one for each folder."""
    folders = Counter(own.inner[0] for own in others if len(own.inner) > 1)
    counted = {name for name in folders if len(others) > MAX_ROWS}
    for own in others:
        name = own.file.name.lower()
        if own.inner[0] not in counted or OTHER_KIND.search(name):
            slug = identify.by_name(own.inner[-1:])
            is_missed = name.endswith(".py") and (slug or not graded) and slug not in graded
            reason = SCRIPT if is_missed else NOT_A_NOTEBOOK
            if OTHER_KIND.search(name):
                reason = OTHER
            yield NotGraded(student, own.file.shown, slug, reason, reason == OTHER)
        elif folders[own.inner[0]]:
            count = folders.pop(own.inner[0])
            folder = own.file.shown.rsplit("/", len(own.inner) - 1)[0]
            reason = f"It holds {count:,} files that are not notebooks."
            yield NotGraded(student, folder, None, reason)


def _time(text: str) -> datetime:
    found = dates.parse(text)
    assert isinstance(found, datetime)
    return found
