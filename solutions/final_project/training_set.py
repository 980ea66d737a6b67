"""Views of labelled light curves, and their features, as arrays to train on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from tqdm.auto import tqdm

from solutions.ex02_light_curve_classes import TransientLightCurve
from solutions.ex05_light_curve_dataset import ZEROPOINT, simulate_transient
from solutions.final_project.augmentation import AGES, augmented_view
from solutions.final_project.encoding import (
    EncodingConfig,
    UnusableLightCurveError,
    View,
    alert_view,
    view_rows,
)
from solutions.final_project.features import is_source_blind, view_features
from solutions.final_project.light_curve import ZERO_POINT, LightCurve
from solutions.final_project.model import CLASSES
from solutions.final_project.splits import folds

VIEWS_PER_CLASS = 3600  # about so many views of each class; common ones get FEWEST_VIEWS per object
FEWEST_VIEWS, MOST_VIEWS = 3, 60


@dataclass
class TrainingSet:
    """Views of objects, those of one object one after the other.

    Attributes:
        object_ids: (n,) str; labels: (n,) class number, -1 for a type outside the classes;
        folds: (n,) as in `splits`; plain: bool (n,), True for the view without augmentation.
        rows: what the network sees, n arrays (length, columns).
        features: float64 (n, len(names)), NaN where not measured.
        names: names of the features.
        age: (n,) days after the first detection of what is known, inf if that is all there is.
    """

    object_ids: np.ndarray
    labels: np.ndarray
    folds: np.ndarray
    plain: np.ndarray
    rows: list[np.ndarray]
    features: np.ndarray
    names: list[str]
    age: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def select(self, which: np.ndarray) -> TrainingSet:
        """Return some of the views, given by a mask or indices."""
        numbers = np.arange(len(self))[which]
        rows = [self.rows[i] for i in numbers]
        columns = (self.object_ids, self.labels, self.folds, self.plain)
        ids, labels, fold_numbers, plain = (each[numbers] for each in columns)
        measured, age = self.features[numbers], self.age[numbers]
        return TrainingSet(ids, labels, fold_numbers, plain, rows, measured, self.names, age)

    def feature(self, name: str) -> np.ndarray:
        """Return one feature of all views, (n,)."""
        return self.features[:, self.names.index(name)]

    def save(self, path: Path) -> None:
        """Write everything to an .npz file."""
        lengths = np.array([len(each) for each in self.rows])
        columns = {"labels": self.labels, "folds": self.folds, "plain": self.plain}
        columns |= {"object_ids": self.object_ids, "features": self.features, "age": self.age}
        columns |= {"lengths": lengths, "rows": np.concatenate(self.rows)}
        np.savez(path, allow_pickle=False, names=np.array(self.names), **columns)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            rows = np.split(file["rows"], np.cumsum(file["lengths"])[:-1])
            return cls(
                file["object_ids"],
                file["labels"],
                file["folds"],
                file["plain"],
                rows,
                file["features"],
                file["names"].tolist(),
                file["age"],
            )


def make_training_set(
    light_curves: Iterable[LightCurve], labels: list[str], config: EncodingConfig, seed: int
) -> TrainingSet:
    """Make the plain view of each object, and as many augmented ones as its class needs.

    Light curves that cannot be used are left out.
    """
    rng = np.random.default_rng(seed)
    counts = {name: labels.count(name) for name in set(labels)}
    views: list[View] = []
    about: list[tuple[str, int, bool]] = []
    for lc, label in tqdm(list(zip(light_curves, labels, strict=True)), "views"):
        number = CLASSES.index(label) if label in CLASSES else -1
        wanted = int(np.clip(VIEWS_PER_CLASS // counts[label], FEWEST_VIEWS, MOST_VIEWS))
        try:
            made = [alert_view(lc, config)]
        except UnusableLightCurveError:
            continue
        made += [augmented_view(lc, config, rng) for _ in range(wanted)]
        views += made
        about += [(lc.object_id, number, i == 0) for i in range(len(made))]
    return _from_views(views, about, config)


def make_aged_set(
    light_curves: Iterable[LightCurve], labels: list[str], config: EncodingConfig
) -> TrainingSet:
    """Make the plain view of each object as it was at each of AGES, and of all there is.

    What came later is cut off before anything is done to a light curve. What cannot be used yet is
    left out.
    """
    views: list[View] = []
    about: list[tuple[str, int, bool]] = []
    ages: list[float] = []
    for lc, label in tqdm(list(zip(light_curves, labels, strict=True)), "views by age"):
        number = CLASSES.index(label) if label in CLASSES else -1
        for age in (*AGES, np.inf):
            try:
                views.append(alert_view(lc if np.isinf(age) else lc.known_after(age), config))
            except UnusableLightCurveError:
                continue
            about.append((lc.object_id, number, bool(np.isinf(age))))
            ages.append(age)
    return _from_views(views, about, config, np.array(ages))


def make_synthetic_set(per_class: int, config: EncodingConfig, seed: int) -> TrainingSet:
    """Make views of the synthetic sky of Exercise 5, two of each invented object."""
    rng = np.random.default_rng(seed)
    views: list[View] = []
    about: list[tuple[str, int, bool]] = []
    for i in tqdm(range(per_class * len(CLASSES)), "synthetic sky"):
        number = i % len(CLASSES)
        lc = from_transient(simulate_transient(CLASSES[number], rng, f"synthetic{i}"))
        views += [alert_view(lc, config), augmented_view(lc, config, rng)]
        about += [(lc.object_id, number, True), (lc.object_id, number, False)]
    return _from_views(views, about, config)


def from_transient(transient: TransientLightCurve) -> LightCurve:
    """Return a light curve of the course (flux 1 is magnitude 25) in microjansky."""
    data = transient.data
    scale = 10 ** (-0.4 * (ZEROPOINT - ZERO_POINT))
    return LightCurve.from_arrays(
        str(transient.object_id),
        data["mjd"],
        data["band"],
        np.asarray(data["flux"]) * scale,
        np.asarray(data["flux_err"]) * scale,
        kind="diff_forced",
    )


def _from_views(
    views: list[View],
    about: list[tuple[str, int, bool]],
    config: EncodingConfig,
    age: np.ndarray | None = None,
) -> TrainingSet:
    measured = [view_features(view, config) for view in tqdm(views, "features")]
    names = [name for name in measured[0] if is_source_blind(name)]
    ids = np.array([each[0] for each in about])
    fold_of_id = dict(zip(ids.tolist(), folds(ids.tolist()).tolist(), strict=True))
    return TrainingSet(
        ids,
        np.array([each[1] for each in about]),
        np.array([fold_of_id[name] for name in ids.tolist()]),
        np.array([each[2] for each in about]),
        [view_rows(view, config) for view in views],
        np.array([[each[name] for name in names] for each in measured]),
        names,
        np.full(len(views), np.inf) if age is None else age,
    )


@dataclass(frozen=True)
class Standardisation:
    """Brings features to order one for the network.

    x -> sign(x) log(1 + |x|), minus mean, divided by the standard deviation, within +-4; 0 where
    a feature cannot be measured.
    """

    mean: np.ndarray
    deviation: np.ndarray

    @classmethod
    def fit(cls, features: np.ndarray) -> Self:
        """Take mean and deviation from features (n, k); a feature that is never measured gets 0."""
        measured = np.isfinite(features)
        squeezed = np.where(measured, _squeeze(features), 0)
        count = np.maximum(measured.sum(axis=0), 1)
        mean = squeezed.sum(axis=0) / count
        variance = np.where(measured, (squeezed - mean) ** 2, 0).sum(axis=0) / count
        return cls(mean, np.sqrt(variance) + 1e-6)

    def apply(self, features: np.ndarray) -> np.ndarray:
        """Return the features for the network, float32 (n, k)."""
        scaled = np.clip((_squeeze(features) - self.mean) / self.deviation, -4, 4)
        return np.nan_to_num(scaled).astype(np.float32)


def _squeeze(features: np.ndarray) -> np.ndarray:
    return np.sign(features) * np.log1p(np.abs(features))
