"""Wrong and right answers on disk, and the code that puts them into an exercise.

They lie in `answers/{exercise}/{part}/wrong` and `right`. The name of a wrong one is the
misconception it must be told, with `~` and a word more where there are several of one kind.
An answer is a file of its own, or a change in `edits.toml`: of the reference, or of the right
answer that it names as its `base`.
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
import types
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from grader import exercise
from grader.exercise import ROOT
from grader.splice import extract, splice

ANSWERS = Path(__file__).parent / "answers"
MARKER = re.compile(r"^ *### (BEGIN SOLUTION|END SOLUTION|GIVEN).*\n", re.MULTILINE)


class FaultyEdit(ValueError):
    """An edit that cannot be made; the message names the file and the answer."""


@dataclass(frozen=True)
class Answer:
    """A replacement of one part of an exercise."""

    exercise: str
    part: str
    name: str
    path: Path

    @property
    def misconception(self) -> str:
        return self.name.split("~")[0]

    @property
    def code(self) -> str:
        if self.path.suffix == ".py":
            return self.path.read_text(encoding="utf-8")
        return _edited(_base(self), self)

    def __str__(self) -> str:
        return f"{self.part}-{self.name}"


def answers(kind: str, folder: Path = ANSWERS) -> list[Answer]:
    """All answers of a kind (`wrong` or `right`), in order."""
    paths = folder.glob(f"*/*/{kind}/*")
    found = [answer for path in paths for answer in _in_file(path)]
    return sorted(found, key=lambda answer: (answer.exercise, answer.part, answer.name))


LONG = "WORKBOOK_LONG" in os.environ
"""Whether all that can be tested is, however long that takes."""


@cache
def lined() -> frozenset[Answer]:
    """The wrong answers whose lines are run as well: an eighth, always the same ones."""
    return frozenset(one for one in answers("wrong") if LONG or _number(one) % 8 == 0)


def seeds_of(answer: Answer) -> list[int]:
    """One seed for each answer, half of them the other; both where there is time."""
    return [1, 2] if LONG else [1 + _number(answer) % 2]


def _number(answer: Answer) -> int:
    """A number of the answer's own, the same in every process."""
    return zlib.crc32(str(answer).encode())


def _in_file(path: Path) -> Iterator[Answer]:
    number, part, _, _ = path.parts[-4:]
    slug = next((ROOT / "solutions").glob(f"{number}_*.py")).stem
    for name in [path.stem] if path.suffix == ".py" else edits(path):
        yield Answer(slug, part, name, path)


@cache
def edits(path: Path) -> dict[str, list[dict[str, str]]]:
    """The edits of an `edits.toml`: by the answer's name, each text and what takes its place."""
    return {name: _edits(table, f"{path}, {name}") for name, table in _tables(path).items()}


@cache
def _tables(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _edits(table: Any, place: str) -> list[dict[str, str]]:
    if not isinstance(table, dict):
        raise FaultyEdit(f"{place}: this stands in no answer's table")
    first = {key: table[key] for key in table.keys() - {"about", "also", "base"}}
    found = [first, *table.get("also", [])]
    for edit in found:
        if edit.keys() != {"old", "new"}:
            keys = ", ".join(sorted(edit))
            raise FaultyEdit(f"{place}: an edit has `old` and `new`, this one has: {keys}")
        if edit["old"] == edit["new"]:
            raise FaultyEdit(f"{place}: `new` is the same as `old`: {edit['old']}")
    return found


def _base(answer: Answer) -> str:
    """The code that an edit changes."""
    name = _tables(answer.path)[answer.name].get("base")
    if name is None:
        return part_of_reference(answer.exercise, answer.part)
    path = answer.path.parents[1] / "right" / f"{name}.py"
    if not path.is_file():
        raise FaultyEdit(f"{answer.path}, {answer.name}: there is no right answer {name!r}")
    return path.read_text(encoding="utf-8")


def _edited(code: str, answer: Answer) -> str:
    for edit in edits(answer.path)[answer.name]:
        if (count := code.count(edit["old"])) != 1:
            raise FaultyEdit(
                f"{answer.path}, {answer.name}: the code of {answer.part} that is edited must hold "
                f"`old` once, and holds it {count} times: {edit['old']}"
            )
        code = code.replace(edit["old"], edit["new"])
    return code


@cache
def part_of_reference(slug: str, part: str) -> str:
    """The reference's own code of one part, without the marks around the solutions."""
    source = MARKER.sub("", reference(slug))
    homes = exercise.load(slug).part(part).homes
    return "\n".join(extract(source, home, name) for name, home in homes.items())


def reference(slug: str) -> str:
    """Source of an exercise's reference solution."""
    return (ROOT / "solutions" / f"{slug}.py").read_text(encoding="utf-8")


def namespace(source: str) -> dict:
    """What a notebook with this source would define. The main guard's body does not run."""
    module = types.ModuleType("learner")
    sys.modules["learner"] = module  # where `dataclass` and `pickle` look for a class's own module
    exec(_compiled(source), module.__dict__)
    return module.__dict__


@lru_cache(maxsize=8)
def _compiled(source: str) -> types.CodeType:
    return compile(source, "<learner>", "exec", dont_inherit=True)


def with_answer(answer: Answer) -> dict:
    """The reference's namespace with one part replaced."""
    return namespace(_spliced(answer))


@lru_cache(maxsize=8)
def _spliced(answer: Answer) -> str:
    return splice(reference(answer.exercise), answer.code)


def changed(member: Any, change: Any) -> Any:
    """What a class holds under a name, changed: a method, or a wrapper around a function."""
    if isinstance(member, staticmethod | classmethod):
        return type(member)(change(member.__func__))
    if isinstance(member, property):
        return property(change(member.fget), member.fset, member.fdel, member.__doc__)
    return change(member)
