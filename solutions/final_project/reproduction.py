"""Rebuild the weights that come with the project, and compare."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solutions.final_project import bundle
from solutions.final_project.recipe import Recipe
from solutions.final_project.training import train

TOLERANCE = 0.02  # in any metric, between the shipped weights and rebuilt ones


@dataclass(frozen=True)
class Comparison:
    """The shipped weights and rebuilt ones.

    Attributes:
        rows: name, shipped and rebuilt value of each metric, out of fold.
        identical: files that are the same to the last bit.
        same_table: whether the table is the one that made the shipped weights.
    """

    rows: list[tuple[str, float, float]]
    identical: list[str]
    same_table: bool

    @property
    def agrees(self) -> bool:
        """Whether all metrics are the same within TOLERANCE."""
        return all(abs(after - before) <= TOLERANCE for _, before, after in self.rows)


def reproduce(table: Path, out: Path, work: Path) -> Comparison:
    """Train as the shipped weights were trained, and compare.

    Args:
        table, out, work: as for `train`.
    """
    shipped = bundle.read_manifest(bundle.open_bundle(bundle.DEFAULT_BUNDLE))
    train(table, out, work, Recipe.from_dict(shipped["recipe"]))
    rebuilt = bundle.read_manifest(out)
    before, after = _flat(shipped["out_of_fold"]), _flat(rebuilt["out_of_fold"])
    same = [name for name, sha in rebuilt["files"].items() if shipped["files"].get(name) == sha]
    rows = [(name, before[name], after[name]) for name in before]
    return Comparison(rows, same, shipped["table"]["sha256"] == rebuilt["table"]["sha256"])


def _flat(metrics: dict[str, Any]) -> dict[str, float]:
    """Return nested metrics with names like "recall SNIa"; counts are left out."""
    flat: dict[str, float] = {}
    for name, value in metrics.items():
        if isinstance(value, dict):
            flat |= {f"{name} {key}": float(each) for key, each in value.items()}
        elif isinstance(value, float):
            flat[name] = value
    return flat
