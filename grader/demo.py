"""A demonstration class of 24 learners, put together from the known wrong answers.

Real notebooks for the real path: the released ones, with answers filled in, half filled in, wrong,
endless or destroyed, as they come in a class.
"""

from __future__ import annotations

import json
import runpy
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from grader import build, exercise
from grader.exercise import ROOT, Exercise
from grader.splice import defines, extract, splice

STARS = [
    *("Achernar", "Aldebaran", "Algol", "Altair", "Antares", "Arcturus", "Bellatrix", "Betelgeuse"),
    *("Canopus", "Capella", "Castor", "Deneb", "Electra", "Fomalhaut", "Hadar", "Izar", "Kochab"),
    *("Mira", "Mizar", "Polaris", "Regulus", "Rigel", "Sirius", "Vega"),
]
PERFECT, HALF_DONE = 4, 4
SEED = 24
LOADER = ROOT / "tests" / "answer_files.py"


class NotADemonstration(ValueError):
    """A demonstration cannot be written here; the message says why and what to do."""


def write_class(folder: Path) -> list[str]:
    """Write the notebooks of the demonstration class and return the learners' names.

    An earlier demonstration in `folder` is replaced. Raises `NotADemonstration` if there is
    anything else in it, or if this is not a checkout, whose tests have the wrong answers.
    """
    if not LOADER.is_file():
        raise NotADemonstration(
            "A demonstration is made of a checkout's tests. Run this in a clone."
        )
    mark = folder / ".demonstration-class"
    if folder.exists() and any(folder.iterdir()) and not mark.exists():
        raise NotADemonstration(f"{folder} holds other files. Give a folder that is new or empty.")
    folder.mkdir(parents=True, exist_ok=True)
    mark.touch()
    rng = Random(SEED)
    names = list(STARS)
    rng.shuffle(names)
    empty, endless, broken, *others = names
    for slug in exercise.slugs():
        found = exercise.load(slug)
        _hand_in(folder, empty, found, exercise.released(slug).read_text("utf-8"))
        _hand_in(folder, endless, found, _filled(found, _endless(found)))
        _hand_in(folder, broken, found, "Dear grader, my notebook is attached to another mail.\n")
        for place, name in enumerate(others):
            _hand_in(folder, name, found, _filled(found, _answers(found, place, rng)))
    return sorted(names)


def _hand_in(folder: Path, student: str, found: Exercise, text: str) -> None:
    path = folder / student / exercise.file_name(found.slug)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _answers(found: Exercise, place: int, rng: Random) -> dict[str, str | None]:
    """Replacements by part: none for the perfect, stubs for the half done, slips for the rest.

    None stands for the stub of the part.
    """
    if place < PERFECT:
        return {}
    if place < PERFECT + HALF_DONE:
        reached = rng.randint(1, len(found.parts) - 2)
        return {part.id: None for part in found.parts[reached:]}
    core = [part.id for part in found.parts if not part.bonus]
    wrong = rng.sample(core, rng.randint(1, min(3, len(core))))
    slips: dict[str, str | None] = {part: _slip(found, part, rng) for part in wrong}
    left = {part.id: None for part in found.parts if part.bonus and rng.random() < 0.7}
    return slips | left


def _slip(found: Exercise, part: str, rng: Random) -> str:
    """A wrong answer to a part: a few are common and many are rare, as in any class."""
    known = [answer.code for answer in _known() if answer.part == part]
    Random(part).shuffle(known)
    return str(known[int(len(known) * rng.random() ** 4)])


@cache
def _known() -> list[Any]:
    """The wrong answers of the tests, read by the tests' own loader, which is in no package."""
    return list(runpy.run_path(str(LOADER))["answers"]("wrong"))


def _endless(found: Exercise) -> dict[str, str | None]:
    """One part that never stops when it is called."""
    part = [part for part in found.parts if not part.bonus][-1]
    owner, _, method = part.names[0].partition(".")
    function = f"def {method or owner}(*args, **kwargs):\n    while True:\n        pass\n"
    indented = "".join(f"    {line}\n" for line in function.splitlines())
    return {part.id: f"class {owner}:\n{indented}" if method else function}


def _filled(found: Exercise, replacements: dict[str, str | None]) -> str:
    """The notebook with the reference in it, but for the parts that are replaced."""
    notebook = json.loads(_built(found.slug, filled=True))
    stubs = "\n".join(_code_cells(json.loads(_built(found.slug, filled=False))))
    for part, code in replacements.items():
        homes = found.part(part).homes
        empty = (extract(stubs, home, name) for name, home in homes.items())
        answer = code if code is not None else "\n".join(empty)
        owner = next(iter(homes)).split(".")[0]
        cell = next(cell for cell in notebook["cells"] if _holds(cell, owner))
        text = splice("".join(cell["source"]), answer).rstrip("\n")
        cell["source"] = text.splitlines(keepends=True)
    return json.dumps(notebook, indent=1)


@cache
def _built(slug: str, filled: bool) -> str:
    return build.build(build.SOURCES / f"{slug}.py", filled)


def _code_cells(notebook: dict[str, Any]) -> list[str]:
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return ["".join(cell["source"]) for cell in cells]


def _holds(cell: dict[str, Any], name: str) -> bool:
    return cell["cell_type"] == "code" and defines("".join(cell["source"]), name)
