"""Which observations a prediction rests on, and a test of whether that is true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes

from solutions.ex02_light_curve_classes import TransientLightCurve
from solutions.final_project.encoding import BANDS, UnusableLightCurveError
from solutions.final_project.light_curve import LightCurve

if TYPE_CHECKING:
    from solutions.final_project.classifier import Prepared, ProductionTransientClassifier

COLOURS = dict(zip(BANDS, ("#1b9e77", "#d1352b"), strict=True))
STEPS = 8  # of a deletion curve
BATCH = 64


@dataclass(frozen=True)
class Explanation:
    """What each observation contributes to the probability of one class.

    Attributes:
        object_id: of the light curve.
        explained: the class whose probability is explained.
        day, band, flux: the observations as the classifier sees them (n,): days since the first
            one, g or r, |difference flux| [microjansky].
        attention: weight of each in the pooling of the networks, adds up to 1.
        effect: by how much the log-odds of the class fall if it is left out (n,); negative if it
            speaks against the class.
        start: MJD of day 0.
    """

    object_id: str
    explained: str
    day: np.ndarray
    band: np.ndarray
    flux: np.ndarray
    attention: np.ndarray
    effect: np.ndarray
    start: float

    def plot(self, ax: Axes) -> None:
        """Draw the light curve; areas are attention, colours the effect of leaving out."""
        limit = max(float(np.abs(self.effect).max()), 1e-6)
        for name, colour in COLOURS.items():
            rows = self.band == name
            ax.plot(self.day[rows], self.flux[rows], color=colour, linewidth=0.6, label=name)
        dots = ax.scatter(
            self.day,
            self.flux,
            20 + 150 * self.attention / self.attention.max(),
            self.effect,
            cmap="coolwarm_r",
            vmin=-limit,
            vmax=limit,
            edgecolors=[COLOURS[name] for name in self.band],
            zorder=3,
        )
        ax.figure.colorbar(dots, ax=ax, label=f"log-odds of {self.explained} lost without it")
        ax.set_xlabel("days since the first point")
        ax.set_ylabel("|difference flux| [µJy]")
        ax.set_title(f"{self.object_id}: {self.explained}")
        ax.legend(title="band")


def explain(
    classifier: ProductionTransientClassifier,
    lightcurve: LightCurve | TransientLightCurve,
    prediction: dict[str, Any],
) -> Explanation:
    """Measure attention and the effect of leaving each observation out.

    Raises:
        UnusableLightCurveError: the light curve is refused.
    """
    prepared = _prepared(classifier, lightcurve)
    name = prediction.get("predicted") or classifier.classes[0]
    number = classifier.classes.index(name)
    view = prepared.view
    return Explanation(
        str(lightcurve.object_id),
        name,
        view.day,
        np.array(BANDS)[view.band],
        view.flux,
        classifier.attention([prepared])[0],
        _effects(classifier, prepared, number),
        view.start,
    )


def _prepared(
    classifier: ProductionTransientClassifier, lightcurve: LightCurve | TransientLightCurve
) -> Prepared:
    prepared = classifier.prepare(lightcurve)
    if isinstance(prepared, str):
        raise UnusableLightCurveError(prepared)
    return prepared


def _log_odds(
    classifier: ProductionTransientClassifier, prepared: Sequence[Prepared], number: int
) -> np.ndarray:
    parts = [
        classifier.samples(prepared[i : i + BATCH], 0, 0).mean(axis=0)[:, number]
        for i in range(0, len(prepared), BATCH)
    ]
    p = np.clip(np.concatenate(parts), 1e-9, 1 - 1e-9)
    return np.asarray(np.log(p / (1 - p)))


def _effects(
    classifier: ProductionTransientClassifier, prepared: Prepared, number: int
) -> np.ndarray:
    n = len(prepared.view)
    if n == 1:
        return np.zeros(1)
    others = ~np.eye(n, dtype=bool)
    without = [_kept(classifier, prepared, rows) for rows in others]
    odds = _log_odds(classifier, [prepared, *without], number)
    return odds[0] - odds[1:]


def _kept(
    classifier: ProductionTransientClassifier, prepared: Prepared, rows: np.ndarray
) -> Prepared:
    return classifier.from_view(prepared.view.select(rows), prepared.evidence)


@dataclass(frozen=True)
class Deletion:
    """What happens to the log-odds of the class if observations are taken away.

    Attributes:
        share: of the observations that were taken away (steps,).
        important: log-odds if those with the largest effect go first (steps,).
        random: mean log-odds if they go in random order (steps,).
    """

    share: np.ndarray
    important: np.ndarray
    random: np.ndarray

    @property
    def faithfulness(self) -> float:
        """By how much more the log-odds fall than at random, on average over the steps."""
        return float((self.random - self.important).mean())


def deletion_test(
    classifier: ProductionTransientClassifier,
    lightcurve: LightCurve | TransientLightCurve,
    explanation: Explanation,
    orders: int = 8,
    seed: int = 0,
    by: str = "effect",
) -> Deletion:
    """Take observations away, the important ones first, and compare with random orders.

    An explanation is faithful if the class loses more than at random.

    Args:
        classifier, lightcurve, explanation: what was explained.
        orders: number of random orders.
        seed: of the random orders.
        by: "effect" or "attention", what importance is.
    """
    prepared = _prepared(classifier, lightcurve)
    number = classifier.classes.index(explanation.explained)
    n = len(prepared.view)
    removed = np.unique(np.linspace(0, 0.6 * n, STEPS).astype(int))
    rng = np.random.default_rng(seed)
    ranks = [np.argsort(-getattr(explanation, by), kind="stable")]
    ranks += [rng.permutation(n) for _ in range(orders)]
    cut = []
    for order in ranks:
        for count in removed:
            rows = np.ones(n, dtype=bool)
            rows[order[:count]] = False
            cut.append(_kept(classifier, prepared, rows))
    odds = _log_odds(classifier, cut, number).reshape(len(ranks), len(removed))
    return Deletion(removed / n, odds[0], odds[1:].mean(axis=0))
