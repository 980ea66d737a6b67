"""What is worth an alert. All that a rule says must hold; one rule is enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec

from solutions.final_project.alerts.candidate import Candidate
from solutions.final_project.metrics import CLASSES

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Days = Annotated[float, msgspec.Meta(ge=0)]
Magnitude = Annotated[float, msgspec.Meta(ge=-5, le=30)]


class Rule(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"kind": "class"}
):
    """Bounds, named `min_` or `max_` and what they bound; those that are None do not count.

    Attributes:
        kind: the class, `class` in the file.
        min_probability: of this class.
        max_uncertainty: total variance of the class, 0 to 0.8 (see `uncertainty.Uncertainty`).
        max_epistemic: the part of it on which the members of the ensemble do not agree.
        max_unknown: the score for "unlike anything known".
        max_magnitude: of the latest detection: this bright or brighter.
        min_detections: so many at least.
        min_days_since_first_detection, max_days_since_first_detection: age of the object.
        max_days_since_last_detection: age of the news.
    """

    kind: str
    min_probability: Share
    max_uncertainty: Share | None = None
    max_epistemic: Share | None = None
    max_unknown: Share | None = None
    max_magnitude: Magnitude | None = None
    min_detections: Annotated[int, msgspec.Meta(ge=1)] | None = None
    min_days_since_first_detection: Days | None = None
    max_days_since_first_detection: Days | None = None
    max_days_since_last_detection: Days | None = None

    def __post_init__(self) -> None:
        if self.kind not in CLASSES:
            raise ValueError(f"class is {self.kind!r}; known are {', '.join(CLASSES)}")

    def permits(self, candidate: Candidate, bounds: Sequence[str] | None = None) -> bool:
        """Tell whether a candidate keeps all bounds, or those that are named.

        Raises:
            ValueError: a bound is about the light curve, and the candidate came without.
        """
        for name in BOUNDS if bounds is None else bounds:
            limit = getattr(self, name)
            if limit is None:
                continue
            side, what = name.split("_", 1)
            if what == "probability":
                value = candidate.probabilities.get(self.kind, 0.0)
            else:
                value = getattr(candidate, what)
            if value < limit if side == "min" else value > limit:
                return False
        return True

    def __str__(self) -> str:
        bounds = [
            f"{name.replace('_', ' ')} {getattr(self, name):g}"
            for name in BOUNDS
            if getattr(self, name) is not None
        ]
        return f"class {self.kind}, {', '.join(bounds)}"


BOUNDS = tuple(name for name in Rule.__struct_fields__ if name != "kind")
BELIEFS = ("min_probability", "max_uncertainty", "max_epistemic", "max_unknown")


def rules_of(thresholds: Mapping[str, float]) -> list[Rule]:
    """Return the rules that thresholds like `{"TDE": 0.8}` are short for.

    Raises:
        ValueError: there is no such class, or a threshold is no probability.
    """
    for name, threshold in thresholds.items():
        if not 0 <= threshold <= 1:
            raise ValueError(f"the threshold of {name} is {threshold}, not from 0 to 1")
    return [Rule(kind=name, min_probability=float(p)) for name, p in thresholds.items()]


def first_that_permits(
    rules: Sequence[Rule], candidate: Candidate, bounds: Sequence[str] = BOUNDS
) -> Rule | None:
    """Return the first rule whose bounds a candidate keeps, or None."""
    return next((rule for rule in rules if rule.permits(candidate, bounds)), None)
