"""The inputs of the classifier as numbers that can be compared: the features of its trees."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from solutions.final_project.augmentation import AGES
from solutions.final_project.light_curve import LightCurve

if TYPE_CHECKING:
    from solutions.final_project.classifier import ProductionTransientClassifier

EVER = (*AGES, np.inf)  # [days since the first detection]


def features_of(
    classifier: ProductionTransientClassifier, light_curves: Iterable[LightCurve]
) -> np.ndarray:
    """Return the features (n, k) of the light curves that are not refused."""
    ready = [classifier.prepare(each) for each in light_curves]
    rows = [each.features for each in ready if not isinstance(each, str)]
    return np.stack(rows) if rows else np.empty((0, len(classifier.settings.feature_names)))


def at_some_age(light_curves: Iterable[LightCurve], seed: int = 0) -> list[LightCurve]:
    """Return each light curve as it was at one of EVER, drawn at random.

    A night has objects of all ages, and most features depend on the age: with whole light curves as
    reference, every night would look strange.
    """
    rng = np.random.default_rng(seed)
    return [each.known_after(float(rng.choice(EVER))) for each in light_curves]
