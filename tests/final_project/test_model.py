"""The network sees what it should see, and learns the same each time."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from solutions.final_project.encoding import COLUMNS
from solutions.final_project.model import (
    LightCurveTransformer,
    ModelConfig,
    dropout_masks,
    no_dropout,
    pad,
)
from solutions.final_project.network_training import (
    Schedule,
    batches,
    predict_logits,
    train_network,
)
from solutions.final_project.training_set import Standardisation, TrainingSet

TINY = ModelConfig(d_model=16, heads=2, layers=2, inner=16, time_embed_dim=6, num_features=4)


@pytest.fixture
def model():
    torch.manual_seed(0)
    return LightCurveTransformer(TINY).eval()


def sequences(*lengths, seed=0):
    rng = np.random.default_rng(seed)
    made = [rng.normal(size=(n, len(COLUMNS))).astype(np.float32) for n in lengths]
    for each in made:
        each[:, 0] = np.sort(rng.uniform(0, 100, len(each)))
    return made


def run(model, curves, features=None, masks=None, filler=0.0):
    rows, visible = pad(curves)
    rows[~visible] = filler
    n = len(curves)
    features = torch.zeros(n, TINY.num_features) if features is None else features
    masks = no_dropout(n, TINY) if masks is None else masks
    with torch.no_grad():
        return model(torch.from_numpy(rows), torch.from_numpy(visible), features, masks)


def test_padding_and_the_rest_of_the_batch_are_invisible(model):
    short, long = sequences(5, 30)
    alone = run(model, [short])
    for filler in (0.0, 1e4):
        together = run(model, [short, long], filler=filler)
        torch.testing.assert_close(together[0][:1], alone[0], atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(together[2][0, :5], alone[2][0], atol=1e-5, rtol=1e-4)
        assert together[2][0, 5:].abs().max() == 0


def test_weights_of_observations_add_up_to_one(model):
    weights = run(model, sequences(1, 7, 20))[2]
    torch.testing.assert_close(weights.sum(dim=1), torch.ones(3))
    assert weights[0, 0] == pytest.approx(1)


def test_time_band_flux_and_features_all_matter(model):
    curve = sequences(12)[0]
    before = run(model, [curve])[0]
    for column in range(len(COLUMNS)):
        changed = curve.copy()
        changed[::2, column] += 0.5
        assert (run(model, [changed])[0] - before).abs().max() > 1e-4, COLUMNS[column]
    other = run(model, [curve], features=torch.ones(1, TINY.num_features))[0]
    assert (other - before).abs().max() > 1e-3


def test_dropout_masks_have_their_rate_and_every_place_counts(model):
    masks = dropout_masks(2000, TINY, torch.Generator().manual_seed(1))
    assert masks.shape == (2000, TINY.places, TINY.d_model)
    assert (masks == 0).float().mean() == pytest.approx(TINY.dropout, abs=0.01)
    assert masks.mean() == pytest.approx(1, abs=0.01)
    curve = sequences(9)
    features = torch.ones(1, TINY.num_features)
    before = run(model, curve, features)[0]
    for place in range(TINY.places):
        one = no_dropout(1, TINY)
        one[:, place, ::2] = 0
        assert (run(model, curve, features, one)[0] - before).abs().max() > 1e-5, place


def small_set(n=60, seed=0):
    """Return views whose class can be told from the slope of their flux, and from a feature."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 5
    rows = sequences(*rng.integers(3, 12, n), seed=seed)
    for each, label in zip(rows, labels, strict=True):
        each[:, COLUMNS.index("flux")] = 0.2 * label * each[:, 0] / 50 + 0.1
    features = rng.normal(size=(n, 4)) + labels[:, None]
    features[0, 2] = np.nan
    ids = np.array([f"o{i}" for i in range(n)])
    whole = np.full(n, np.inf)
    return TrainingSet(
        ids, labels, np.zeros(n, int), np.ones(n, bool), rows, features, list("abcd"), whole
    )


def test_an_interrupted_training_ends_where_an_uninterrupted_one_does(tmp_path):
    data = small_set()
    inputs = Standardisation.fit(data.features).apply(data.features)
    schedule = Schedule(epochs=3, batch_size=16)
    losses = []
    whole = train_network(
        data, inputs, TINY, schedule, 5, tmp_path / "a", report=lambda e, loss, m: losses.append(e)
    )

    class Interrupted(Exception):
        pass

    def interrupt(epoch, loss, model):
        if epoch == 1:
            raise Interrupted

    with pytest.raises(Interrupted):
        train_network(data, inputs, TINY, schedule, 5, tmp_path / "b", report=interrupt)
    torch.manual_seed(99)
    resumed = train_network(data, inputs, TINY, schedule, 5, tmp_path / "b")
    assert losses == [0, 1, 2]
    for name, value in whole.state_dict().items():
        torch.testing.assert_close(resumed.state_dict()[name], value, atol=0, rtol=0)
    other = train_network(data, inputs, TINY, schedule, 6, tmp_path / "c")
    assert not torch.equal(other.classifier.weight, whole.classifier.weight)


@pytest.mark.slow
def test_a_network_learns(tmp_path):
    data = small_set(200)
    inputs = Standardisation.fit(data.features).apply(data.features)
    schedule = Schedule(epochs=15, batch_size=16, learning_rate=5e-3)
    model = train_network(data, inputs, TINY, schedule, 0, tmp_path / "x")
    unseen = small_set(100, seed=1)
    scaled = Standardisation.fit(data.features).apply(unseen.features)
    answer = predict_logits(model, unseen, scaled, size=7).argmax(axis=1)
    assert (answer == unseen.labels).mean() > 0.6


def test_batches_hold_every_view_once():
    data = small_set(53)
    numbers = np.concatenate(list(batches(data, 8, np.random.default_rng(0))))
    np.testing.assert_array_equal(np.sort(numbers), np.arange(53))


def test_standardisation_ignores_what_is_missing():
    features = np.array([[0.0, np.nan], [10.0, np.nan], [np.nan, np.nan]])
    scaled = Standardisation.fit(features).apply(features)
    assert scaled[:2, 0].tolist() == pytest.approx([-1, 1], abs=1e-4)
    assert scaled[2, 0] == 0
    assert not scaled[:, 1].any()


def test_a_training_set_survives_its_file(tmp_path):
    data = small_set(9)
    data.save(tmp_path / "set.npz")
    loaded = TrainingSet.load(tmp_path / "set.npz")
    for one, other in zip(data.rows, loaded.rows, strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(data.features, loaded.features)
    assert loaded.names == data.names
    assert loaded.object_ids.tolist() == data.object_ids.tolist()
