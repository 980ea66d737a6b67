"""Checks of 7.E1, A vector for each band."""

from __future__ import annotations

import numpy as np
import pytest

from grader.answer import Answer, Subject
from grader.course.counted import as_many
from grader.course.ex07 import forms, probes
from grader.course.ex07.checks.common import (
    NEAR,
    TINY,
    Batch,
    arguments_kept,
    array,
    broke,
    invisible_padding,
    light_curves,
    reach_everything,
    sent,
)
from grader.course.ex07.replies import BandVectors
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.course.quoted import quoted
from grader.expect import Mistake, Raises, expect, fail_if_recognised, require, showing
from grader.wire import Tensor

BANDED = "BandTime2VecTransformerEncoder"


@gate
@pytest.mark.parametrize("num_bands", [3, 6])
def test_band_vectors(learner: Subject, rng: Rng, num_bands: int) -> None:
    """Each band has a learned vector, and padding has zeros, also after training"""
    numbers = np.concatenate([[-1], rng.permutation(num_bands), rng.permutation(num_bands), [-1]])
    bands = (numbers[:, None] == np.arange(num_bands)).astype(float).reshape(2, -1, num_bands)
    rows = bands.shape[1]
    wanted = round(rng.uniform(5, 9), 2)
    sizes = {"num_bands": num_bands, "embed_dim": 4}
    got = learner.ask(probes.band_vectors, sizes, Tensor.of(bands), wanted).value
    shape = (2, rows, 4)
    before = array(got.before, shape, "The embedding of bands").reshape(-1, 4)
    check_learned(got, num_bands)
    check_start(before, numbers, num_bands)
    after = array(got.after, shape, "The embedding of bands").reshape(-1, 4)
    by_bias = 0.2 * (wanted - before).sum(axis=0)  # a bias after one step
    padding = after[numbers == -1]
    with showing(forms.BANDS_AFTERWARDS.format(wanted)):
        require(not np.allclose(padding, by_bias, atol=NEAR), "padding-learned~bias")
        require(bool(np.abs(padding).max() < NEAR), "padding-learned")
    arguments_kept(got.changes)
    moved = [np.abs(after - before)[numbers == band].max() > NEAR for band in range(num_bands)]
    with showing(forms.BANDS_AFTERWARDS.format(wanted)):
        require(all(moved), "frozen~step")


def check_learned(got: BandVectors, num_bands: int) -> None:
    """There must be a learned vector for each band, which gradients reach."""
    n_learned, wanted = got.n_learned, 4 * num_bands
    with showing("{}.requires_grad"):
        require(got.attached or not n_learned, "frozen", n_learned=n_learned)
    numbers = {"num_bands": num_bands, "n_learned": n_learned, "wanted": wanted}
    with showing(forms.BANDS_LEARNED):
        require(n_learned >= wanted, "frozen~few", **numbers)


def check_start(vectors: np.ndarray, numbers: np.ndarray, num_bands: int) -> None:
    """Bands must have different vectors, each always the same one, and padding zeros."""
    table, again = (
        np.array([vectors[numbers == band][k] for band in range(num_bands)]) for k in (0, 1)
    )
    gaps = np.abs(table[:, None] - table[None]).max(axis=2) + np.eye(num_bands)
    require(bool(gaps.min() > NEAR), "one-for-all")
    padding = vectors[numbers == -1]
    empty = np.flatnonzero(np.abs(table).max(axis=1) < NEAR)
    shared = len(empty) > 0 and bool(np.abs(padding).max() < NEAR)
    require(not shared, "padding-has-band~zero", band=empty[:1].sum())
    like_a_band = any(np.allclose(padding, vector, atol=NEAR) for vector in table)
    require(not like_a_band, "padding-has-band")
    require(bool(np.abs(padding).max() < NEAR), "padding-not-zero")
    require(np.allclose(table, again, atol=NEAR), "band-inconsistent")


@pytest.mark.parametrize("bands", [3, 6])
def test_bands_enter_by_their_vectors(learner: Subject, rng: Rng, bands: int) -> None:
    """The network knows the bands by their vectors, and only by them"""
    own = rng.is_short
    features, times, lengths = light_curves(rng, [4, 5, 6, 3, 5, 4], 6, bands)
    changed, eye = features.copy(), np.eye(bands)
    for k in range(6):  # other bands in the first two rows: each in one light curve or more
        features[k, :2, 3:], changed[k, :2, 3:] = eye[k % bands], eye[(k + 1) % bands]
    batches = [sent(features, times, lengths), sent(changed, times, lengths)]
    sizes = TINY | {"input_dim": 3 + bands, "band_embed_dim": 4}

    def pair(k: int) -> list[Batch]:
        """The first two rows of one light curve, which are enough for something to show."""
        two = np.array([2])
        return [sent(x[k : k + 1, :2], times[k : k + 1, :2], two) for x in (features, changed)]

    answer = learner.ask(probes.logits, BANDED, sizes, batches, plain=True, own=own)
    if own and broke(answer):
        few = [pair(k) for k in range(6)]
        fewer = [learner.ask(probes.logits, BANDED, sizes, two[:1], own=own) for two in few]
        answer = next(filter(broke, fewer), answer)
    fail_if_recognised(
        answer,
        Mistake(
            "three-bands-only",
            bands != 3 and broke(answer),
            n_bands=bands,
            input_dim=3 + bands,
            error=quoted(answer.raised),
        ),
    )
    one, two = (
        array(each, (6, 3), "The result for a batch of 6") for each in as_many(answer.value, 2)
    )
    unseen = [k for k in range(6) if np.abs(one - two)[k].max() < NEAR]
    if own and unseen:
        learner.ask(probes.logits, BANDED, sizes, pair(unseen[0]), plain=True, own=own)
    require(len(unseen) < 6, "bands-unused")
    k = unseen[0] if unseen else 0
    first, second = k % bands, (k + 1) % bands
    require(not unseen, "bands-unused~some", n_bands=bands, first=first, second=second)
    batches = pair(0) if own else batches
    answer = learner.ask(probes.logits_without_bands, sizes, batches, own)
    fail_if_recognised(
        answer, Mistake("no-band-embedding", Raises("AttributeError", "band_embedding"))
    )
    n = batches[0][0].shape[0]
    one, two = (
        array(each, (n, 3), f"The result for a batch of {n}") for each in as_many(answer.value, 2)
    )
    require(np.allclose(one, two, atol=NEAR), "one-hot-kept")


def test_embed(learner: Subject, rng: Rng) -> None:
    """The band's vector follows the columns before FIRST_BAND, as the base class takes them"""
    rows, own = rng.size(5, least=2), rng.is_short
    features, times, _ = light_curves(rng, [rows - 1, rows], rows)
    features[..., 0] += 20.0  # rescaling makes a difference
    sizes = TINY | {"band_embed_dim": 2, "nhead": 4, "num_classes": 4}
    given = Tensor.of(features), Tensor.of(times)
    answer = learner.ask(probes.banded_embedding, sizes, *given, own)
    fail_if_recognised(
        answer, Mistake("no-band-embedding", Raises("AttributeError", "band_embedding"))
    )
    got = answer.value
    with showing("any(model.band_embedding is m for m in model.modules())"):
        require(got.registered, "not-registered")
    lost = [one.name for one in got.lost]
    with showing(forms.SIZES[lost[0]] if lost else "{}"):
        require(not lost, "sizes-lost", names="` and `".join(lost))
    vectors = array(got.vectors, (2, rows, 2), "With band_embed_dim = 2, `self.band_embedding`")
    array(got.embedding, (2, rows, 8), "With d_model = 8, the result of `embed`")
    if got.weight is None or got.bias is None:  # no linear layer whose weights say what it takes
        return
    weight = array(got.weight, (4, 5), "The weight of `self.input_projection`")
    bias = array(got.bias, (4,), "The bias of `self.input_projection`")

    def embedded(*columns: np.ndarray, scale: bool = True) -> Tensor:
        rows = np.concatenate(columns, axis=2)
        scaled = rows * np.array([0.01 if scale else 1, 1, 1, 1, 1])
        return Tensor.of(np.concatenate([scaled @ weight.T + bias, timed], axis=2))

    timed = 0.01 * times * np.arange(1, 5)  # what the stand-in for Time2Vec gives
    if own:
        timed = array(got.timed, (2, rows, 4), "The embedding of the times")
    measured = features[..., :3]
    expect(
        Answer(got.embedding),
        embedded(measured, vectors),
        Mistake("vector-first", embedded(vectors, measured)),
        Mistake("not-rescaled", embedded(measured, vectors, scale=False)),
        what="what `embed` returns",
        atol=NEAR,
    )


def test_banded_encoder(learner: Subject, rng: Rng) -> None:
    """Padding is invisible to it, and gradients reach every parameter"""
    invisible_padding(learner, rng, BANDED, train=False)
    reach_everything(learner, rng, BANDED)
