"""The reference of Exercise 8 beyond its checks: devices, other data, and real training."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.metrics import balanced_accuracy_score, precision_recall_fscore_support
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from solutions.ex02_light_curve_classes import TransientLightCurve
from solutions.ex05_light_curve_dataset import (
    MODELS,
    LightCurveDataset,
    create_synthetic_transient_dataset,
)
from solutions.ex06_photometry_networks import SimplePhotometryMLP, forward_batch, observed
from solutions.ex07_time2vec_transformer import Time2VecTransformerEncoder
from solutions.ex08_class_imbalance import (
    BalancedBatchSampler,
    BatchesByLength,
    EarlyStopping,
    MetricsTracker,
    bootstrap_confusions,
    bootstrap_interval,
    class_weights,
    cut_to_longest,
    mc_dropout_predict,
    mixup_minority,
    plot_training_history,
    recalls,
    run_epoch,
    simple_features,
    split_by_object,
    table_of_measures,
    train_with_imbalance_handling,
)

SMALL = {"d_model": 16, "nhead": 2, "num_layers": 1, "time_embed_dim": 4}
DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.skipif(
    not torch.cuda.is_available(), reason="there is no GPU"))]  # fmt: skip


def fading(count: int, every: int = 20) -> TensorDataset:
    """Light curves that fade, but for every twentieth, which brightens: class 2 of 3 (0 and 2)."""
    features = torch.zeros(count, 8, 6)
    labels = torch.zeros(count, dtype=torch.int64)
    labels[::every] = 2
    slope = torch.where(labels == 2, 0.1, -0.1).unsqueeze(1)  # (count, 1)
    features[..., 0] = 10.0 * torch.arange(8)
    features[..., 1] = 0.5 + slope * torch.arange(8) + 0.05 * torch.randn(count, 8)
    features[..., 2], features[..., 4] = 0.05, 1.0
    return TensorDataset(features, labels)


def trained(device: str = "cpu", **options: object) -> tuple[nn.Module, dict, dict]:
    """A small network, its history, and its metrics on light curves of a third set."""
    torch.manual_seed(3)
    train = DataLoader(fading(240), batch_size=32, shuffle=True)
    val, test = (DataLoader(fading(count), batch_size=64) for count in (80, 200))
    settings = {"learning_rate": 0.02, "progress": False, "device": device} | options
    model, history = train_with_imbalance_handling(
        SimplePhotometryMLP(6, [16, 16], 3), train, val, 12, **settings
    )
    tracker = MetricsTracker(["fades", "nothing", "TDE"])
    return model, history, run_epoch(model, test, nn.CrossEntropyLoss(), tracker, device=device)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("loss", ["weighted_ce", "focal"])
def test_a_rare_class_is_learnt(device: str, loss: str) -> None:
    model, history, metrics = trained(device, loss=loss)
    assert metrics["TDE_recall"] == metrics["rare_event_recall"] > 0.8
    assert metrics["balanced_accuracy"] > 0.9
    assert not model.training
    assert history["best_epoch"] == int(np.argmin(history["val_loss"]))


def test_training_is_reproducible() -> None:
    first, again = trained()[1], trained()[1]
    assert first == again


def test_the_checkpoint_is_what_is_returned(tmp_path: Path) -> None:
    model, history, _ = trained(checkpoint_path=tmp_path / "best.pt")
    saved = torch.load(tmp_path / "best.pt", weights_only=True)
    for name, value in model.state_dict().items():
        assert torch.equal(saved[name], value)
    assert plot_training_history(history).axes


def test_a_balanced_sampler_leaves_nothing_to_correct() -> None:
    data = fading(400)
    loader = DataLoader(data, batch_sampler=BalancedBatchSampler(data.tensors[1], 16))
    assert class_weights(loader, 3).tolist() == [1.0, 1.0, 1.0]
    assert class_weights(DataLoader(data, 16), 3)[2] == pytest.approx(10)


def test_infinite_losses_are_no_improvement() -> None:
    stopping = EarlyStopping(patience=2)
    assert [stopping(loss) for loss in (math.inf, math.nan, 1.0, math.inf)] == [
        False, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize("device", DEVICES)
def test_measures_are_those_of_scikit_learn(device: str) -> None:
    torch.manual_seed(1)
    logits, targets = torch.randn(300, 4, device=device), torch.randint(4, (300,), device=device)
    tracker = MetricsTracker(["A", "B", "C", "TDE"])
    for some, numbers in zip(logits.split(64), targets.split(64), strict=True):
        tracker.update(some, numbers, 1.0)
    metrics = tracker.compute_metrics()
    truth, answers = targets.cpu(), logits.argmax(dim=1).cpu()
    assert metrics["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(truth, answers))
    precision, recall, f1, _ = precision_recall_fscore_support(truth, answers)
    for kind, values in (("precision", precision), ("recall", recall), ("f1", f1)):
        got = [metrics[f"{name}_{kind}"] for name in tracker.class_names]
        assert got == pytest.approx(values.tolist())


@pytest.fixture(scope="module")
def sky() -> tuple[list[TransientLightCurve], list[str]]:
    return create_synthetic_transient_dataset(120, dict.fromkeys(MODELS, 1.0), seed=4)


def test_no_object_is_in_two_sets(sky: tuple[list[TransientLightCurve], list[str]]) -> None:
    lightcurves, labels = sky[0] + sky[0], sky[1] + sky[1]  # each object twice
    sets = split_by_object(lightcurves, labels, seed=1)
    objects = [{lightcurves[i].object_id for i in positions} for positions in sets]
    assert sorted(i for positions in sets for i in positions) == list(range(240))
    assert not objects[0] & objects[1] | objects[0] & objects[2] | objects[1] & objects[2]
    assert [len(each) for each in objects] == [72, 12, 36]


def test_simple_features_are_numbers(sky: tuple[list[TransientLightCurve], list[str]]) -> None:
    in_one_band = [lc["g"] for lc in sky[0][:5]]
    table = np.array([simple_features(lc) for lc in [*sky[0], *in_one_band]])
    assert table.shape == (125, 27)
    assert np.isfinite(table).all()


def test_batches_cut_to_the_longest(sky: tuple[list[TransientLightCurve], list[str]]) -> None:
    data = LightCurveDataset(*sky)
    torch.manual_seed(2)
    model = Time2VecTransformerEncoder(data.n_features, **SMALL).eval()
    lengths = torch.tensor([int(observed(features).sum()) for features, _ in data])
    batches = list(BatchesByLength(lengths, 16, batches_together=4))
    assert sorted(i for batch in batches for i in batch) == list(range(120))
    for batch in batches:
        whole = torch.stack([data[i][0] for i in batch])
        short, labels = cut_to_longest([data[i] for i in batch])
        assert short.shape[1] == lengths[batch].max()
        assert torch.equal(labels, data.labels[batch])
        assert torch.allclose(forward_batch(model, short), forward_batch(model, whole), atol=1e-5)


def test_bootstrap() -> None:
    truth = torch.arange(4).repeat_interleave(100)
    trackers = {"right": MetricsTracker(list("ABCD")), "guess": MetricsTracker(list("ABCD"))}
    trackers["right"].update(truth, truth, 0.0)
    trackers["guess"].update(truth.roll(50), truth, 0.0)  # half of them right
    counts = {name: bootstrap_confusions(tracker, 300) for name, tracker in trackers.items()}
    assert (counts["right"].sum(axis=(1, 2)) == 400).all()
    assert (counts["right"].sum(axis=2) == counts["guess"].sum(axis=2)).all()  # the same draws
    low, high = bootstrap_interval(recalls(counts["guess"]).mean(axis=-1))
    assert low < 0.5 < high
    assert high - low == pytest.approx(2 * 1.96 * math.sqrt(0.25 / 400), rel=0.2)
    assert table_of_measures(trackers)["right"].str.startswith("1.000").all()


def test_a_mixture_is_observed_where_either_is() -> None:
    torch.manual_seed(5)
    features = fading(12).tensors[0]
    features[0, 3:] = 0  # a short one
    mixed, soft = mixup_minority(features, torch.arange(12) % 3, 3, {0, 2}, alpha=5.0)
    assert observed(mixed)[0].sum() == 8
    loss = F.cross_entropy(torch.zeros(12, 3), soft)  # soft labels are accepted
    assert loss == pytest.approx(math.log(3))


@pytest.mark.parametrize("device", DEVICES)
def test_the_transformer_drops_out(device: str) -> None:
    torch.manual_seed(6)
    model = Time2VecTransformerEncoder(6, **SMALL, num_classes=3, dropout=0.3).to(device).eval()
    features: Tensor = fading(5).tensors[0].to(device)
    mean, spread = mc_dropout_predict(model, features, 20)
    assert torch.allclose(mean.sum(dim=1), torch.ones(5, device=device))
    assert (spread > 0).all()
    assert not any(module.training for module in model.modules())
