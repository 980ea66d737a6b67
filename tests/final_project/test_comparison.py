"""The yardsticks of the evaluation, and the paired comparison with them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from solutions.ex05_light_curve_dataset import simulate_transient
from solutions.final_project import baselines, comparison, exercise8, published
from solutions.final_project.light_curve import LightCurve
from solutions.final_project.metrics import CLASSES


def lightcurve(label: str, number: int, rng: np.random.Generator) -> LightCurve:
    """An invented object, in microjansky."""
    data = simulate_transient(label, rng).data
    scale = 10 ** (0.4 * (23.9 - 25))
    return LightCurve.from_arrays(
        f"{label}{number}",
        data["mjd"],
        data["band"].astype(str),
        data["flux"] * scale,
        data["flux_err"] * scale,
        kind="diff_forced",
        metadata={"label": label},
    )


@pytest.fixture(scope="module")
def objects() -> list[LightCurve]:
    rng = np.random.default_rng(5)
    return [lightcurve(label, i, rng) for label in CLASSES for i in range(12)]


@pytest.mark.slow
def test_baselines_learn_and_the_majority_does_not(objects: list[LightCurve]) -> None:
    label = np.array([lc.metadata["label"] for lc in objects])
    train, test = np.arange(60) % 3 > 0, np.arange(60) % 3 == 0
    chosen = [[lc for lc, use in zip(objects, part, strict=True) if use] for part in (train, test)]
    truth = np.array([CLASSES.index(name) for name in label[test]])
    seen, asked = map(baselines.feature_table, chosen)
    answers = baselines.forest(seen, label[train], asked)
    assert answers.sum(axis=1) == pytest.approx(1)
    assert (answers.argmax(axis=1) == truth).mean() > 0.5
    boosted = baselines.boosting(seen, label[train], asked)
    assert boosted.shape == (20, 5)
    shares = baselines.majority(np.array(["SNIa", "SNIa", "TDE"]), 2)
    assert shares[1].tolist() == pytest.approx([2 / 3, 0, 0, 0, 1 / 3])


def test_the_simple_features_exist(objects: list[LightCurve]) -> None:
    assert baselines.feature_table(objects[:2], baselines.SIMPLE).shape == (2, 33)


def test_columns_are_brought_in_order() -> None:
    given = baselines.in_order(np.array([[0.1, 0.9]]), np.array(["AGN", "SNIa"]))
    assert given.tolist() == [[0.9, 0, 0, 0.1, 0]]


@pytest.mark.slow
def test_the_network_of_exercise_8_trains_answers_and_comes_back(
    objects: list[LightCurve], tmp_path: Path
) -> None:
    path = tmp_path / "exercise8.pt"
    model = exercise8.train(path, objects=300, epochs=1)
    given = exercise8.probabilities(model, objects[:6])
    assert given.shape == (6, 5)
    np.testing.assert_allclose(given.sum(axis=1), 1, atol=1e-5)
    again = exercise8.probabilities(exercise8.train(path), objects[:6])
    np.testing.assert_allclose(again, given, atol=1e-6)


@pytest.mark.slow
def test_differences_are_paired() -> None:
    rng = np.random.default_rng(6)
    truth = rng.integers(5, size=300)
    good = np.full((300, 5), 0.05) + 0.75 * np.eye(5)[truth]
    worse = good.copy()
    worse[:30] = 0.2  # ties go to the first class
    answers = {comparison.OURS: (good.argmax(axis=1), good), "worse": (worse.argmax(axis=1), worse)}
    table = comparison.measured(truth, answers).set_index(["classifier", "measure"])
    row = table.loc[("worse", "accuracy")]
    assert row["ours_minus_value"] == pytest.approx(1 - row["value"])
    assert 0 < row["ours_minus_low"] < row["ours_minus_value"] < row["ours_minus_high"]
    assert table.loc[(comparison.OURS, "accuracy"), "ours_minus_high"] == 0


def test_refusals_are_decided_as_such() -> None:
    rows = np.array([[0.1, 0.6, 0.1, 0.1, 0.1], [np.nan] * 5])
    assert comparison.decided(rows).tolist() == [1, comparison.REFUSED]


def test_missing_classes_are_named() -> None:
    with pytest.raises(ValueError, match="TDE for training"):
        comparison.check(np.array(CLASSES[:4]), np.array(CLASSES))


@pytest.mark.skipif(not published.is_installed(), reason="astro-parsnip is not installed")
def test_parsnip_describes_real_looking_light_curves(objects: list[LightCurve]) -> None:
    label = [lc.metadata["label"] for lc in objects]
    empty = replace(objects[0].select(np.zeros(len(objects[0]), dtype=bool)), object_id="empty")
    given = published.probabilities(objects, label, [*objects[::6], empty])
    np.testing.assert_allclose(given[:-1].sum(axis=1), 1, atol=1e-5)
    assert np.isnan(given[-1]).all()
