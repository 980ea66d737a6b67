"""From a table of labelled light curves to a bundle: one command, seeded and resumable.

The ensemble has one member per fold: a network and trees that have not seen that fold. What the
members say of their folds calibrates the whole. Objects for testing are never touched.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import wandb
from torch import Tensor
from tqdm.auto import tqdm

from solutions.final_project import bundle
from solutions.final_project.assembly import assemble, recalls
from solutions.final_project.light_curve import LightCurve, from_table
from solutions.final_project.model import LightCurveTransformer, ModelConfig
from solutions.final_project.network_training import predict_logits, train_network
from solutions.final_project.recipe import Recipe
from solutions.final_project.splits import FOLDS, folds
from solutions.final_project.training_set import (
    Standardisation,
    TrainingSet,
    make_aged_set,
    make_synthetic_set,
    make_training_set,
)
from solutions.final_project.trees import Examples, train_novelty_trees, train_trees

PROJECT = "astro-transient-classification"
YOUNG = 100.0  # [days since the first detection] of the cut off views that the trees see too


def train(table: Path, out: Path, work: Path, recipe: Recipe | None = None) -> dict[str, Any]:
    """Train a bundle.

    Args:
        table: a Parquet file with the columns of `from_table`, with labels.
        out: folder for the bundle.
        work: folder for what is half done. An interrupted training goes on from there; a finished
            step is not done again.
        recipe: what to do; by default what made the weights that come with the project.

    Returns:
        Metrics on the folds, each by the member that has not seen it.

    Raises:
        ValueError: the folder `work` belongs to another recipe or table.
    """
    recipe = recipe or Recipe()
    work.mkdir(parents=True, exist_ok=True)
    _claim(work, table, recipe)
    with _clock(work / "seconds.json"), _tracked(recipe, table, work) as run:
        data, aged = _training_sets(table, work, recipe)
        known = data.select(data.labels >= 0)
        scales = Standardisation.fit(known.features)
        synthetic = _synthetic_set(work / "synthetic.npz", recipe)
        start = _pretrained(synthetic, work, recipe, len(data.names), run)
        networks = _train_networks(known, scales, start, work, recipe, run)
        _train_all_trees(data, aged, synthetic, work, recipe)
        metrics = assemble(aged, scales, networks, work, out, recipe)
        _finish(out, table, recipe, metrics, run)
    return metrics


@contextmanager
def _clock(path: Path) -> Iterator[None]:
    """Add the seconds that a training has taken to a file, also if it is interrupted."""
    started = time.perf_counter()
    try:
        yield
    finally:
        before = json.loads(path.read_text()) if path.exists() else 0.0
        path.write_text(json.dumps(before + time.perf_counter() - started))


def _claim(work: Path, table: Path, recipe: Recipe) -> None:
    """Write down what a folder is for, or check that it is for this."""
    purpose = {"recipe": recipe.to_dict(), "table": bundle.sha256(table)}
    note = work / "recipe.json"
    if note.exists() and json.loads(note.read_text()) != json.loads(json.dumps(purpose)):
        raise ValueError(f"{work} holds a training with another recipe or table: name a new folder")
    note.write_text(json.dumps(purpose, indent=1))


@contextmanager
def _tracked(recipe: Recipe, table: Path, work: Path) -> Iterator[wandb.Run]:
    """Open a run in W&B; offline, unless the environment says otherwise."""
    name = hashlib.sha256((work / "recipe.json").read_bytes()).hexdigest()[:16]
    with wandb.init(
        project=PROJECT,
        job_type="train",
        mode="online" if os.environ.get("WANDB_MODE") == "online" else "offline",
        dir=work,
        config=recipe.to_dict() | {"table": table.name, "purpose": name},
        settings=wandb.Settings(silent=True, console="off"),
    ) as run:
        yield run


def _training_sets(table: Path, work: Path, recipe: Recipe) -> tuple[TrainingSet, TrainingSet]:
    """Return the views of all objects that are not for testing: to learn from, and by age."""
    caches = work / "views.npz", work / "aged.npz"
    if not all(cache.exists() for cache in caches):
        light_curves, labels = _learnable(table)
        make_training_set(light_curves, labels, recipe.encoding, recipe.seed).save(caches[0])
        make_aged_set(light_curves, labels, recipe.encoding).save(caches[1])
    return TrainingSet.load(caches[0]), TrainingSet.load(caches[1])


def _learnable(table: Path) -> tuple[list[LightCurve], list[str]]:
    """Return the light curves that are not for testing, and their labels."""
    frame = pd.read_parquet(table)
    label_of = dict(zip(frame["object_id"].astype(str), frame["label"].astype(str), strict=True))
    ids = frame["object_id"].astype(str)
    mine = {name for name, fold in zip(label_of, folds(label_of), strict=True) if fold >= 0}
    light_curves = from_table(frame[ids.isin(mine)])
    return light_curves, [label_of[lc.object_id] for lc in light_curves]


def _synthetic_set(cache: Path, recipe: Recipe) -> TrainingSet | None:
    """Return views of the synthetic sky, or None if there is none."""
    if not recipe.synthetic:
        return None
    if not cache.exists():
        make_synthetic_set(recipe.synthetic, recipe.encoding, recipe.seed).save(cache)
    return TrainingSet.load(cache)


def _pretrained(
    data: TrainingSet | None, work: Path, recipe: Recipe, num_features: int, run: wandb.Run
) -> dict[str, Tensor] | None:
    """Return weights that know the synthetic sky, or None if there is none."""
    if data is None:
        return None
    inputs = np.zeros((len(data), num_features), dtype=np.float32)
    model = train_network(
        data,
        inputs,
        _model_config(recipe, num_features),
        recipe.pretraining,
        recipe.seed,
        work / "pretraining.pt",
        report=lambda epoch, loss, _: run.log({"pretraining/loss": loss}),
    )
    return model.state_dict()


def _model_config(recipe: Recipe, num_features: int) -> ModelConfig:
    return ModelConfig(**recipe.model.to_dict() | {"num_features": num_features})


def _train_networks(
    data: TrainingSet,
    scales: Standardisation,
    start: dict[str, Tensor] | None,
    work: Path,
    recipe: Recipe,
    run: wandb.Run,
) -> list[LightCurveTransformer]:
    """Train one network per fold on all other folds."""
    inputs = scales.apply(data.features)
    config = _model_config(recipe, inputs.shape[1])
    networks = []
    bar = tqdm(total=FOLDS * recipe.training.epochs, desc="epochs of the networks")
    for fold in range(FOLDS):
        learning = np.flatnonzero(data.folds != fold)
        held = np.flatnonzero((data.folds == fold) & data.plain)
        held_out = data.select(held)

        def report(
            epoch: int,
            loss: float,
            model: LightCurveTransformer,
            held_out: TrainingSet = held_out,
            held: np.ndarray = held,
            fold: int = fold,
        ) -> None:
            answer = predict_logits(model, held_out, inputs[held]).argmax(axis=1)
            balanced = float(np.nanmean(recalls(answer, held_out.labels)))
            run.log({f"fold{fold}/loss": loss, f"fold{fold}/balanced_accuracy": balanced})
            bar.set_postfix(fold=fold, loss=f"{loss:.3f}", balanced=f"{balanced:.3f}")
            bar.update()

        networks.append(
            train_network(
                data.select(learning),
                inputs[learning],
                config,
                recipe.training,
                recipe.seed + 100 * (fold + 1),
                work / f"network-{fold}.pt",
                start,
                report,
            )
        )
    bar.close()
    return networks


def _train_all_trees(
    data: TrainingSet, aged: TrainingSet, synthetic: TrainingSet | None, work: Path, recipe: Recipe
) -> None:
    """Train the trees of each fold; those that are there already stay."""
    for fold in tqdm(range(FOLDS), "trees"):
        seed = recipe.seed + fold
        path = work / bundle.tree_files(FOLDS)[fold]
        if not path.exists():
            early = aged.select(aged.age < YOUNG)
            examples = [_examples(data, fold, 1.0), _examples(early, fold, recipe.young_weight)]
            if synthetic is not None:
                rare = synthetic.select(synthetic.labels >= 2)  # there are enough supernovae
                examples.append(_examples(rare, None, recipe.synthetic_weight))
            train_trees(examples, seed, recipe.rounds).save_model(path)
        everything = data.select((data.folds != fold) & data.plain)
        path = work / bundle.novelty_files(FOLDS)[fold]
        if not path.exists():
            train_novelty_trees(everything.features, everything.labels, seed).save_model(path)


def _examples(data: TrainingSet, without: int | None, share: float) -> Examples:
    """Return the views of the classes, without those of one fold."""
    part = data.select((data.labels >= 0) & (data.folds != without))
    return Examples(part.features, part.labels, part.object_ids, share)


def _finish(
    out: Path, table: Path, recipe: Recipe, metrics: dict[str, Any], run: wandb.Run
) -> None:
    about = {
        "recipe": recipe.to_dict(),
        "table": {"name": table.name, "sha256": bundle.sha256(table)},
        "out_of_fold": metrics,
    }
    bundle.seal(out, about)
    for name, value in metrics.items():
        run.summary[name] = value
    artifact = wandb.Artifact("transient-classifier", type="model", metadata=about)
    artifact.add_dir(str(out))
    run.log_artifact(artifact)
