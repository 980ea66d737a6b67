"""Deliver the results of a class: see beforehand that they will arrive, write them, and tell."""

from __future__ import annotations

import secrets
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from grader import exercise, report, results
from grader.results import Graded, Replaced
from grader.texts import clean

ROOM = 2**20  # bytes that must be free for results and report
MOST_ROWS = 20  # of a kind that are told in the terminal; the report has all


class Refused(ValueError):
    """Grading is not worth starting, as its results could not be written; the message says why."""


@dataclass(frozen=True)
class Plan:
    """Where the results will go, what is there already, and what may be in the way."""

    out: Path
    db: str
    earlier: dict[str, Any] | None
    warnings: tuple[str, ...] = ()

    def seed(self, wanted: int | None) -> int:
        """The seed to grade with: by default that of the class, or a new secret one."""
        if wanted is not None:
            return wanted
        return secrets.randbelow(2**31) if self.earlier is None else int(self.earlier["seed"])


def prepare(submissions: Path, out: Path, db: str | None) -> Plan:
    """Make the folder `out` and see whether all results can be written. Raises `Refused`."""
    from grader import gradebook_access  # heavy: SQLAlchemy

    _check_place(submissions.resolve(), out.resolve())
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out) as file:
            file.write(bytes(ROOM))
            file.flush()
    except OSError as error:
        raise Refused(
            f"Results cannot be written to {out} ({error.strerror}). Put that right, or give "
            "another --out."
        ) from None
    url = db or gradebook_access.database(out)
    try:
        earlier = results.load(out)
        warning = gradebook_access.check(url)
    except (results.BadResults, gradebook_access.UnusableGradebook) as error:
        raise Refused(str(error)) from None
    return Plan(out, url, earlier, (f"{warning} Grading goes on.",) if warning else ())


def _check_place(submissions: Path, out: Path) -> None:
    """Refuse a folder for the results in which they would mix with what was handed in."""
    inside = out.is_relative_to(submissions)
    own = out.parent == submissions and (not out.exists() or (out / results.FILE).exists())
    if inside and not own and not _is_empty(out):
        raise Refused(
            f"Results in {out} would mix with what was handed in. Give another --out, such as "
            f"{submissions.parent / 'results'}."
        )


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


def deliver(plan: Plan, graded: list[Graded], new: dict[str, Any], console: Console) -> str:
    """Write results, report and gradebook, and tell what an instructor should know.

    Returns what is left to do, in one paragraph; nothing if all is well.
    """
    merged, replaced = results.merge(plan.earlier, new)
    _tell(console, _summary(graded, new))
    _tell(console, _merging(plan, new, replaced))
    lines, troubles = [], []
    for label, write in (("results", _results), ("report", _report), ("gradebook", _gradebook)):
        try:
            lines.append(f"{label:9}  {write(merged, plan)}")
        except _NotWritten as error:
            troubles.append(str(error))
    _tell(console, ["", *lines])
    rows = [row for row in merged["not_graded"] if _is_new(row, new)]
    serious = [row for row in rows if row["marks_missing"]]
    _tell_rows(console, "not graded", "bold red", serious)
    _tell_rows(console, "not read", "yellow", list(_not_read(new)))
    _tell_rows(console, "passed over", "yellow", [row for row in rows if row not in serious])
    if serious:
        _tell(console, _still_in_gradebook(serious, merged, plan))
        troubles.append(
            "Some of what was handed in could not be graded and has no marks yet. Look at the "
            "reasons above and grade again."
        )
    return "\n".join(troubles)


class _NotWritten(ValueError):
    """One of the results could not be written; the message says what to do."""


def _results(merged: dict[str, Any], plan: Plan) -> Path:
    try:
        return results.write(merged, plan.out)
    except OSError as error:
        try:
            spare = results.write(merged, Path(tempfile.mkdtemp(prefix="grader-results-")))
            saved = f"They are in {spare}: move them there later"
        except OSError:
            saved = "Make room and grade again"
        raise _NotWritten(
            f"The results could not be written to {plan.out} ({error.strerror}); what was there "
            f"before is unchanged. {saved}."
        ) from None


def _report(merged: dict[str, Any], plan: Plan) -> Path:
    try:
        return report.write_report(merged, _titles(merged), plan.out / "report")
    except OSError as error:
        raise _NotWritten(
            f"The report could not be written ({error.strerror}). Make room and grade again."
        ) from None


def _gradebook(merged: dict[str, Any], plan: Plan) -> str:
    from grader import gradebook  # heavy: nbgrader

    try:
        gradebook.write(merged, plan.db)
    except gradebook.UnusableGradebook as error:
        is_own = plan.db == gradebook.database(plan.out)
        option = "" if is_own else f" --db {gradebook.without_password(plan.db)}"
        raise _NotWritten(
            f"{error} Then `grader gradebook {plan.out}{option}` writes the marks, without grading."
        ) from None
    return gradebook.shown(plan.db)


def _still_in_gradebook(
    rows: list[dict[str, Any]], merged: dict[str, Any], plan: Plan
) -> Iterator[str]:
    """Marks of an earlier grading, of which only the gradebook knows."""
    from grader import gradebook  # heavy: nbgrader

    known = {
        (each["student"], one["exercise"])
        for each in merged["submissions"]
        for one in each["exercises"]
    }
    wanted = {(row["student"], row["exercise"]) for row in rows if row["student"]}
    try:
        marks = gradebook.marks_of({student for student, _ in wanted}, plan.db)
    except gradebook.UnusableGradebook:  # which has been told already
        return
    for (student, slug), points in sorted(marks.items()):
        is_wanted = (student, slug) in wanted or (student, None) in wanted
        if is_wanted and (student, slug) not in known:
            yield (
                f"the gradebook still has {points:g} points of an earlier grading for {student} "
                f"{slug}"
            )


def _not_read(new: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Notebooks that are none, which has cost all their points."""
    for each in new["submissions"]:
        for one in each["exercises"]:
            if reason := report.unreadable(one):
                path = f"{each['student']}/{exercise.file_name(one['exercise'])}"
                yield {"student": each["student"], "exercise": one["exercise"], "path": path,
                       "reason": reason}  # fmt: skip


def _titles(merged: dict[str, Any]) -> dict[str, str]:
    """Titles of the parts of all exercises in the results."""
    slugs = {one["exercise"] for each in merged["submissions"] for one in each["exercises"]}
    known = slugs.intersection(exercise.slugs())
    return {part.id: part.title for slug in known for part in exercise.load(slug).parts}


def _is_new(row: dict[str, Any], new: dict[str, Any]) -> bool:
    return any((row["student"], row["path"]) == (one["student"], one["path"])
               for one in new["not_graded"])  # fmt: skip


def _summary(graded: list[Graded], found: dict[str, Any]) -> Iterator[str]:
    """A few lines: marks by exercise, and what the class has misunderstood."""
    yield f"\n{_count(len(found['submissions']), 'learner')}, seed {found['seed']}"
    for slug in sorted({one.exercise.slug for one in graded}):
        work = [one for one in graded if one.exercise.slug == slug and not one.trouble]
        full = sum(one.points == one.exercise.max_points for one in work)
        mean = sum(one.points for one in work) / max(len(work), 1)
        seconds = sum(one.seconds for one in work) / max(len(work), 1)
        yield (
            f"  {slug}: mean {mean:.1f} of {work[0].exercise.max_points:g}, {full} with full "
            f"marks, {seconds:.2f} s each"
            if work
            else f"  {slug}: none graded"
        )
    parts = [part for one in graded for part in one.parts if part.misconception]
    if parts:
        yield "most frequent misconceptions"
    slips = Counter(f"{part.part.id} {part.misconception}" for part in parts)
    for slip, count in slips.most_common(5):
        yield f"  {count:3d}  {slip}"


def _merging(plan: Plan, new: dict[str, Any], replaced: list[Replaced]) -> Iterator[str]:
    """What became of the results of an earlier grading."""
    if plan.earlier is None:
        return
    here = {one["student"] for one in new["submissions"]}
    kept = [one["student"] for one in plan.earlier["submissions"] if one["student"] not in here]
    yield f"\nadded to the results of an earlier grading in {plan.out}"
    if kept:
        yield f"  {_count(len(kept), 'learner')} as before: {_few(kept)}"
    changed = [one for one in replaced if one.before != one.after]
    if replaced:
        yield f"  {_count(len(replaced), 'mark')} replaced, {len(changed)} of them changed"
    for one in changed[:MOST_ROWS]:
        yield f"  {one.student} {one.exercise}: {one.before:g} -> {one.after:g}"
    if len(changed) > MOST_ROWS:
        yield f"  and {len(changed) - MOST_ROWS} more"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _few(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _tell(console: Console, lines: Iterator[str] | list[str]) -> None:
    for line in lines:
        console.print(escape(clean(line)))


def _tell_rows(console: Console, label: str, style: str, rows: list[dict[str, Any]]) -> None:
    for row in rows[:MOST_ROWS]:
        line = clean(f"{_subject(row)}: {row['reason']}").replace("\n", " ")  # names hold anything
        console.print(f"[{style}]{label}:[/] {escape(line)}")
    if len(rows) > MOST_ROWS:
        console.print(f"[{style}]{label}:[/] {len(rows) - MOST_ROWS} more, all in the report")


def _subject(row: dict[str, Any]) -> str:
    """Student, exercise, and the place of the file where these two do not tell it."""
    student, slug = row["student"] or "", row["exercise"]
    place = str(row["path"]).removeprefix(f"{student}/")
    if place == student:
        return student
    if slug is None or not student:
        return f"{student} {place}".strip()
    names = exercise.file_names(slug)
    expected = (*names, *(f"{slug}/{name}" for name in names))
    return f"{student} {slug}" if place in expected else f"{student} {slug} ({place})"
