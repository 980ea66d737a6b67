"""Odd notebooks in a real Jupyter kernel and in the sandbox: the grader gives what was seen as ✓.

Each notebook runs from top to bottom in a kernel, in a folder of its own, and is graded. A part
that showed ✓ at one of its checks, or would at the end, must pass; one that showed ✓ nowhere must
not, and the names that are defined at the end are the same. Where the two differ the notebook says
why (`less`, `more`, `rescued` and `differs`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import kernels
import notebooks
import odd_notebooks
import pytest
from kernels import Nursery, Seen
from notebooks import Notebook
from odd_notebooks import Odd

from grader import exercise, grade, isolation
from grader.grade import Task
from grader.results import Graded

pytestmark = pytest.mark.slow

ISOLATED = isolation.why_unavailable() is None
SEED = 11
OTHERS = ("Card", "ZMQInteractiveShell")  # values that are of another type in the sandbox
AGREE = "the same names are defined"
OWN = ("check", "hint", "prior", "cache_results")  # here the real ones, there others


LONG = bool(os.environ.get("WORKBOOK_LONG"))
CHOSEN = [odd for place, odd in enumerate(odd_notebooks.ALL) if LONG or place % 5 == 0]
"""All of them take minutes; a fifth is run every day, with some of each kind."""


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as nursery:
        yield nursery


@pytest.fixture(scope="module", autouse=True)
def _parent() -> Iterator[None]:
    """The fork server that this process keeps from one grading to the next."""
    yield
    grade._forget_servers()


def lay_out(odd: Odd, folder: Path) -> tuple[Notebook, Path]:
    """The notebook, and an empty folder but for the files that lie beside it."""
    draft = odd.draft()
    folder.mkdir()
    for name, text in draft.files.items():
        notebooks.save(folder / name, text)
    return draft.done(), folder


def seen(odd: Odd, nursery: Nursery, folder: Path) -> Seen:
    notebook, place = lay_out(odd, folder)
    with nursery.kernel(place, odd.cold) as kernel:
        return kernels.run(kernel, notebook, exercise.load(odd.slug))


def graded(odd: Odd, folder: Path, probe: str | None) -> Graded:
    """Grade the notebook; a bonus part that it does not hold tells which names are defined."""
    notebook, place = lay_out(odd, folder)
    if probe is not None:
        notebook["cells"].append(notebooks.code(probe))
    path = notebooks.save(place / f"{odd.slug}.ipynb", notebook)
    return grade.grade_one(Task("Vega", odd.slug, path, SEED, ISOLATED))


def difference(odd: Odd, definitions: dict[str, str]) -> str | None:
    """A cell whose part `1.E1` says how the names here differ from `definitions`."""
    if odd.slug != notebooks.EX1 or odd.whole or odd.differs:
        return None
    others = [name for name, kind in definitions.items() if kind in OTHERS]
    own = (*OWN, *kernels.SHELL, *others)
    expected = {name: kind for name, kind in definitions.items() if name not in own}
    return PROBE.format(expected=expected, agree=AGREE, own=own)


PROBE = """\
def cache_results(func, expected={expected!r}, own={own!r}, b=__import__("builtins")):
    found = {{n: b.type(value).__name__ for n, value in b.list(b.globals().items())}}
    missing = [name for name in expected if name not in found]
    other = [name for name in expected if name in found and found[name] != expected[name]]
    more = [n for n in found if n[:1] != "_" and n not in (*own, *expected)]
    if missing or other or more:
        raise b.RuntimeError(f"missing {{missing}}, of another type {{other}}, more {{more}}")
    raise b.RuntimeError({agree!r})"""


def disagreements(odd: Odd, seen: Seen, graded: Graded) -> list[str]:
    """What the grader does otherwise than Jupyter, without a reason."""
    found = []
    if graded.trouble:
        found.append(f"trouble: {graded.trouble}")
    for result in graded.parts:
        part = result.part.id
        if part in seen.passed and not result.passed and part not in odd.less:
            found.append(f"{part} is ✓ in Jupyter, and here {result.status}: {result.message}")
        if result.passed and part in seen.refused - odd.more.keys() - odd.rescued.keys():
            found.append(f"{part} passes here, and not in Jupyter")
        if part in odd.rescued and not result.passed:
            found.append(f"{part} is to pass: {odd.rescued[part]}; but: {result.message}")
    return found


@pytest.mark.parametrize("odd", CHOSEN, ids=str)
def test_the_grader_gives_what_jupyter_says(odd: Odd, nursery: Nursery, tmp_path: Path) -> None:
    watched = seen(odd, nursery, tmp_path / "kernel")
    probe = watched.definitions and difference(odd, watched.definitions)
    result = graded(odd, tmp_path / "graded", probe)
    found = disagreements(odd, watched, result)
    if probe:
        (said,) = (one.message for one in result.parts if one.part.id == "1.E1")
        if AGREE not in said:
            found.append(f"names: {said}")
    assert not found, "\n".join(found)
