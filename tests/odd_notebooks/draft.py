"""The notebook that every odd one is made of: an exercise with all core parts written, in short."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import notebooks
from notebooks import EX1, EX2, Notebook

IMPORTS = "the imports below the line that fails are done all the same"
ALL_PARTS = ("1.1", "1.2", "1.3", "1.4")
Change = Callable[["Draft"], None]


@dataclass
class Draft:
    """A notebook that is being made odd.

    Its cells have names: `setup`, `imports`, `given`, and of each part `1.2` and `check 1.2`.
    """

    slug: str = EX1
    whole: bool = False
    """With all text and demonstrations, as released; otherwise with what the parts need."""
    files: dict[str, str] = field(default_factory=dict)
    """Files that lie beside the notebook."""
    notebook: Notebook = field(init=False)

    def __post_init__(self) -> None:
        self.notebook = notebooks.filled(self.slug)
        self.notebook["cells"] = [c for c in self.cells if self.whole or not _idle(c)]
        for cell in self.cells:
            cell["metadata"]["name"] = _name(cell)

    @property
    def cells(self) -> list[dict[str, Any]]:
        return self.notebook["cells"]

    @property
    def parts(self) -> list[str]:
        """Ids of the parts in it."""
        names = [cell["metadata"].get("name", "") for cell in self.cells]
        return [name.removeprefix("check ") for name in names if name.startswith("check ")]

    def at(self, name: str) -> int:
        return [cell["metadata"].get("name") for cell in self.cells].index(name)

    def cell(self, name: str) -> dict[str, Any]:
        return self.cells[self.at(name)]

    def source(self, name: str) -> str:
        return "".join(self.cell(name)["source"])

    def set(self, name: str, source: str | list[str]) -> None:
        self.cell(name)["source"] = source

    def edit(self, name: str, old: str, new: str) -> None:
        """Change a cell's source, which must hold `old`."""
        before = self.source(name)
        assert old in before
        self.set(name, before.replace(old, new))

    def head(self, name: str, lines: str) -> None:
        """Put lines on top of a cell."""
        self.set(name, f"{lines}\n{self.source(name)}")

    def foot(self, name: str, lines: str) -> None:
        """Put lines at the end of a cell."""
        self.set(name, f"{self.source(name)}\n{lines}")

    def before(self, name: str, *sources: str | list[str] | dict[str, Any]) -> None:
        """Insert cells above one."""
        self.cells[self.at(name) : self.at(name)] = [_cell(source) for source in sources]

    def after(self, name: str, *sources: str | dict[str, Any]) -> None:
        """Insert cells below one."""
        self.cells[self.at(name) + 1 : self.at(name) + 1] = [_cell(source) for source in sources]

    def append(self, *sources: str | dict[str, Any]) -> None:
        """Add cells at the end."""
        self.cells.extend(_cell(source) for source in sources)

    def take(self, name: str) -> dict[str, Any]:
        """Remove a cell and return it."""
        return self.cells.pop(self.at(name))

    def every(self, change: Callable[[str], str | list[str]]) -> None:
        """Change the source of every cell."""
        for cell in self.cells:
            cell["source"] = change("".join(cell["source"]))

    def stub(self, part: str) -> str:
        """The released source of a part's cell."""
        cells = notebooks.released(self.slug)["cells"]
        return "".join(next(c["source"] for c in cells if _name(c) == part))

    def done(self) -> Notebook:
        """The notebook, without the names that were given to the cells here."""
        for cell in self.cells:
            cell["metadata"].pop("name", None)
        return self.notebook


@dataclass(frozen=True)
class Odd:
    """An odd notebook, and where the grader may differ from what a learner has seen."""

    name: str
    change: Change
    slug: str = EX1
    whole: bool = False
    cold: bool = False
    """To be run in a kernel that nothing was imported in beforehand, as Matplotlib."""
    less: dict[str, str] = field(default_factory=dict)
    """Parts that the grader may refuse though Jupyter says ✓, and why."""
    more: dict[str, str] = field(default_factory=dict)
    """Parts that the grader may pass though Jupyter says ✓ nowhere, and why."""
    rescued: dict[str, str] = field(default_factory=dict)
    """Parts that the grader must pass though Jupyter says ✓ nowhere, and why."""
    differs: str = ""
    """Why the names that are defined at the end may be others than in Jupyter."""

    def draft(self) -> Draft:
        made = Draft(self.slug, self.whole)
        self.change(made)
        return made

    def __str__(self) -> str:
        return self.name


ALL: list[Odd] = []


def odd(change: Change | None = None, **differences: Any) -> Any:
    """Decorator: register a function that makes a draft odd."""
    if change is None:
        return functools.partial(odd, **differences)
    ALL.append(Odd(change.__name__.strip("_").replace("_", "-"), change, **differences))
    return change


def _idle(cell: dict[str, Any]) -> bool:
    """Whether a short notebook does without the cell."""
    bonus = ".E" in _name(cell)
    return cell["cell_type"] != "code" or "demo" in cell["metadata"].get("tags", ()) or bonus


def _name(cell: dict[str, Any]) -> str:
    marks = cell["metadata"].get("nbgrader", {}).get("grade_id") or cell.get("id", "")
    kind, *number = marks.split("-")
    if kind in ("part", "check"):
        return ("check " if kind == "check" else "") + ".".join(number)
    return {"cell-4": "imports", "cell-6": "given"}.get(marks, marks)


def _cell(source: str | list[str] | dict[str, Any]) -> dict[str, Any]:
    return source if isinstance(source, dict) else notebooks.code(source)


__all__ = ["ALL", "ALL_PARTS", "EX1", "EX2", "IMPORTS", "Draft", "Odd", "odd"]
