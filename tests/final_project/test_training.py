"""From a table to a bundle, on a small synthetic sky."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from final_project.invented import invented, table_of

from solutions.final_project import bundle, training, training_set
from solutions.final_project.classifier import ProductionTransientClassifier
from solutions.final_project.encoding import alert_view, view_rows
from solutions.final_project.model import CLASSES, ModelConfig
from solutions.final_project.network_training import Schedule
from solutions.final_project.recipe import Recipe
from solutions.final_project.splits import fold_of
from solutions.final_project.training_set import (
    TrainingSet,
    make_aged_set,
    make_synthetic_set,
    make_training_set,
)
from solutions.final_project.trees import Examples

SMALL = Recipe(
    synthetic=4,
    rounds=5,
    pretraining=Schedule(epochs=1),
    training=Schedule(epochs=2),
    model=ModelConfig(d_model=16, heads=2, layers=1, inner=16, time_embed_dim=6),
)


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Return a Parquet file of 15 objects of each class and 15 others."""
    labels = [*CLASSES, "other"] * 15
    curves = [
        invented("SNII" if label == "other" else label, seed, f"T{seed}")
        for seed, label in enumerate(labels)
    ]
    path = tmp_path_factory.mktemp("table") / "table.parquet"
    table_of(curves, labels).to_parquet(path)
    return path


def test_a_recipe_survives_json():
    recipe = Recipe.from_dict(json.loads(json.dumps(SMALL.to_dict())))
    assert recipe == SMALL


@pytest.mark.slow
def test_each_class_gets_the_views_it_needs():
    labels = ["SNIa"] * 4 + ["TDE"] + ["other"]
    curves = [invented("SNIa", seed, f"v{seed}") for seed in range(6)]
    data = make_training_set(curves, labels, SMALL.encoding, 0)
    assert data.plain.sum() == 6
    counts = {number: int((data.labels == number).sum()) for number in (0, 4, -1)}
    assert counts == {0: 4 * 61, 4: 61, -1: 61}
    again = make_training_set(curves, labels, SMALL.encoding, 0)
    np.testing.assert_array_equal(data.features, again.features)


def test_the_synthetic_sky_has_every_class_and_no_test_objects_matter():
    data = make_synthetic_set(2, SMALL.encoding, 0)
    assert np.bincount(data.labels).tolist() == [4] * 5


def test_views_by_age_hold_what_was_known_then(tmp_path):
    curves = [invented("SNII", seed, f"v{seed}") for seed in range(2)]
    data = make_aged_set(curves, ["SNII", "SNII"], SMALL.encoding)
    assert data.plain.tolist() == np.isinf(data.age).tolist()
    assert data.plain.sum() == 2
    for curve in curves:
        mine = data.select(data.object_ids == curve.object_id)
        assert (np.diff(mine.age) > 0).all()
        for age, rows in zip(mine.age[:-1], mine.rows, strict=False):
            view = alert_view(curve.known_after(age), SMALL.encoding)
            np.testing.assert_array_equal(rows, view_rows(view, SMALL.encoding))
    data.save(tmp_path / "aged.npz")
    again = TrainingSet.load(tmp_path / "aged.npz")
    np.testing.assert_array_equal(again.age, data.age)


def test_all_classes_of_a_set_of_examples_weigh_its_share():
    ids = np.array(["a", "a", "b", "c"])
    examples = Examples(np.zeros((4, 1)), np.array([0, 0, 0, 2]), ids, share=0.4)
    np.testing.assert_allclose(examples.weights(), [0.1, 0.1, 0.2, 0.4])


@pytest.mark.slow
def test_a_table_becomes_a_bundle_that_works(table, tmp_path, monkeypatch):
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setattr(training_set, "MOST_VIEWS", training_set.FEWEST_VIEWS)  # 60 take a minute
    out, work = tmp_path / "bundle", tmp_path / "work"
    metrics = training.train(table, out, work, SMALL)
    assert set(metrics["recall"]) == set(CLASSES)
    assert list(work.glob("wandb/offline-run-*/*.wandb"))
    seconds = json.loads((work / "seconds.json").read_text())
    assert seconds > 0

    seen = TrainingSet.load(work / "views.npz")
    assert all(fold_of(name) >= 0 for name in seen.object_ids.tolist())

    classifier = ProductionTransientClassifier(out)
    answer = classifier.classify_with_uncertainty([invented("SNIa", 1)], mc_samples=10)[0]
    assert answer["refused"] == ""
    manifest = bundle.read_manifest(out)
    assert Recipe.from_dict(manifest["recipe"]) == SMALL
    assert manifest["table"]["sha256"] == bundle.sha256(table)

    before = {name: bundle.sha256(out / name) for name in manifest["files"]}
    training.train(table, out, work, SMALL)  # all steps are done already
    assert json.loads((work / "seconds.json").read_text()) > seconds
    after = {name: bundle.sha256(out / name) for name in manifest["files"]}
    assert after == before

    with pytest.raises(ValueError, match="another recipe or table"):
        training.train(table, Path(out), work, Recipe(seed=1))
