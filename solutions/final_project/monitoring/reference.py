"""What the inputs of the classifier looked like in training: shares of bins, feature by feature."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

BINS = 10  # of about equal shares, beside one for "cannot be measured"
SHIPPED = Path(__file__).parent / "reference.json"


@dataclass(frozen=True)
class Reference:
    """Histograms of features.

    Attributes:
        names: of the features.
        edges: of each feature, the inner edges of its bins, at most BINS - 1.
        shares: of each feature, the share of each bin and, last, of what cannot be measured.
        objects: how many objects it was made of.
        about: where they come from.
    """

    names: tuple[str, ...]
    edges: tuple[np.ndarray, ...]
    shares: tuple[np.ndarray, ...]
    objects: int
    about: str = ""

    @classmethod
    def fit(cls, names: Sequence[str], features: np.ndarray, about: str = "") -> Self:
        """Make the histograms of features (n, k), NaN where not measured."""
        edges = [_edges(column) for column in features.T]
        pairs = zip(features.T, edges, strict=True)
        shares = [histogram(column, e) / len(features) for column, e in pairs]
        return cls(tuple(names), tuple(edges), tuple(shares), len(features), about)

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        rows = zip(self.names, self.edges, self.shares, strict=True)
        features = {
            name: {"edges": _short(edges), "shares": _short(shares)} for name, edges, shares in rows
        }
        head = json.dumps({"about": self.about, "objects": self.objects})[:-1]
        lines = [f"{json.dumps(name)}: {json.dumps(each)}" for name, each in features.items()]
        path.write_text(head + ', "features": {\n' + ",\n".join(lines) + "\n}}\n")

    @classmethod
    def load(cls, path: Path = SHIPPED) -> Self:
        """Read what `save` wrote; by default the training objects of the shipped weights."""
        found: Mapping[str, Any] = json.loads(path.read_text())
        features = found["features"].values()
        return cls(
            tuple(found["features"]),
            tuple(np.array(each["edges"]) for each in features),
            tuple(np.array(each["shares"]) for each in features),
            found["objects"],
            found["about"],
        )


def _edges(column: np.ndarray) -> np.ndarray:
    known = column[np.isfinite(column)]
    if len(known) == 0:
        return np.array([])
    return np.unique(np.quantile(known, np.arange(1, BINS) / BINS).round(6))


def _short(values: np.ndarray) -> list[float]:
    return [round(float(value), 6) for value in values]


def histogram(column: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Return how many values (n,) fall between edges, and last, how many are not finite."""
    known = column[np.isfinite(column)]
    places = np.searchsorted(edges, known, side="left")  # a value on an edge is in the lower bin
    counts = np.bincount(places, minlength=len(edges) + 1)
    return np.append(counts, len(column) - len(known)).astype(float)
