"""How far a learner is: what `grader status` shows of the notebooks in work/."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from grader import exercise, grade, notebook
from grader.checking import PartResult
from grader.course import COURSE, package_of
from grader.display import figure
from grader.exercise import Exercise, Part, round_points
from grader.learner import LOCAL_SEED
from grader.results import Graded
from grader.texts import short

Verdict = dict[str, Any]

BAR_WIDTH = 12
REMEMBERED = 100  # notebooks whose verdicts are kept


@dataclass(frozen=True)
class Row:
    """One exercise: its verdicts, or why there are none. Parts and points leave the bonus out."""

    exercise: Exercise
    graded: Graded
    note: str = ""

    @property
    def parts(self) -> int:
        return sum(not part.bonus for part in self.exercise.parts)

    @property
    def passed(self) -> int:
        return sum(result.passed and not result.part.bonus for result in self.graded.parts)

    @property
    def next(self) -> str:
        """The note, or id and title of the first part that does not pass."""
        open_parts = (result.part for result in self.graded.parts if not result.passed)
        part = next(open_parts, None)
        if self.note or part is None:
            return self.note or "all done"
        return f"{part.id} {part.title}" + (" (bonus)" if part.bonus else "")


def is_started(found: Exercise, content: notebook.Notebook) -> bool:
    """Whether a notebook's code is any other than the released notebook's."""
    released = notebook.read(exercise.released(found.slug), found)
    return [cell.source for cell in content.cells] != [cell.source for cell in released.cells]


def row(slug: str, path: Path, isolated: bool = True) -> Row:
    """Grade one notebook of the learner's, if it is there, readable and begun.

    Verdicts are remembered in the user's cache until the notebook or its checks change: it takes a
    while to try out networks.
    """
    found = exercise.load(slug)
    nothing = Graded("you", found)
    try:
        if not path.exists() or not is_started(found, notebook.read(path, found)):
            return Row(found, nothing, "not started")
    except (notebook.UnreadableNotebook, OSError) as error:
        return Row(found, nothing, short(str(error)))
    digest = _digest(found, path)
    if (known := _recall().get(digest)) is not None:
        parts = [_recalled(part, known[part.id]) for part in found.parts]
        return Row(found, Graded("you", found, parts))
    graded = grade.grade_one(grade.Task("you", slug, path, LOCAL_SEED, isolated))
    unlucky = any(result.status == "timeout" for result in graded.parts)
    if not graded.trouble and not unlucky:
        _remember(digest, {result.part.id: _verdict(result) for result in graded.parts})
    return Row(found, graded, graded.trouble)


def _digest(found: Exercise, path: Path) -> str:
    """A fingerprint of a notebook, the released one, and the checks."""
    judging = sorted((COURSE / package_of(found.number)).rglob("*"))
    judging = [file for file in judging if file.suffix in (".py", ".toml")]
    files = [path, exercise.released(found.slug), *judging]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _memory() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "astronomy-ml-workbook" / "status.json"


def _verdict(result: PartResult) -> Verdict:
    """What points depend on."""
    return {"status": result.status, "checks": result.checks, "gates": sorted(result.gates)}


def _recalled(part: Part, known: Verdict) -> PartResult:
    gates = frozenset(known["gates"])
    return PartResult(part, known["status"], checks=known["checks"], gates=gates)


def _recall() -> dict[str, dict[str, Verdict]]:
    """The verdicts on notebooks by their digest; none if they cannot be read."""
    try:
        memory = json.loads(_memory().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return memory if isinstance(memory, dict) else {}


def _remember(digest: str, verdicts: dict[str, Verdict]) -> None:
    """Add verdicts to the memory. Where nothing can be written, the next time takes longer."""
    latest = [*_recall().items()][1 - REMEMBERED :]
    with contextlib.suppress(OSError):
        _memory().parent.mkdir(parents=True, exist_ok=True)
        _memory().write_text(json.dumps({**dict(latest), digest: verdicts}), encoding="utf-8")


def table(rows: Sequence[Row]) -> Table:
    """All exercises, and their sum in the last row."""
    drawn = Table(box=SIMPLE_HEAD)
    drawn.add_column("exercise", no_wrap=True)
    drawn.add_column("done", no_wrap=True)
    for heading in ("parts", "points", "bonus"):
        drawn.add_column(heading, justify="right", no_wrap=True)
    drawn.add_column("next")
    for one in rows:
        drawn.add_row(one.exercise.label, *_numbers([one]), Text(one.next))
    drawn.add_section()
    unfinished = sum(one.passed < one.parts for one in rows)
    drawn.add_row("together", *_numbers(rows), f"{unfinished} to finish", style="bold")
    return drawn


def _numbers(rows: Sequence[Row]) -> tuple[ProgressBar, str, str, str]:
    """Bar, parts, points and bonus of some exercises together."""
    passed, parts = sum(one.passed for one in rows), sum(one.parts for one in rows)
    points = round_points(sum(one.graded.points for one in rows))
    most = sum(one.exercise.max_points for one in rows)
    bonus = round_points(sum(one.graded.bonus for one in rows))
    bar = ProgressBar(total=max(parts, 1), completed=passed, width=BAR_WIDTH)
    return bar, f"{passed} of {parts}", f"{figure(points)} of {figure(most)}", figure(bonus)
