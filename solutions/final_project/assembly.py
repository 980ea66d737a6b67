"""From trained members to a bundle: calibration on what they have not seen, and all files."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from solutions.final_project import bundle
from solutions.final_project.model import CLASSES, LightCurveTransformer
from solutions.final_project.network_training import predict_logits
from solutions.final_project.novelty import Distances, fit_novelty
from solutions.final_project.recipe import Recipe
from solutions.final_project.serving import NetworkEnsemble, export_onnx
from solutions.final_project.signs import NEGATIVE_SHARE
from solutions.final_project.splits import FOLDS
from solutions.final_project.training_set import Standardisation, TrainingSet
from solutions.final_project.trees import load_trees, tree_scores
from solutions.final_project.uncertainty import (
    expected_calibration_error,
    fit_calibration,
    fit_sharpness,
    posterior,
)


def recalls(answer: np.ndarray, labels: np.ndarray) -> list[float]:
    """Return the recall of each class, NaN for classes without objects."""
    return [
        float((answer[labels == c] == c).mean()) if (labels == c).any() else float("nan")
        for c in range(len(CLASSES))
    ]


@dataclass
class OutOfFold:
    """What the members say of objects they have not seen; all of length n."""

    labels: np.ndarray
    network: np.ndarray
    trees: np.ndarray
    novelty: np.ndarray
    squared: np.ndarray


def _out_of_fold(
    data: TrainingSet, scales: Standardisation, networks: list[LightCurveTransformer], work: Path
) -> OutOfFold:
    plain = data.select(data.plain)
    inputs = scales.apply(plain.features)
    network = np.zeros((len(plain), len(CLASSES)))
    trees, novelty, squared = network.copy(), np.zeros(len(plain)), np.zeros(len(plain))
    for fold in range(FOLDS):
        held = np.flatnonzero(plain.folds == fold)
        part = plain.select(held)
        network[held] = predict_logits(networks[fold], part, inputs[held])
        booster = load_trees(work / bundle.tree_files(FOLDS)[fold])
        trees[held] = tree_scores(booster, part.features)
        booster = load_trees(work / bundle.novelty_files(FOLDS)[fold])
        novelty[held] = tree_scores(booster, part.features)
        known = (plain.folds != fold) & (plain.labels >= 0)
        squared[held] = Distances.fit(inputs[known], plain.labels[known]).nearest(inputs[held])
    network -= network.mean(axis=1, keepdims=True)
    return OutOfFold(plain.labels, network, trees, novelty, squared)


def assemble(
    data: TrainingSet,
    scales: Standardisation,
    networks: list[LightCurveTransformer],
    work: Path,
    out: Path,
    recipe: Recipe,
) -> dict[str, Any]:
    """Calibrate, write all files of the bundle but the manifest, and return metrics."""
    seen = _out_of_fold(data, scales, networks, work)
    known = seen.labels >= 0
    prior = np.array(recipe.prior)
    scores = (seen.network[known], seen.trees[known])
    calibration = fit_calibration(*scores, seen.labels[known])
    sharpness = fit_sharpness(calibration.apply(*scores), prior, seen.labels[known])
    calibration = replace(calibration, sharpness=sharpness)
    plain = data.select(data.plain & (data.labels >= 0))
    distances = Distances.fit(scales.apply(plain.features), plain.labels)
    novelty = fit_novelty(distances, seen.novelty, seen.squared, ~known)
    settings = bundle.Settings(
        CLASSES,
        recipe.encoding,
        networks[0].config,
        FOLDS,
        tuple(data.names),
        scales,
        calibration,
        prior,
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
    export_onnx(ensemble, out / bundle.GRAPH)
    for name in bundle.tree_files(FOLDS) + bundle.novelty_files(FOLDS):
        (out / name).write_bytes((work / name).read_bytes())


def _metrics(seen: OutOfFold, settings: bundle.Settings) -> dict[str, Any]:
    known = seen.labels >= 0
    labels = seen.labels[known]
    likelihood = settings.calibration.apply(seen.network[known], seen.trees[known])
    probabilities = posterior(likelihood, settings.prior, settings.calibration.sharpness)
    answer = probabilities.argmax(axis=1)
    recall = recalls(answer, labels)
    confidence = probabilities.max(axis=1)
    unknown = settings.novelty.combine(seen.novelty, seen.squared)
    return {
        "objects": int(known.sum()),
        "accuracy": float((answer == labels).mean()),
        "balanced_accuracy": float(np.nanmean(recall)),
        "recall": dict(zip(CLASSES, recall, strict=True)),
        "unknown_auc": float(roc_auc_score(~known, unknown)),
        "ece": expected_calibration_error(confidence, answer == labels),
    }
