"""The networks and loops of Exercise 6 beyond their checks: other types, weights, devices, data."""

from __future__ import annotations

import copy
import math
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import SGD
from torch.utils.data import DataLoader, TensorDataset

from solutions.ex05_light_curve_dataset import (
    LightCurveDataset,
    create_synthetic_transient_dataset,
)
from solutions.ex06_photometry_networks import (
    FocalLoss,
    LightCurveLSTM,
    SimplePhotometryMLP,
    evaluate_model,
    fit,
    forward_batch,
    observed,
    rescale,
    train_epoch,
    unpack_batch,
)

NETWORKS = {
    "MLP": lambda: SimplePhotometryMLP(6, [16, 8], 5),
    "LSTM": lambda: LightCurveLSTM(6, 8, 2, 5),
}
DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.skipif(
    not torch.cuda.is_available(), reason="there is no GPU"))]  # fmt: skip


def batch(lengths: list[int], seq_len: int = 12, dtype: torch.dtype = torch.float32) -> Tensor:
    """Light curves of random numbers, padded with zeros."""
    torch.manual_seed(1)
    x = torch.zeros(len(lengths), seq_len, 6, dtype=dtype)
    for row, n in zip(x, lengths, strict=True):
        row[:n, 0] = torch.rand(n).cumsum(0) * 10
        row[:n, 1:3] = torch.randn(n, 2)
        row[:n, 3:] = F.one_hot(torch.randint(3, (n,)), 3)
    return x


def loader(lengths: list[int], batch_size: int = 4, **options: Any) -> DataLoader:
    x = batch(lengths)
    return DataLoader(TensorDataset(x, torch.arange(len(x)) % 5), batch_size, **options)


@pytest.fixture(params=NETWORKS)
def network(request: pytest.FixtureRequest) -> nn.Module:
    torch.manual_seed(0)
    return NETWORKS[request.param]()


# Helpers


def test_a_batch_tells_its_lengths_and_times() -> None:
    x = batch([3, 0, 12])
    times, lengths = unpack_batch(x)
    assert lengths.tolist() == [3, 0, 12]
    assert lengths.dtype == torch.int64
    assert times.shape == (3, 12, 1)
    assert torch.equal(times.squeeze(-1), x[..., 0])
    assert observed(x)[0].tolist() == [True] * 3 + [False] * 9


def test_rescaling_changes_the_time_alone_and_a_copy_only() -> None:
    x = batch([5, 9])
    before, scaled = x.clone(), rescale(x)
    assert torch.allclose(scaled[..., 0] * 100, x[..., 0])
    assert torch.equal(scaled[..., 1:], x[..., 1:])
    assert torch.equal(x, before)


def test_a_network_is_given_what_it_asks_for() -> None:
    class Greedy(nn.Module):
        def forward(self, features: Tensor, times: Tensor, lengths: Tensor) -> Tensor:
            return times.sum(dim=(1, 2)) + lengths

    x = batch([2, 7])
    assert torch.allclose(forward_batch(Greedy(), x), x[..., 0].sum(dim=1) + torch.tensor([2, 7]))


# Networks


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("lengths", [[0], [1], [12], [0, 0], [5, 0, 12, 1]])
def test_logits_have_the_type_of_the_features(
    network: nn.Module, lengths: list[int], dtype: torch.dtype
) -> None:
    logits = forward_batch(network.to(dtype).eval(), batch(lengths, dtype=dtype))
    assert logits.shape == (len(lengths), 5)
    assert logits.dtype == dtype
    assert logits.isfinite().all()


def test_padding_and_company_change_nothing(network: nn.Module) -> None:
    network.double().eval()
    x = batch([5, 0, 12, 1, 7], dtype=torch.float64)
    alone = torch.cat([forward_batch(network, x[i : i + 1, :n])
                       for i, n in enumerate([5, 1, 12, 1, 7])])  # fmt: skip
    torch.testing.assert_close(forward_batch(network, F.pad(x, (0, 0, 0, 9))), alone)


def test_the_lstm_is_torchs_own_read_to_the_last_observation() -> None:
    torch.manual_seed(0)
    model, x = LightCurveLSTM(6, 8, 2, 5).eval(), batch([5, 12])
    output, _ = model.lstm(rescale(x[:1, :5]))
    torch.testing.assert_close(forward_batch(model, x)[:1], model.classifier(output[:, -1]))


# Loss


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0, 5.0])
def test_focal_loss_and_its_gradient_are_finite_at_both_ends(gamma: float) -> None:
    logits = torch.tensor([[300.0, 0.0], [0.0, 300.0]], requires_grad=True)
    loss = FocalLoss(gamma=gamma)(logits, torch.tensor([0, 0]))
    loss.backward()
    assert loss.item() == pytest.approx(150)
    assert logits.grad is not None
    assert logits.grad.isfinite().all()


# Loops


@pytest.mark.parametrize("device", ["auto", *DEVICES])
def test_loops_run_on_a_device_with_class_weights(network: nn.Module, device: Any) -> None:
    criterion = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0]))
    data = loader([3, 0, 12, 1, 5, 7, 2, 9, 4])
    trained = train_epoch(network, data, SGD(network.parameters(), 0.1), criterion, device)
    loss, accuracy = evaluate_model(network, data, criterion, device)
    assert math.isfinite(trained)
    network.cpu().eval()
    criterion.cpu()
    with torch.no_grad():
        losses = [criterion(forward_batch(network, x), y).item() * len(y) for x, y in data]
        right = [int((forward_batch(network, x).argmax(-1) == y).sum()) for x, y in data]
    assert loss == pytest.approx(sum(losses) / 9, rel=1e-4)
    assert accuracy == sum(right) / 9


def test_learning_rate_zero_gives_the_loss_of_an_evaluation(network: nn.Module) -> None:
    data, criterion = loader([3, 6, 12, 1, 5]), FocalLoss()
    for module in network.modules():
        if isinstance(module, nn.Dropout | nn.LSTM):
            module.p = module.dropout = 0.0
    trained = train_epoch(network, data, SGD(network.parameters(), 0.0), criterion)
    assert trained == pytest.approx(evaluate_model(network, data, criterion)[0], rel=1e-5)


def test_no_batch_is_an_error_and_leaves_the_mode_alone(network: nn.Module) -> None:
    nothing = loader([3, 4], drop_last=True)
    with pytest.raises(ValueError, match="no batch"):
        train_epoch(network, nothing, SGD(network.parameters(), 0.1), nn.CrossEntropyLoss())
    with pytest.raises(ValueError, match="no batch"):
        evaluate_model(network.train(), nothing, nn.CrossEntropyLoss())
    assert network.training


def test_a_training_that_runs_away_ends_with_the_weights_of_its_beginning() -> None:
    network = NETWORKS["MLP"]()
    before = copy.deepcopy(network.state_dict())
    data, optimizer = loader([3, 4, 5]), SGD(network.parameters(), lr=math.nan)
    history = fit(network, data, data, optimizer, nn.CrossEntropyLoss(), 10, patience=2)
    assert len(history["val_loss"]) == 2
    after = network.cpu().state_dict()
    assert all(torch.equal(before[name], value) for name, value in after.items())


@pytest.mark.slow
def test_they_learn_from_the_light_curves_of_exercise_5(network: nn.Module) -> None:
    dataset = LightCurveDataset(*create_synthetic_transient_dataset(60, seed=1))
    data, criterion = DataLoader(dataset, 20, shuffle=True), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    first, *_, last = [train_epoch(network, data, optimizer, criterion) for _ in range(6)]
    assert last < first
