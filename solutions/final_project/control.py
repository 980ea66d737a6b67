"""The control experiment: can the kind of photometry be read off what the classifier is given?

The rare classes come mostly from other kinds of photometry than the supernovae. A classifier that
recognises the kind would look good on these objects and be worthless on the sky. Three questions:

1. *Within one class*: can a forest tell, from the representation, of which kind the photometry is?
   The objects of the two kinds are different objects, often chosen in different ways, so this
   is an upper bound: real differences between the samples count as well.
2. *The same objects in other clothes*: each object is also written as another kind would have
   recorded it. Whatever a forest can tell here is the fault of the representation alone.
3. *The answers*: by how much do they change with the clothes, and how do recall and false alarms
   differ between the kinds?

A score of 0.5 is chance. `raw` describes the light curve before it is reduced; it shows that the
test would find the kind where it can be seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GroupKFold, cross_val_predict
from tqdm.auto import tqdm

from solutions.final_project import figures
from solutions.final_project.answers import Classifier, classify, labels_of, some_of_each
from solutions.final_project.encoding import (
    COLUMNS,
    EncodingConfig,
    UnusableLightCurveError,
    band_index,
    difference_flux,
    encode,
)
from solutions.final_project.features import features, is_source_blind
from solutions.final_project.light_curve import LightCurve
from solutions.final_project.metrics import CLASSES, numbers_of
from solutions.final_project.sources import as_alerts, as_forced, as_total

PERMUTATIONS = 50
TREES = 50
MOST = 150  # objects of each class that are asked for
LEAST = 10  # objects of each kind; with fewer nothing can be said
UNKNOWN = -99.0  # in place of NaN, far off: a tree can tell it from any number
HOSTS = (20.0, 400.0)  # flux of an invented constant source [microjansky], about 20.6 to 17.4 mag

Describe = Callable[[LightCurve], Mapping[str, float]]


def control(
    classifier: Classifier, lightcurves: Sequence[LightCurve], out: Path, permutations: int
) -> dict[str, pd.DataFrame]:
    """Ask all three questions; write their answers as tables, and the first two as a figure.

    Arguments:
        classifier: is asked the third question.
        lightcurves: labelled objects.
        out: a folder.
        permutations: how often the kinds are shuffled, to know chance.
    """
    out.mkdir(parents=True, exist_ok=True)
    label = labels_of(lightcurves)["label"].to_numpy(dtype=str)
    inside = np.flatnonzero(np.isin(label, CLASSES) & [len(lc) > 0 for lc in lightcurves])
    some = inside[some_of_each(label[inside], MOST)]
    chosen = [lightcurves[int(i)] for i in some]
    tables = {
        "within_classes": within_classes(chosen, label[some], permutations),
        "in_pairs": in_pairs(chosen, permutations),
        "answers": answers_in_other_clothes(
            lambda asked: classify(classifier, asked, progress=False), chosen, label[some]
        ),
    }
    for name, table in tables.items():
        table.to_csv(out / f"control_{name}.csv", index=False)
    figure = figures.readability(tables["within_classes"], tables["in_pairs"])
    figures.save(figure, out / "control.png")
    return tables


def raw_numbers(lc: LightCurve) -> dict[str, float]:
    """Return what tells the kinds apart before anything is reduced."""
    finite = np.isfinite(lc.flux)
    snr = np.abs(lc.flux[finite]) / lc.flux_err[finite]
    return {
        "rows": float(len(lc)),
        "limits": float((~finite).mean()),
        "negative": float((lc.flux[finite] < 0).mean()) if finite.any() else UNKNOWN,
        "median_error": float(np.median(lc.flux_err[finite])) if finite.any() else UNKNOWN,
        "least_snr": float(snr.min()) if finite.any() else UNKNOWN,
        "least_flux": float(lc.flux[finite].min()) if finite.any() else UNKNOWN,
        "span": float(np.ptp(lc.mjd)),
    }


def sequence_numbers(lc: LightCurve) -> dict[str, float]:
    """Return quantiles of each column of the rows that the network sees, and of their gaps."""
    rows = encode(lc)
    gaps = np.diff(rows[:, 0], prepend=0.0)
    table = np.column_stack([rows, gaps])
    found = {"rows": float(len(rows))}
    for place in (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0):
        values = np.quantile(table, place, axis=0)
        found |= {f"{n}_{place}": float(v) for n, v in zip([*COLUMNS, "gap"], values, strict=True)}
    return found


def blind_features(lc: LightCurve) -> dict[str, float]:
    """Return the features that can be had from every source."""
    return {name: value for name, value in features(lc).items() if is_source_blind(name)}


REPRESENTATIONS: dict[str, Describe] = {
    "raw": raw_numbers,
    "sequence": sequence_numbers,
    "features": blind_features,
    "features and limits": features,
}


def table_of(lightcurves: Sequence[LightCurve], describe: Describe) -> pd.DataFrame:
    """Return the numbers of each light curve, a row of NaN where there is nothing to measure."""
    rows: list[Mapping[str, float]] = []
    for lc in lightcurves:
        try:
            rows.append(describe(lc))
        except UnusableLightCurveError:
            rows.append({})
    return pd.DataFrame(rows)


def readability(
    numbers: np.ndarray,
    kinds: np.ndarray,
    groups: np.ndarray,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> dict[str, float]:
    """Return how well the kind can be told from the numbers, compared with chance.

    Arguments:
        numbers: (n, m), NaN where unknown.
        kinds: (n,) one of two names each.
        groups: (n,) names of objects; all rows of one are on the same side of each split.
        permutations: how often the same is tried with shuffled kinds.
        seed: of the forests and the shuffling.

    Returns:
        balanced_accuracy of a random forest, cross-validated five times over groups; the mean and
        the 95% quantile of chance; the p-value.
    """
    known = np.nan_to_num(numbers, nan=UNKNOWN, posinf=UNKNOWN, neginf=UNKNOWN)
    names, truth = np.unique(kinds, return_inverse=True)
    folds = GroupKFold(5, shuffle=True, random_state=seed)

    def score(labels: np.ndarray) -> float:
        forest = RandomForestClassifier(
            TREES, min_samples_leaf=3, class_weight="balanced", random_state=seed
        )
        answers = cross_val_predict(forest, known, labels, groups=groups, cv=folds)
        return float(np.mean([(answers[labels == k] == k).mean() for k in range(len(names))]))

    rng = np.random.default_rng(seed)
    chance = np.array([score(shuffled(truth, groups, rng)) for _ in range(permutations)])
    found = score(truth)
    return {
        "balanced_accuracy": found,
        "chance": float(chance.mean()),
        "chance_95": float(np.quantile(chance, 0.95)),
        "p_value": float((1 + (chance >= found).sum()) / (1 + permutations)),
    }


def shuffled(truth: np.ndarray, groups: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the labels in another order: among objects, or, in pairs, within each object."""
    _, place, count = np.unique(groups, return_inverse=True, return_counts=True)
    if (count == 1).all():
        return rng.permutation(truth)
    swap = rng.random(len(count)) < 0.5
    return np.where(swap[place], 1 - truth, truth)


def within_classes(
    lightcurves: Sequence[LightCurve], labels: np.ndarray, permutations: int = PERMUTATIONS
) -> pd.DataFrame:
    """Ask for the kind within each class that has at least LEAST objects of two kinds."""
    kinds = np.array([lc.kind for lc in lightcurves])
    rows: list[dict[str, Any]] = []
    for label in CLASSES:
        counts = pd.Series(kinds[labels == label]).value_counts()
        pair = sorted(counts[counts >= LEAST].index)[:2]
        if len(pair) < 2:
            continue
        mine = np.flatnonzero((labels == label) & np.isin(kinds, pair))
        chosen = [lightcurves[int(i)] for i in mine]
        groups = np.array([lc.object_id for lc in chosen])
        for name, describe in tqdm(REPRESENTATIONS.items(), desc=f"kind within {label}"):
            numbers = table_of(chosen, describe).to_numpy(dtype=float)
            found = readability(numbers, kinds[mine], groups, permutations)
            about = {"class": label, "kinds": " / ".join(pair), "objects": len(mine)}
            rows.append(about | {"representation": name} | found)
    return pd.DataFrame(rows)


def in_other_clothes(lc: LightCurve, rng: np.random.Generator) -> dict[str, LightCurve]:
    """Return a light curve as the other kinds of photometry would have recorded it.

    Total flux is made a difference for alerts. Forced photometry cannot be invented from total
    flux, nor from alerts that lack upper limits.
    """
    host = float(np.exp(rng.uniform(*np.log(HOSTS))))
    if lc.kind == "diff_alert":
        if np.isfinite(lc.flux).all():
            return {}
        return {"diff_forced": as_forced(lc, rng), "total_psf": as_total(lc, host, rng)}
    if lc.kind == "diff_forced":
        return {"diff_alert": as_alerts(lc), "total_psf": as_total(lc, host, rng)}
    return {"diff_alert": as_alerts(as_difference(lc))}


def as_difference(lc: LightCurve) -> LightCurve:
    """Return total flux as a difference to its reference level, in the bands that are used."""
    lc = lc.select(band_index(lc) >= 0)
    flux = difference_flux(lc, band_index(lc), EncodingConfig())
    kinds = np.full(len(lc), "diff_forced", dtype="<U11")
    return replace(lc, flux=flux, kind="diff_forced", row_kind=kinds)


def in_pairs(
    lightcurves: Sequence[LightCurve], permutations: int = PERMUTATIONS, seed: int = 0
) -> pd.DataFrame:
    """Ask for the kind among pairs of the same object in two kinds of clothes."""
    rng = np.random.default_rng(seed)
    pairs: dict[tuple[str, str], list[tuple[LightCurve, LightCurve]]] = {}
    for lc in lightcurves:
        for kind, other in in_other_clothes(lc, rng).items():
            if len(other):
                pairs.setdefault((lc.kind, kind), []).append((lc, other))
    rows: list[dict[str, Any]] = []
    for (own, other_kind), both in sorted(pairs.items()):
        if len(both) < LEAST:
            continue
        chosen = [lc for pair in both for lc in pair]
        groups = np.array([lc.object_id for lc in chosen])
        kinds = np.array([own, other_kind] * len(both))
        for name, describe in tqdm(REPRESENTATIONS.items(), desc=f"{own} as {other_kind}"):
            numbers = table_of(chosen, describe).to_numpy(dtype=float)
            found = readability(numbers, kinds, groups, permutations, seed)
            about = {"kinds": f"{own} / as {other_kind}", "objects": len(both)}
            rows.append(about | {"representation": name} | found)
    return pd.DataFrame(rows)


def answers_in_other_clothes(
    classify: Callable[[list[LightCurve]], pd.DataFrame],
    lightcurves: Sequence[LightCurve],
    labels: np.ndarray,
    seed: int = 0,
) -> pd.DataFrame:
    """Return by how much the answers of a classifier change with the clothes.

    Arguments:
        classify: gives a table with the columns p_SNIa and so on and `predicted`, in order.
        lightcurves, labels: objects of the classes.

    Returns:
        For each class and pair of kinds: objects, recall in their own clothes and in the other
        ones, the share of answers that changed, and the mean change of the probability of the true
        class.
    """
    rng = np.random.default_rng(seed)
    own: list[LightCurve] = []
    others: list[LightCurve] = []
    about: list[tuple[str, str]] = []
    for lc, label in zip(lightcurves, labels, strict=True):
        for kind, other in in_other_clothes(lc, rng).items():
            if len(other):  # alerts may never have seen it
                own.append(lc)
                others.append(other)
                about.append((label, f"{lc.kind} / as {kind}"))
    if not own:
        return pd.DataFrame()
    table = pd.DataFrame(about, columns=["class", "kinds"])
    before, after = classify(own), classify(others)
    for name, found in (("recall", before), ("recall_other", after)):
        table[name] = (found["predicted"].to_numpy() == table["class"]).astype(float)
    changed = before["predicted"].to_numpy() != after["predicted"].to_numpy()
    table["changed"] = changed.astype(float)
    names = [f"p_{name}" for name in CLASSES]
    own_class = numbers_of(table["class"].to_numpy(dtype=str))
    shift = after[names].to_numpy(dtype=float) - before[names].to_numpy(dtype=float)
    table["shift"] = shift[np.arange(len(table)), own_class]
    grouped = table.groupby(["class", "kinds"])
    return grouped.mean().assign(objects=grouped.size()).reset_index()


def by_kind(kinds: np.ndarray, labels: np.ndarray, predicted: np.ndarray) -> pd.DataFrame:
    """Return, for each class and kind of photometry, how often it was called what."""
    table = pd.DataFrame({"class": labels, "kind": kinds, "predicted": predicted})
    groups = [table["class"], table["kind"]]
    shares = pd.crosstab(groups, table["predicted"], normalize="index")
    shares = shares.reindex(columns=[*CLASSES, ""], fill_value=0.0).rename(columns={"": "refused"})
    return shares.assign(objects=table.groupby(["class", "kind"]).size()).reset_index()
