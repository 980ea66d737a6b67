"""The uncertainty of Exercise 10, beyond what its checks ask: agreement, adversarial cases, space.

Every value of the published advanced space is built and trained for one step, samples in one batch
agree with the published loop, and the calibration error with an independent one.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from solutions import ex10_bayesian_uncertainty as ex10
from solutions.ex05_light_curve_dataset import LightCurveDataset, create_synthetic_transient_dataset
from solutions.ex06_photometry_networks import forward_batch, unpack_batch
from solutions.ex09_experiment_tracking import to_distribution

SMALL = {"d_model": 16, "nhead": 2, "num_layers": 2, "time_embed_dim": 4}
SPACE = ex10.create_advanced_sweep_config()["parameters"]
STRUCTURE = ("architecture", "time_encoding", "mc_dropout")
OPTIONS = [(name, value) for name, spec in SPACE.items() if "values" in spec for value in
           spec["values"]]  # fmt: skip


@pytest.fixture(scope="module")
def dataset() -> LightCurveDataset:
    lightcurves, labels = create_synthetic_transient_dataset(40, ex10.MIXTURE, seed=10)
    return LightCurveDataset(lightcurves, labels, max_sequence_length=40, classes=ex10.CLASSES)


@pytest.fixture(scope="module")
def features(dataset: LightCurveDataset) -> Tensor:
    return torch.stack([dataset[i][0] for i in range(16)])


# The space


def one_step(dataset: LightCurveDataset, config: dict[str, Any]) -> torch.nn.Module:
    """Build a model, and train it for one step with all that the configuration says."""
    settings = ex10.ADVANCED_DEFAULTS | SMALL | config
    torch.manual_seed(1)
    model = ex10.build_advanced_model(dataset.n_features, **settings)
    criterion = ex10.make_advanced_loss(settings, dataset.labels)
    optimizer = ex10.make_optimizer(settings, model)
    step = ex10.make_step(settings, optimizer, num_epochs=3)
    vary = ex10.SometimesAugmented(settings)
    rows = torch.as_tensor(np.stack([vary(dataset.rows[i].copy()) for i in range(8)]))
    before = {name: weight.clone() for name, weight in model.named_parameters()}
    loss = criterion(forward_batch(model.train(), rows), dataset.labels[:8])
    loss.backward()
    optimizer.step()
    step(loss.item())
    assert math.isfinite(loss.item())
    still = [name for name, weight in model.named_parameters() if torch.equal(weight, before[name])]
    assert still == []
    return model


@pytest.mark.parametrize(("name", "value"), OPTIONS, ids=str)
def test_every_option_of_the_advanced_space_trains(
    dataset: LightCurveDataset, name: str, value: Any
) -> None:
    one_step(dataset, {"d_model": 32, name: value})


@pytest.mark.parametrize("name", [name for name in SPACE if "values" not in SPACE[name]])
def test_both_ends_of_every_range_train(dataset: LightCurveDataset, name: str) -> None:
    for end in ("min", "max"):
        value = SPACE[name][end]
        room = {"d_model": 2 * value} if name == "time_embed_dim" else {}
        one_step(dataset, {"num_layers": 1, **room, name: value})


@pytest.mark.parametrize(
    ("architecture", "time_encoding", "mc_dropout"),
    list(itertools.product(*(SPACE[name]["values"] for name in STRUCTURE))),
)
def test_padding_is_invisible_to_every_architecture(
    features: Tensor, architecture: str, time_encoding: str, mc_dropout: bool
) -> None:
    config = {"architecture": architecture, "time_encoding": time_encoding, "dropout": 0.0}
    config |= {"mc_dropout": mc_dropout}
    model = ex10.build_advanced_model(6, **SMALL | config).eval()
    longer = torch.nn.functional.pad(features, (0, 0, 0, 9))
    with torch.no_grad():
        once, padded = forward_batch(model, features), forward_batch(model, longer)
    torch.testing.assert_close(padded, once, rtol=1e-4, atol=1e-5)


def test_sweeps_know_every_distribution_of_the_space() -> None:
    for name, spec in SPACE.items():
        to_distribution(name, spec)


def test_infeasible_configurations_are_refused_with_both_numbers() -> None:
    for config, numbers in (
        ({"d_model": 64, "time_embed_dim": 100}, ("64", "100")),
        ({"d_model": 90, "nhead": 4}, ("90", "4")),
    ):
        reason = ex10.advanced_infeasible(config)
        assert reason is not None
        assert all(each in reason for each in numbers)
        with pytest.raises(ValueError, match=numbers[0]):
            ex10.build_advanced_model(6, **config)
    assert ex10.advanced_infeasible({"architecture": "lstm", "d_model": 91, "nhead": 16}) is None


# Samples


@pytest.mark.filterwarnings("ignore:There is a performance drop")
def test_samples_in_one_batch_agree_with_the_published_loop(features: Tensor) -> None:
    """Means and variances within their sampling errors, for every number of Monte Carlo layers."""
    features = features[:6]
    batch = (features, *unpack_batch(features))
    for mc_layers in (0, 1, 2):
        torch.manual_seed(mc_layers)
        sizes = {**SMALL, "mc_layers": mc_layers, "mc_dropout_rate": 0.3, "num_classes": 5}
        model = ex10.BayesianTransformerEncoder(6, **sizes).eval()
        got = model.forward_with_uncertainty(*batch, n_samples=200)
        with torch.no_grad():
            loop = torch.stack([model(*batch).softmax(dim=-1) for _ in range(200)])
        ours = got["prediction_samples"]
        error = ((ours.var(dim=0) + loop.var(dim=0)) / 200).sqrt() + 1e-6
        z = (ours.mean(dim=0) - loop.mean(dim=0)) / error
        assert z.abs().max() < 5
        ratio = ours.var(dim=0).sum(dim=-1) / loop.var(dim=0).sum(dim=-1)
        assert ((ratio > 0.5) & (ratio < 2)).all()
        p = got["predictions"]
        parts = got["epistemic_uncertainty"] + got["aleatoric_uncertainty"]
        torch.testing.assert_close(parts, (p * (1 - p)).sum(dim=-1), rtol=1e-4, atol=1e-5)


def test_the_shortcut_of_pytorch_is_not_taken(features: Tensor) -> None:
    """And whoever wants it elsewhere finds it as it was."""
    model = ex10.BayesianTransformerEncoder(6, **SMALL, mc_dropout_rate=0.5).eval()
    before = torch.backends.mha.get_fastpath_enabled()
    with torch.no_grad():
        first, second = (model(features, *unpack_batch(features)) for _ in range(2))
    assert not torch.equal(first, second)
    assert torch.backends.mha.get_fastpath_enabled() is before


# Calibration


def independent_ece(y_true: np.ndarray, y_prob: np.ndarray, n_bins: int) -> float:
    """By histograms of NumPy, whose bins are mirrored so that the right border belongs to them."""
    doubt, right = 1 - y_prob.max(axis=1), y_prob.argmax(axis=1) == y_true
    edges = np.linspace(0, 1, n_bins + 1)
    claimed, _ = np.histogram(doubt, edges, weights=1 - doubt)
    achieved, _ = np.histogram(doubt, edges, weights=right.astype(float))
    return float(np.abs(claimed - achieved).sum() / len(y_true))


@pytest.mark.parametrize("seed", range(20))
def test_calibration_error_agrees_with_an_independent_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, classes = int(rng.integers(1, 60)), int(rng.integers(1, 6))
    y_prob = rng.dirichlet(np.full(classes, 10 ** rng.uniform(-3, 1)), n)  # also exactly 0 and 1
    y_true = rng.integers(0, classes, n)
    for n_bins in (1, 2, 8, 16):  # their borders are exact in binary
        got = ex10.UncertaintyCalibration.expected_calibration_error(y_true, y_prob, n_bins)
        assert got == pytest.approx(independent_ece(y_true, y_prob, n_bins), abs=1e-12)
