"""Parts of the variance add up, and calibration does what it says."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import softmax

from solutions.final_project.metrics import calibration_error
from solutions.final_project.uncertainty import (
    decide,
    fit_calibration,
    knowledge,
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


PRIOR = np.array([0.8, 0.13, 0.07])


def views(count: int, prior: np.ndarray, seed: int):
    """Return scores of two models, knowledge and labels of views with 1 and with 25 nights.

    Of one night the scores are noise alone; of 25 calibrated ones would be 3 and 1 for the class.
    """
    rng = np.random.default_rng(seed)
    labels = rng.choice(3, 2 * count, p=prior)
    nights, span = np.repeat([[1.0], [25.0]], count, axis=0)[:, 0], np.repeat([0.0, 80.0], count)
    seen = (nights > 1)[:, None] * np.eye(3)[labels]
    scores = [size * seen + rng.normal(size=seen.shape) for size in (3.0, 1.0)]
    return *scores, knowledge(nights, span), labels


@pytest.mark.slow
def test_much_is_believed_of_many_nights_and_the_prior_of_one():
    network, trees, known, labels = views(20_000, PRIOR, seed=1)
    found = fit_calibration(5 * network, trees, known, labels, PRIOR)
    one, many = known[[0, -1]]
    assert 5 * many @ found.network == pytest.approx(3, rel=0.15)
    assert many @ found.trees == pytest.approx(1, rel=0.2)
    assert 5 * one @ found.network == pytest.approx(0, abs=0.1)
    network, trees, known, labels = views(4000, PRIOR, seed=2)
    probabilities = posterior(found.apply(5 * network, trees, known), PRIOR)
    np.testing.assert_allclose(probabilities[:4000], np.tile(PRIOR, (4000, 1)), atol=0.05)
    for part in (slice(None, 4000), slice(4000, None)):
        assert calibration_error(labels[part], probabilities[part]) < 0.03


def test_no_prior_is_in_the_likelihood():
    network, trees, known, labels = views(20_000, PRIOR, seed=1)
    found = fit_calibration(network, trees, known, labels, PRIOR)
    even = np.full(3, 1 / 3)
    network, trees, known, labels = views(4000, even, seed=3)
    probabilities = posterior(found.apply(network, trees, known), even)
    np.testing.assert_allclose(probabilities[4000:].mean(axis=0), 1 / 3, atol=0.03)
    assert calibration_error(labels[4000:], probabilities[4000:]) < 0.03


def test_knowledge_is_smooth_and_stops_growing():
    nights = np.array([1.0, 2, 2.5, 3, 25, 1000])
    known = knowledge(nights, np.full(6, 10.0))
    np.testing.assert_allclose(known.sum(axis=1), 2)
    np.testing.assert_array_equal(known[0, :3], [1, 0, 0])
    np.testing.assert_array_equal(known[1, :3], [0, 1, 0])
    between = np.log(2.5 / 2) / np.log(3 / 2)
    np.testing.assert_allclose(known[2, :3], [0, 1 - between, between])
    np.testing.assert_array_equal(known[4], known[5])


def test_the_prior_enters_by_bayes_theorem():
    likelihood = np.log([[0.2, 0.6]])
    np.testing.assert_allclose(posterior(likelihood, np.array([0.75, 0.25])), [[0.5, 0.5]])


def test_a_rare_class_is_answered_sooner_the_more_a_missed_one_costs():
    prior = np.array([0.9, 0.1])
    probabilities = np.array([[0.6, 0.4], [0.8, 0.2], [0.95, 0.05]])
    answers = {balance: decide(probabilities, prior, balance).tolist() for balance in (0, 0.5, 1)}
    assert answers == {0: [0, 0, 0], 0.5: [1, 0, 0], 1: [1, 1, 0]}
