"""Wrong and alternative answers on disk, and the code that puts them into an exercise.

They lie in `answers/{exercise}/{part}/wrong` and `right`. The name of a wrong one is the
misconception it must be told, with `~` and a word more where there are several of one kind.
"""

from __future__ import annotations

import importlib
import inspect
import sys
import types
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.exercise import ROOT
from grader.splice import splice

ANSWERS = Path(__file__).parent / "answers"


@dataclass(frozen=True)
class Answer:
    """A replacement of one part of an exercise."""

    exercise: str
    part: str
    name: str
    code: str

    @property
    def misconception(self) -> str:
        return self.name.split("~")[0]

    def __str__(self) -> str:
        return f"{self.part}-{self.name}"


def answers(kind: str) -> list[Answer]:
    """All answers of a kind (`wrong` or `right`), in order."""
    return [_answer(path) for path in sorted(ANSWERS.glob(f"*/*/{kind}/*.py"))]


def _answer(path: Path) -> Answer:
    exercise, part, _ = path.relative_to(ANSWERS).parent.parts
    slug = next((ROOT / "solutions").glob(f"{exercise}_*.py")).stem
    return Answer(slug, part, path.stem, path.read_text(encoding="utf-8"))


def reference(slug: str) -> str:
    """Source of an exercise's reference solution."""
    return inspect.getsource(importlib.import_module(f"solutions.{slug}"))


def namespace(source: str) -> dict:
    """What a notebook with this source would define. The main guard's body does not run."""
    module = types.ModuleType("learner")
    sys.modules["learner"] = module  # where `dataclass` and `pickle` look for a class's own module
    exec(compile(source, "<learner>", "exec", dont_inherit=True), module.__dict__)
    return module.__dict__


def with_answer(answer: Answer) -> dict:
    """The reference's namespace with one part replaced."""
    return namespace(splice(reference(answer.exercise), answer.code))


def changed(member: Any, change: Any) -> Any:
    """What a class holds under a name, changed: a method, or a wrapper around a function."""
    if isinstance(member, staticmethod | classmethod):
        return type(member)(change(member.__func__))
    if isinstance(member, property):
        return property(change(member.fget), member.fset, member.fdel, member.__doc__)
    return change(member)
