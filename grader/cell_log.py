"""What the cells of a notebook have done so far, and what is to be told of it."""

from __future__ import annotations

from dataclasses import dataclass, field

SHOWN_CELLS = 5  # that have taken the longest


@dataclass(frozen=True)
class Trouble:
    """A cell that did not run to its end: what stopped it, and which names are missing for it.

    It stopped for want of the name `needs`, if that is not empty; a cell further down may define
    it.
    """

    cell: int
    says: str
    status: str
    lost: frozenset[str] = frozenset()
    needs: str = ""


@dataclass
class Log:
    """What the cells have done so far, and what is to be told of it."""

    troubles: dict[int, Trouble] = field(default_factory=dict)
    notes: dict[int, list[str]] = field(default_factory=dict)
    seconds: dict[int, float] = field(default_factory=dict)
    changes: list[tuple[int, frozenset[str]]] = field(default_factory=list)
    """The number of each cell that was run, in order, and the names that it defined anew."""
    timeouts: int = 0

    @property
    def told(self) -> list[str]:
        """The notes on all cells, each with the cell's number."""
        return [f"Cell {number}: {text}" for number, ns in self.notes.items() for text in ns]

    @property
    def total(self) -> float:
        """Seconds that all cells have taken together."""
        return sum(self.seconds.values())

    @property
    def longest(self) -> str:
        """The cells that have taken the longest: `7 (12 s), 9 (20 s)`."""
        pairs = sorted(self.seconds.items(), key=lambda pair: -pair[1])[:SHOWN_CELLS]
        return ", ".join(
            f"{number} ({seconds:.0f} s)" for number, seconds in sorted(pairs) if seconds > 1
        )

    @property
    def installs(self) -> str:
        """A word about an install that was not run, where a module is missing."""
        notes = (text for texts in self.notes.values() for text in texts)
        return next((f" {text}" for text in notes if "install" in text), "")

    def spend(self, cell: int, seconds: float) -> None:
        """A cell has taken some more time."""
        self.seconds[cell] = self.seconds.get(cell, 0.0) + seconds

    def with_causes(self, trouble: Trouble) -> str:
        """What stopped a cell; and if that was for want of a name, why the name is not there."""
        says, told = trouble.says, {trouble.cell}
        while causes := [
            other
            for other in self.troubles.values()
            if trouble.needs in other.lost and other.cell not in told
        ]:
            trouble = causes[0]
            told.add(trouble.cell)
            says = f"{says.removesuffix('.')}, because {lower(trouble.says)}"
        return says


def lower(sentence: str) -> str:
    """The sentence as it goes on from another."""
    return sentence[:1].lower() + sentence[1:]
