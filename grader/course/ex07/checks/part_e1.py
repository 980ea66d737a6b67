"""Checks of 7.E1, A vector for each band."""

from __future__ import annotations

import numpy as np
import pytest

from grader.answer import Subject
from grader.course.ex07 import probes
from grader.course.ex07.checks.common import (
    NEAR,
    TINY,
    Rng,
    array,
    broke,
    invisible_padding,
    light_curves,
    reach_everything,
    sent,
)
from grader.course.gates import gate
from grader.expect import Mistake, Raises, fail_if_recognised, require
from grader.wire import Tensor

BANDED = "BandTime2VecTransformerEncoder"


@gate
@pytest.mark.parametrize("num_bands", [3, 6])
def test_band_vectors(learner: Subject, rng: Rng, num_bands: int) -> None:
    """Each band has a learned vector, and padding has zeros, also after training"""
    numbers = np.concatenate([[-1], rng.permutation(num_bands), rng.permutation(num_bands), [-1]])
    bands = (numbers[:, None] == np.arange(num_bands)).astype(float).reshape(2, -1, num_bands)
    rows = bands.shape[1]
    wanted = rng.normal(size=(2, rows, 4))
    sizes = {"num_bands": num_bands, "embed_dim": 4}
    got = learner.ask(probes.band_vectors, sizes, Tensor.of(bands), Tensor.of(wanted)).value
    shape = (2, rows, 4)
    before = array(got["before"], shape, "The embedding of bands").reshape(-1, 4)
    table = np.array([before[numbers == band][0] for band in range(num_bands)])
    require(got["attached"] or not got["learned"], "frozen")
    require(
        got["learned"] >= 4 * num_bands,
        "frozen~2",
        num_bands=num_bands,
        learned=got["learned"],
        num_bands2=4 * num_bands,
    )
    gaps = np.abs(table[:, None] - table[None]).max(axis=2) + np.eye(num_bands)
    require(bool(gaps.min() > NEAR), "one-for-all")
    padding = before[numbers == -1]
    like_a_band = any(np.allclose(padding, vector, atol=NEAR) for vector in table)
    require(not like_a_band, "padding-has-band")
    require(bool(np.abs(padding).max() < NEAR), "padding-not-zero")
    again = np.array([before[numbers == band][1] for band in range(num_bands)])
    require(np.allclose(table, again, atol=NEAR), "same-band-two")
    after = array(got["after"], shape, "The embedding of bands").reshape(-1, 4)
    require(bool(np.abs(after[numbers == -1]).max() < NEAR), "padding-learned")
    moved = [np.abs(after - before)[numbers == band].max() > NEAR for band in range(num_bands)]
    require(all(moved), "frozen~3")


@pytest.mark.parametrize("bands", [3, 6])
def test_bands_enter_by_their_vectors(learner: Subject, rng: Rng, bands: int) -> None:
    """The network knows the bands by their vectors, and only by them"""
    features, times, lengths = light_curves(rng, [4, 5], 6, bands)
    changed = features.copy()
    changed[:, :2, 3:] = np.roll(changed[:, :2, 3:], 1, axis=2)  # other bands in the first two rows
    batches = [sent(features, times, lengths), sent(changed, times, lengths)]
    sizes = TINY | {"input_dim": 3 + bands, "band_embed_dim": 4}
    answer = learner.ask(probes.logits, BANDED, sizes, batches)
    fail_if_recognised(
        answer,
        Mistake(
            "three-bands-only",
            bands != 3 and broke(answer),
            bands=bands,
            bands2=3 + bands,
            raised_=answer.raised,
        ),
    )
    one, two = (array(each, (2, 3), "The result for a batch of 2") for each in answer.value)
    require(bool(np.abs(one - two).max() > NEAR), "bands-unused")
    answer = learner.ask(probes.logits_without_bands, sizes, batches)
    fail_if_recognised(
        answer, Mistake("no-band-embedding", Raises("AttributeError", "band_embedding"))
    )
    one, two = (array(each, (2, 3), "The result for a batch of 2") for each in answer.value)
    require(np.allclose(one, two, atol=NEAR), "one-hot-kept")


def test_banded_encoder(learner: Subject, rng: Rng) -> None:
    """Padding is invisible to it, and gradients reach every parameter"""
    invisible_padding(learner, rng, BANDED, train=False)
    reach_everything(learner, rng, BANDED)
