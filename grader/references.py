"""The references of earlier exercises, as a notebook's `prior` finds them in the sandbox.

Only those that a notebook asks for are ever loaded: whatever is in the memory of a child, its
learner can read.
"""

from __future__ import annotations

import importlib
import re
import types
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from grader.exercise import NUMBER, number_of
from grader.file_view import data_folder

FOLDER = Path(__file__).resolve().parent.parent / "solutions"
_TEXT = re.compile(r"""['"]\s*(?:ex)?0*(\d{1,2})(?:[._][^'"\n]*)?['"]""", re.IGNORECASE)


def asked_for(sources: Iterable[str], exercise: str) -> frozenset[str]:
    """Numbers of the exercises before `exercise` that cells ask `prior` for.

    Every text such as `"5"` or `"ex05"` counts, in a cell that mentions `prior`.
    """
    found = {n for source in sources if "prior" in source for n in _TEXT.findall(source)}
    return frozenset(number for number in found if 0 < int(number) < int(exercise))


def source(slug: str) -> str | None:
    """The text of an exercise's reference; None if it is not installed."""
    path = FOLDER / f"{slug}.py"
    return path.read_text("utf-8") if path.is_file() else None


def load(numbers: Iterable[str]) -> dict[str, types.ModuleType]:
    """The reference modules of some exercises by number, as far as they are installed."""
    paths = {str(number_of(path.stem)): path.stem for path in FOLDER.glob("ex[0-9][0-9]_*.py")}
    names = {number: paths[number] for number in numbers if number in paths}
    return {number: importlib.import_module(f"solutions.{name}") for number, name in names.items()}


def stand_in(earlier: dict[str, types.ModuleType]) -> types.ModuleType:
    """What `from grader import check, hint, prior` finds in a child: nothing to check with.

    `data_folder` is there, too, and says where the sample files are.
    """

    def prior(exercise: str, name: str) -> Any:
        number = NUMBER.fullmatch(exercise.strip())
        if number is None or number[1] not in earlier:
            raise ImportError(f"prior({exercise!r}, {name!r}): no reference is installed")
        return getattr(earlier[number[1]], name)

    checked: list[str] = []
    module = types.ModuleType("grader")
    module.__dict__.update(check=partial(_check, checked), hint=_hint, prior=prior)
    module.__dict__["__all__"] = ["check", "data_folder", "hint", "prior"]
    module.__dict__.update(data_folder=data_folder, checked=checked)
    return module


class Unjudged:
    """What `check` returns in a child: the verdict is found elsewhere, and shown to nobody here."""

    points = 0.0
    results = ()


def _check(checked: list[str], part: object = "") -> Unjudged:
    """Note which part is to be judged here."""
    checked.append(str(part))
    return Unjudged()


def _hint(*_: object, **__: object) -> types.SimpleNamespace:
    """An empty hint: nobody reads it here."""
    return types.SimpleNamespace(title="", text="")
