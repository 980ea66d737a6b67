"""Exercises, the names of their notebooks, and their parts, read from the released notebooks.

The released notebook is the only place the grader takes ids, titles, points and names from, so a
learner's copy of the workbook needs no solutions, and nothing can drift.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RELEASED = ROOT / "exercises"
PROJECT = "ex11_final_project"
SLUG = re.compile(r"ex\d\d_\w+")
NUMBER = re.compile(r"(?:ex)?0*(\d+)(?:[._].*)?", re.IGNORECASE)
BY_WORD = re.compile(r"final|project|final[ ._-]?project(?:[ ._(-].*)?", re.IGNORECASE)
STUB = re.compile(r'NotImplementedError\(\s*"(\d+\.E?\d+) ([\w.]+):')


class UnknownExercise(LookupError):
    """Raised for an exercise or part that does not exist; the message lists those that do."""


@dataclass(frozen=True)
class Part:
    """One gradable part: `names` are what it judges, such as `LightCurve.__len__`.

    Those that are `given` are complete in the released notebook, and learners may replace them.
    """

    id: str
    title: str
    points: float
    bonus: bool
    names: tuple[str, ...]
    given: tuple[str, ...] = ()
    base: str = ""
    """The class that holds them in the released notebook, if that of `names` inherits them."""

    @property
    def to_write(self) -> tuple[str, ...]:
        """The names that have a stub."""
        return tuple(name for name in self.names if name not in self.given)

    @property
    def homes(self) -> dict[str, str]:
        """For each name the one that the released notebook defines, such as `BatchJob._notify`."""
        return {name: _member(self.base, name) for name in self.names}

    @property
    def all_names(self) -> frozenset[str]:
        """The names, and those that the released notebook defines for them."""
        return frozenset((*self.homes, *self.homes.values()))


@dataclass(frozen=True)
class Exercise:
    """One notebook of the workbook."""

    slug: str
    title: str
    parts: tuple[Part, ...]
    given: frozenset[str]
    """Sources of the released check and demonstration cells, which are never graded."""

    @property
    def number(self) -> str:
        return str(number_of(self.slug))

    @property
    def label(self) -> str:
        return label(self.slug)

    @property
    def max_points(self) -> float:
        return sum(part.points for part in self.parts if not part.bonus)

    @property
    def names(self) -> frozenset[str]:
        """Top-level names that hold the exercise's parts, such as `LightCurve`."""
        return frozenset(name.split(".")[0] for part in self.parts for name in part.names)

    def part(self, part_id: str) -> Part:
        for part in self.parts:
            if part.id == part_id:
                return part
        known = ", ".join(part.id for part in self.parts)
        raise UnknownExercise(f"There is no part {part_id!r}. {self.label} has: {known}.")


def number_of(slug: str) -> int:
    """The number of an exercise: 1 for `ex01_advanced_functions`."""
    return int(slug[2:4])


def label(slug: str) -> str:
    """What people call an exercise: `Exercise 1`, but the last is the `Final project`."""
    return "Final project" if slug == PROJECT else f"Exercise {number_of(slug)}"


def file_names(slug: str) -> tuple[str, ...]:
    """Names that an exercise's notebook may have; the first is that of the released one."""
    named = f"{slug}.ipynb"
    return ("final_project.ipynb", named) if slug == PROJECT else (named,)


def file_name(slug: str) -> str:
    """The name of an exercise's notebook, as released and in a learner's `work/`."""
    return file_names(slug)[0]


def released(slug: str) -> Path:
    """The released notebook of an exercise."""
    return RELEASED / file_name(slug)


def in_folder(folder: Path) -> dict[str, Path]:
    """The notebooks of exercises in a folder, by slug and in order."""
    paths = {path.name: path for path in folder.glob("*.ipynb")}
    named = {name.removesuffix(".ipynb") for name in paths}
    slugs = sorted({PROJECT, *(name for name in named if SLUG.fullmatch(name))})
    return {slug: paths[file_name(slug)] for slug in slugs if file_name(slug) in paths}


def slugs() -> list[str]:
    """Slugs of the released exercises, in order."""
    return list(in_folder(RELEASED))


def find(name: str) -> Exercise:
    """The exercise called `1`, `ex01`, `ex01_advanced_functions`, or that holds part `1.2`.

    The final project is also called `final`, `project` or `final_project`.
    """
    number = NUMBER.fullmatch(name.strip())
    by_word = PROJECT if BY_WORD.fullmatch(name.strip()) else ""
    for slug in slugs():
        if slug in (name, by_word) or (number and number_of(slug) == int(number[1])):
            return load(slug)
    raise UnknownExercise(f"There is no exercise {name!r}. There are: {', '.join(slugs())}.")


@cache
def load(slug: str) -> Exercise:
    """Read the released notebook of an exercise."""
    cells = json.loads(released(slug).read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    titles = dict(match for source in sources for match in _headings(source))
    names: dict[str, list[str]] = {}
    for part_id, name in STUB.findall("\n".join(sources)):
        names.setdefault(part_id, []).append(name)
    parts = [_part(one, titles[one["part"]], names[one["part"]]) for one in _graded(cells)]
    parts.sort(key=lambda part: place(part.id))
    given = frozenset(
        source.strip()
        for cell, source in zip(cells, sources, strict=True)
        if "demo" in cell["metadata"].get("tags", ()) or "workbook" in cell["metadata"]
    )
    title = next(line[2:] for line in sources[0].splitlines() if line.startswith("# "))
    return Exercise(slug, title, tuple(parts), given)


def place(part_id: str) -> tuple[int, bool, int]:
    """Where a part stands in the workbook, to sort by: 2.1, 2.10, 2.E1, 10.1."""
    number, _, part = part_id.partition(".")
    return int(number), part.startswith("E"), int(part.removeprefix("E"))


def round_points(points: float) -> float:
    """Points are rounded to 0.01, so that they are the same wherever they are shown."""
    return round(points, 2)


def _part(graded: dict[str, Any], title: str, stubs: list[str]) -> Part:
    """A part by what its check says of it, and by its stubs."""
    of, given = graded.get("of", ""), graded.get("given", ())
    return Part(
        id=graded["part"],
        title=title,
        points=float(graded["points"]),
        bonus=".E" in graded["part"],
        names=tuple(_member(of, name) for name in (*stubs, *given)),
        given=tuple(_member(of, name) for name in given),
        base=stubs[0].split(".")[0] if of else "",
    )


def _member(owner: str, name: str) -> str:
    """What is called like `name` in the class `owner`; without a class, `name` itself."""
    return f"{owner}.{name.rpartition('.')[2]}" if owner else name


def _headings(source: str) -> list[tuple[str, str]]:
    return re.findall(r"^#+ (\d+\.E?\d+) (.+)$", source, re.MULTILINE)


def _graded(cells: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [cell["metadata"]["workbook"] for cell in cells if "workbook" in cell["metadata"]]
