"""Parts of the variance add up, and calibration does what it says."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import softmax

from solutions.final_project.uncertainty import (
    balanced_weights,
    expected_calibration_error,
    fit_calibration,
    fit_sharpness,
    law_of_total_variance,
    posterior,
)


def test_aleatoric_and_epistemic_add_up_to_the_total():
    rng = np.random.default_rng(0)
    samples = softmax(3 * rng.normal(size=(40, 25, 5)), axis=-1)
    parts = law_of_total_variance(samples)
    np.testing.assert_allclose(parts.aleatoric + parts.epistemic, parts.total, rtol=1e-12)
    drawn = rng.random((200_000, 1)) > np.cumsum(samples[rng.integers(40, size=200_000), 0], axis=1)
    one_hot = np.eye(5)[drawn.sum(axis=1)]
    assert one_hot.var(axis=0).sum() == pytest.approx(parts.total[0], abs=0.01)


def test_models_that_agree_have_no_epistemic_part_and_sure_ones_no_aleatoric():
    agree = np.tile([[[0.5, 0.5, 0.0]]], (10, 1, 1))
    assert law_of_total_variance(agree).epistemic[0] == pytest.approx(0)
    sure = np.eye(3)[[0, 1, 0, 1]][:, None, :]
    parts = law_of_total_variance(sure)
    assert parts.aleatoric[0] == pytest.approx(0)
    assert parts.epistemic[0] == pytest.approx(0.5)


def scores_of(rng, labels):
    """Return scores of two models: calibrated ones would be 3 and 1 for the right class."""
    return [size * np.eye(3)[labels] + rng.normal(size=(len(labels), 3)) for size in (3.0, 1.0)]


def test_calibration_weighs_the_better_model_more_and_holds_no_prior():
    rng = np.random.default_rng(1)
    labels = rng.choice(3, 20_000, p=[0.8, 0.13, 0.07])
    network, trees = scores_of(rng, labels)
    found = fit_calibration(5 * network, trees, labels)
    assert 5 * found.network == pytest.approx(3, rel=0.15)
    assert found.trees == pytest.approx(1, rel=0.2)
    even = rng.choice(3, 4000)
    network, trees = scores_of(rng, even)
    probabilities = posterior(found.apply(5 * network, trees), np.full(3, 1 / 3))
    np.testing.assert_allclose(probabilities.mean(axis=0), 1 / 3, atol=0.03)
    right = probabilities.argmax(axis=1) == even
    assert expected_calibration_error(probabilities.max(axis=1), right) < 0.03


def test_sharpness_restores_the_confidence_of_timid_scores():
    rng = np.random.default_rng(2)
    labels = rng.choice(3, 4000)
    scores = 1.2 * np.eye(3)[labels] + rng.normal(size=(4000, 3))
    even = np.full(3, 1 / 3)
    factors = [fit_sharpness(scores / timid, even, labels) for timid in (1, 2)]
    assert factors[0] == pytest.approx(1.2, rel=0.1)
    assert factors[1] == pytest.approx(2 * factors[0], rel=0.02)
    sharp = posterior(scores / 2, even, factors[1])
    np.testing.assert_array_equal(sharp.argmax(axis=1), scores.argmax(axis=1))
    right = sharp.argmax(axis=1) == labels
    assert expected_calibration_error(sharp.max(axis=1), right) < 0.03


def test_the_prior_enters_by_bayes_theorem():
    likelihood = np.log([[0.2, 0.6]])
    np.testing.assert_allclose(posterior(likelihood, np.array([0.75, 0.25])), [[0.5, 0.5]])


def test_calibration_error_of_known_cases():
    assert expected_calibration_error(np.full(10, 0.8), np.arange(10) < 8) == pytest.approx(0)
    assert expected_calibration_error(np.full(10, 1.0), np.arange(10) < 6) == pytest.approx(0.4)


def test_every_class_that_occurs_weighs_the_same():
    weights = balanced_weights(np.array([0, 0, 0, 2]), 4)
    np.testing.assert_allclose(weights, [2 / 3, 2 / 3, 2 / 3, 2])
