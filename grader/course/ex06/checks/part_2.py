"""Checks of 6.2, One observation after another."""

from __future__ import annotations

import numpy as np
import pytest

from grader.answer import Subject
from grader.course.counted import as_many
from grader.course.ex06 import probes
from grader.course.ex06.checks.common import N_CLASSES, N_FEATURES
from grader.course.ex06.checks.networks import (
    LSTM,
    asked,
    check_batch,
    check_dropout,
    check_empty,
    check_gradients,
    check_logits,
    check_overfits,
    check_unchanged,
    longer,
    shaped,
)
from grader.course.gates import gate
from grader.course.oracles import Rng, light_curves
from grader.expect import approx_equal, require
from grader.wire import Tensor


def test_lstm_logits(learner: Subject, rng: Rng) -> None:
    """Logits of shape (batch, num_classes), also for a batch of one"""
    check_logits(learner, rng, LSTM)


def test_lstm_padding(learner: Subject, rng: Rng) -> None:
    """The lengths count: more padding makes no difference"""
    lengths = np.array([3, 6, 1, 5])
    x = light_curves(rng, list(lengths), 9)
    given = [Tensor.of(lengths), Tensor.of(np.full(4, 9))]
    answer = learner.ask(probes.logits_by_lengths, LSTM[1], Tensor.of(x), given)
    asked(learner, LSTM, x)  # speaks first if it cannot be asked at all
    told, whole = (shaped(got, *x.shape[:2]) for got in as_many(answer.value, 2))
    require(not approx_equal(told, whole, 1e-5, 1e-6), "lengths-ignored")
    plain, padded = asked(learner, LSTM, x, longer(x, 5))
    require(approx_equal(plain, padded, 1e-4, 1e-5), "padding-matters~longer")


def test_lstm_batch(learner: Subject, rng: Rng) -> None:
    """The order of a batch makes no difference, nor what else is in it"""
    check_batch(learner, rng, LSTM)


def test_lstm_reads_in_order(learner: Subject, rng: Rng) -> None:
    """The order of the observations counts, and all of them are read"""
    x = light_curves(rng, [6, 6, 6], 6)
    plain, backwards, rest, start = asked(learner, LSTM, x, x[:, ::-1], x[:, 1:], x[:, :-1])
    require(not approx_equal(plain, backwards, 1e-5, 1e-6), "order-does-not-count")
    require(not approx_equal(plain, rest, 1e-5, 1e-6), "first-observation-lost")
    require(not approx_equal(plain, start, 1e-5, 1e-6), "last-observation-lost")


def test_lstm_is_one(learner: Subject) -> None:
    """The recurrent layers are those of an LSTM"""
    kinds = learner.ask(probes.recurrent_layers, LSTM[1]).value
    for kind in kinds:
        require(kind.startswith("LSTM"), "not-an-lstm", kind=kind)


def test_lstm_empty(learner: Subject, rng: Rng) -> None:
    """A light curve without observations has finite logits"""
    check_empty(learner, rng, LSTM)


def test_lstm_unchanged(learner: Subject, rng: Rng) -> None:
    """Neither the features nor the lengths are changed"""
    answer = learner.ask(probes.logits, *LSTM, [Tensor.of(light_curves(rng, [0, 2], 3))])
    if answer.raised is None:  # otherwise another check reports that
        check_unchanged(learner, rng, LSTM)


@pytest.mark.parametrize("num_layers", [1, 2])
def test_lstm_dropout(learner: Subject, rng: Rng, num_layers: int) -> None:
    """Dropout while training, and only then, however many layers there are"""
    check_dropout(learner, rng, (LSTM[0], [N_FEATURES, 8, num_layers, N_CLASSES]))


def test_lstm_weights(learner: Subject, rng: Rng) -> None:
    """All layers are registered and learn"""
    inputs, hidden, _, classes = LSTM[1]
    check_gradients(learner, rng, LSTM, 4 * hidden * (inputs + 3 * hidden) + classes * hidden)


@gate
def test_lstm_overfits(learner: Subject, rng: Rng) -> None:
    """It can learn a single batch"""
    check_overfits(learner, rng, (LSTM[0], [N_FEATURES, 24, 1, N_CLASSES]))
