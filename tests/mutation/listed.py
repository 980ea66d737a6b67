"""The mutants that need not be killed, each with its reason, and the scores that were reached."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from mutation.mutants import Mutant

FOLDER = Path(__file__).parent.parent / "mutants"
REASONS = {"equivalent", "free"}


class FaultyList(ValueError):
    """A list that says too little, or speaks of what is not there."""


@cache
def reasons(slug: str, folder: Path = FOLDER) -> dict[str, str]:
    """The listed mutants of an exercise by id: `equivalent: ...` or `free: ...`.

    Raises `FaultyList` for an entry without a reason.
    """
    path = folder / f"{slug[:4]}.toml"
    tables = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    found = {}
    for id, table in tables.items():
        given = REASONS & table.keys() if isinstance(table, dict) else set()
        if len(given) != 1 or not table[kind := given.pop()].strip():
            raise FaultyList(f"{path}, {id}: give a reason, `equivalent` or `free`")
        found[id] = f"{kind}: {table[kind]}"
    return found


def gone(slug: str, mutants: list[Mutant], folder: Path = FOLDER) -> list[str]:
    """The listed ids that are no mutant's any more."""
    return sorted(reasons(slug, folder).keys() - {mutant.id for mutant in mutants})


@cache
def floors(folder: Path = FOLDER) -> dict[str, float]:
    """The least score of each exercise, in percent: what was reached must not be lost."""
    path = folder / "floors.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}


def entry(mutant: Mutant) -> str:
    """A mutant as it would be listed; the reason is to be filled in."""
    shown = "\n".join(f"# {line}" for line in mutant.diff.splitlines())
    return f'["{mutant.id}"]\n{shown}\nfree = ""\n'
