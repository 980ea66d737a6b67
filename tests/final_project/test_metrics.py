"""The measures against values worked out by hand, against scikit-learn and against Exercise 10."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as sk

from solutions.final_project import bootstrap
from solutions.final_project.metrics import (
    CLASSES,
    OTHER,
    REFUSED,
    calibration,
    calibration_error,
    confusion,
    decisions,
    measures,
    numbers_of,
    probabilistic,
    purity_and_completeness,
    unknown_auroc,
)

SNIA, SNII, CV, AGN, TDE = range(5)


def random_answers(objects: int = 400, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """True classes and probabilities that know something of them."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(5, size=objects, p=[0.5, 0.2, 0.1, 0.1, 0.1])
    logits = rng.normal(size=(objects, 5)) + 1.5 * np.eye(5)[truth]
    return truth, np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def test_hand_worked_decisions() -> None:
    truth = np.array([SNIA, SNIA, SNIA, SNII, TDE, TDE, OTHER, OTHER])
    predicted = np.array([SNIA, SNIA, SNII, SNII, TDE, REFUSED, TDE, SNIA])
    found = decisions(truth, predicted)
    assert found["accuracy"] == pytest.approx(4 / 6)
    assert found["main_accuracy"] == pytest.approx(3 / 4)
    assert found["recall_SNIa"] == pytest.approx(2 / 3)
    assert found["recall_TDE"] == pytest.approx(1 / 2)  # the refused one is missed
    assert found["balanced_accuracy"] == pytest.approx((2 / 3 + 1 + 1 / 2) / 3)
    assert found["precision_TDE"] == 1  # among the five classes
    assert found["purity_TDE"] == pytest.approx(1 / 2)  # one of two is outside them
    assert found["precision_SNII"] == pytest.approx(1 / 2)
    assert found["f1_SNIa"] == pytest.approx(4 / 5)
    assert np.isnan(found["recall_CV"])
    assert np.isnan(found["precision_CV"])
    assert confusion(truth, predicted)[TDE, REFUSED] == 1


def test_decisions_agree_with_scikit_learn() -> None:
    truth, probabilities = random_answers()
    predicted = probabilities.argmax(axis=1)
    found = decisions(truth, predicted)
    assert found["balanced_accuracy"] == pytest.approx(sk.balanced_accuracy_score(truth, predicted))
    precision, recall, f1, _ = sk.precision_recall_fscore_support(truth, predicted)
    for place, name in enumerate(CLASSES):
        assert found[f"precision_{name}"] == pytest.approx(precision[place])
        assert found[f"purity_{name}"] == pytest.approx(precision[place])  # no others here
        assert found[f"recall_{name}"] == pytest.approx(recall[place])
        assert found[f"f1_{name}"] == pytest.approx(f1[place])


def test_probabilities_agree_with_scikit_learn() -> None:
    truth, probabilities = random_answers()
    found = probabilistic(truth, probabilities)
    assert found["log_loss"] == pytest.approx(sk.log_loss(truth, probabilities))
    by_class = [sk.brier_score_loss(truth == c, probabilities[:, c]) for c in range(5)]
    assert found["brier"] == pytest.approx(sum(by_class))
    assert found["average_precision_TDE"] == pytest.approx(
        sk.average_precision_score(truth == TDE, probabilities[:, TDE])
    )


def test_refused_and_outside_objects_do_not_enter_the_probabilities() -> None:
    truth, probabilities = random_answers()
    more_truth = np.append(truth, [OTHER, TDE])
    more = np.vstack([probabilities, np.full(5, 0.2), np.full(5, np.nan)])
    assert probabilistic(more_truth, more) == probabilistic(truth, probabilities)


def test_calibration_error_with_a_known_answer() -> None:
    """Ten answers of confidence 0.8, of which six are right; ten of 0.6, of which six are."""
    sure, modest = np.array([0.8, 0.2, 0, 0, 0]), np.array([0.6, 0.4, 0, 0, 0])
    probabilities = np.vstack([np.tile(sure, (10, 1)), np.tile(modest, (10, 1))])
    truth = np.array(2 * (6 * [0] + 4 * [1]))
    assert calibration_error(truth, probabilities) == pytest.approx(0.5 * 0.2 + 0.5 * 0)
    assert calibration_error(truth, probabilities, equal_mass=True) == pytest.approx(0.1)
    table = calibration(truth, probabilities)
    assert table["count"].tolist() == [10, 10]
    assert table["accuracy"].tolist() == [0.6, 0.6]
    assert table["confidence"].tolist() == pytest.approx([0.6, 0.8])
    assert table["low"].tolist() == pytest.approx([0.5, 0.7])  # a bin contains its right edge


def test_calibration_error_is_that_of_exercise_10() -> None:
    from solutions.ex10_bayesian_uncertainty import UncertaintyCalibration

    truth, probabilities = random_answers()
    theirs = UncertaintyCalibration.expected_calibration_error(truth, probabilities)
    assert calibration_error(truth, probabilities) == pytest.approx(theirs)


def test_purity_and_completeness() -> None:
    truth = np.array([TDE, OTHER, TDE, AGN, TDE])
    probabilities = np.zeros((5, 5))
    probabilities[:, TDE] = [0.9, 0.8, 0.5, 0.5, np.nan]
    threshold, purity, completeness = purity_and_completeness(truth, probabilities, TDE)
    assert threshold.tolist() == [0.9, 0.8, 0.5]
    assert purity.tolist() == pytest.approx([1, 1 / 2, 2 / 4])  # the two at 0.5 come together
    assert completeness.tolist() == pytest.approx([1 / 3, 1 / 3, 2 / 3])  # the refused is missed


def test_unknown_auroc() -> None:
    truth = np.array([SNIA, OTHER, SNIA, OTHER, OTHER])
    assert unknown_auroc(truth, np.array([0.1, 0.9, 0.5, 0.4, np.nan])) == pytest.approx(3 / 4)
    assert np.isnan(unknown_auroc(truth[:1], np.array([0.1])))


def test_nothing_to_measure_is_nan_and_no_error() -> None:
    none = np.array([], dtype=int)
    found = measures(none, none, np.empty((0, 5)))
    assert np.isnan(list(found.values())).all()


def test_labels_become_numbers() -> None:
    assert numbers_of(np.array(["TDE", "other", "SNIa", "SN Ibn"])).tolist() == [4, 5, 0, 5]


def test_bootstrap_is_determined_by_its_seed() -> None:
    truth, probabilities = random_answers()
    arrays = truth, probabilities.argmax(axis=1), probabilities
    first = bootstrap.intervals(measures, *arrays, count=50)
    assert first == bootstrap.intervals(measures, *arrays, count=50)
    assert first != bootstrap.intervals(measures, *arrays, count=50, seed=1)


def test_bootstrap_interval_of_a_mean_is_that_of_theory() -> None:
    values = np.random.default_rng(2).normal(size=900)
    found = bootstrap.intervals(lambda x: {"mean": x.mean()}, values, count=2000)["mean"]
    error = values.std() / 30
    assert found["low"] == pytest.approx(values.mean() - 1.96 * error, abs=0.15 * error)
    assert found["high"] == pytest.approx(values.mean() + 1.96 * error, abs=0.15 * error)


def test_samples_of_the_same_objects_are_drawn_alike() -> None:
    difficult = np.random.default_rng(3).normal(size=500)
    one, other = (
        bootstrap.sampled(lambda x: {"mean": x.mean()}, values, count=100)
        for values in (difficult + 0.1, difficult)
    )
    found = bootstrap.figures_of({"mean": 0.1}, one - other)["mean"]
    assert found["low"] == pytest.approx(0.1)
    assert found["high"] == pytest.approx(0.1)


def test_share_of_hits_has_the_interval_of_wilson() -> None:
    found = bootstrap.share(np.array([True] * 8 + [False] * 2))
    assert found["value"] == 0.8
    assert found["low"] == pytest.approx(0.4902, abs=1e-4)  # a worked example of many textbooks
    assert found["high"] == pytest.approx(0.9433, abs=1e-4)
    assert bootstrap.share(np.ones(3, dtype=bool))["low"] == pytest.approx(0.4385, abs=1e-4)
    assert np.isnan(bootstrap.share(np.array([], dtype=bool))["value"])
