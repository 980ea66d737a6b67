"""From trained members to a bundle: calibration on what they have not seen, and all files."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score
from tqdm.auto import tqdm

from solutions.final_project import bundle
from solutions.final_project.augmentation import AGES, age_name
from solutions.final_project.metrics import probabilistic
from solutions.final_project.model import CLASSES, LightCurveTransformer
from solutions.final_project.network_training import predict_logits
from solutions.final_project.novelty import Distances, fit_novelty
from solutions.final_project.recipe import Recipe
from solutions.final_project.serving import (
    TOLERANCE,
    NetworkEnsemble,
    OnnxEnsemble,
    export_onnx,
    largest_difference,
)
from solutions.final_project.signs import NEGATIVE_SHARE
from solutions.final_project.splits import FOLDS
from solutions.final_project.training_set import Standardisation, TrainingSet
from solutions.final_project.trees import load_trees, tree_scores
from solutions.final_project.uncertainty import decide, fit_calibration, knowledge, posterior


def recalls(answer: np.ndarray, labels: np.ndarray) -> list[float]:
    """Return the recall of each class, NaN for classes without objects."""
    return [
        float((answer[labels == c] == c).mean()) if (labels == c).any() else float("nan")
        for c in range(len(CLASSES))
    ]


@dataclass
class OutOfFold:
    """What the members say of objects they have not seen, at several ages; all of length n."""

    labels: np.ndarray
    age: np.ndarray
    network: np.ndarray
    trees: np.ndarray
    known: np.ndarray
    novelty: np.ndarray
    squared: np.ndarray

    def select(self, rows: np.ndarray) -> OutOfFold:
        """Return some of the views, given by a mask."""
        return OutOfFold(*(getattr(self, field.name)[rows] for field in fields(self)))


def _out_of_fold(
    aged: TrainingSet, scales: Standardisation, networks: list[LightCurveTransformer], work: Path
) -> OutOfFold:
    inputs = scales.apply(aged.features)
    network = np.zeros((len(aged), len(CLASSES)))
    trees, novelty, squared = network.copy(), np.zeros(len(aged)), np.zeros(len(aged))
    for fold in tqdm(range(FOLDS), "out of fold"):
        held = np.flatnonzero(aged.folds == fold)
        part = aged.select(held)
        network[held] = predict_logits(networks[fold], part, inputs[held])
        booster = load_trees(work / bundle.tree_files(FOLDS)[fold])
        trees[held] = tree_scores(booster, part.features)
        booster = load_trees(work / bundle.novelty_files(FOLDS)[fold])
        novelty[held] = tree_scores(booster, part.features)
        known = (aged.folds != fold) & (aged.labels >= 0) & aged.plain
        squared[held] = Distances.fit(inputs[known], aged.labels[known]).nearest(inputs[held])
    network -= network.mean(axis=1, keepdims=True)
    known = knowledge(aged.feature("nights"), aged.feature("span"))
    return OutOfFold(aged.labels, aged.age, network, trees, known, novelty, squared)


def assemble(
    aged: TrainingSet,
    scales: Standardisation,
    networks: list[LightCurveTransformer],
    work: Path,
    out: Path,
    recipe: Recipe,
) -> dict[str, Any]:
    """Calibrate, write all files of the bundle but the manifest, and return metrics.

    Args:
        aged: what `make_aged_set` returns, to calibrate on.
        scales: of the features for the networks.
        networks: one for each fold.
        work: folder with the trees.
        out: folder for the bundle.
        recipe: prior and costs.
    """
    seen = _out_of_fold(aged, scales, networks, work)
    prior = np.array(recipe.prior)
    classes = seen.select(seen.labels >= 0)
    calibration = fit_calibration(
        classes.network, classes.trees, classes.known, classes.labels, prior
    )
    plain = aged.select(aged.plain & (aged.labels >= 0))
    distances = Distances.fit(scales.apply(plain.features), plain.labels)
    whole = seen.select(np.isinf(seen.age))
    novelty = fit_novelty(distances, whole.novelty, whole.squared, whole.labels < 0)
    settings = bundle.Settings(
        CLASSES,
        recipe.encoding,
        networks[0].config,
        FOLDS,
        tuple(aged.names),
        scales,
        calibration,
        prior,
        recipe.balance,
        NEGATIVE_SHARE,
        novelty,
    )
    _write(settings, networks, work, out)
    return _metrics(seen, settings)


def _write(
    settings: bundle.Settings, networks: list[LightCurveTransformer], work: Path, out: Path
) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / bundle.CONFIG).write_text(json.dumps(settings.to_dict()) + "\n")
    ensemble = NetworkEnsemble(networks).eval()
    bundle.save_weights(ensemble, out / bundle.WEIGHTS)
    _export(ensemble, work / bundle.GRAPH)
    for name in [bundle.GRAPH, *bundle.tree_files(FOLDS), *bundle.novelty_files(FOLDS)]:
        (out / name).write_bytes((work / name).read_bytes())


def _export(ensemble: NetworkEnsemble, graph: Path) -> None:
    """Write the ensemble as a graph, unless the one that is there answers as it does."""
    if graph.exists() and largest_difference(ensemble, OnnxEnsemble(graph)) <= TOLERANCE:
        return
    unfinished = graph.with_suffix(".part")
    export_onnx(ensemble, unfinished)
    unfinished.replace(graph)


def _metrics(seen: OutOfFold, settings: bundle.Settings) -> dict[str, Any]:
    whole = seen.select(np.isinf(seen.age))
    classes = whole.select(whole.labels >= 0)
    probabilities = _probabilities(classes, settings)
    answer = decide(probabilities, settings.prior, settings.balance)
    recall = recalls(answer, classes.labels)
    unknown = settings.novelty.combine(whole.novelty, whole.squared)
    found: dict[str, Any] = {
        "objects": len(classes.labels),
        "accuracy": float((answer == classes.labels).mean()),
        "balanced_accuracy": float(np.nanmean(recall)),
        "recall": dict(zip(CLASSES, recall, strict=True)),
        "unknown_auc": float(roc_auc_score(whole.labels < 0, unknown)),
        "ece": {},
        "log_loss": {},
    }
    for age in (*AGES, np.inf):
        part = seen.select((seen.age == age) & (seen.labels >= 0))
        if len(part.labels):
            name = age_name(age)
            probabilities = _probabilities(part, settings)
            measured = probabilistic(part.labels, probabilities)
            found["ece"][name], found["log_loss"][name] = measured["ece"], measured["log_loss"]
    return found


def _probabilities(seen: OutOfFold, settings: bundle.Settings) -> np.ndarray:
    likelihood = settings.calibration.apply(seen.network, seen.trees, seen.known)
    return posterior(likelihood, settings.prior)
