"""Checks of 6.2, One observation after another."""

from __future__ import annotations

import numpy as np
import pytest

from grader.answer import Answer, Subject
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
    check_rescaled,
    check_unchanged,
    longer,
    shaped,
)
from grader.course.gates import gate
from grader.course.oracles import Rng, light_curves
from grader.expect import Mistake, approx_equal, fail_if_recognised, require
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
    for some in (x, light_curves(rng, [1, 1], 1)):
        plain, padded = asked(learner, LSTM, some, longer(some, 5))
        require(approx_equal(plain, padded, 1e-4, 1e-5), "padding-matters~longer")


def test_lstm_batch(learner: Subject, rng: Rng) -> None:
    """The order of a batch makes no difference, nor what else is in it"""
    check_batch(learner, rng, LSTM)


def test_lstm_reads_in_order(learner: Subject, rng: Rng) -> None:
    """The order of the observations counts, and all of them are read"""
    x = light_curves(rng, [6, 6, 6], 8)
    backwards = np.concatenate([x[:, 5::-1], x[:, 6:]], axis=1)
    changes = [x.copy() for _ in range(6)]
    for row, changed in enumerate(changes):
        changed[:, row, 1] += 3
    plain, reversed_, *others = asked(learner, LSTM, x, backwards, *changes)
    require(not approx_equal(plain, reversed_, 1e-5, 1e-6), "order-does-not-count")
    unread = [row for row, other in enumerate(others) if approx_equal(plain, other, 0.0, 1e-7)]
    require(not unread, "observation-lost", rows=unread)


def test_lstm_state(learner: Subject, rng: Rng) -> None:
    """The last layer's hidden state after the last observation is classified"""
    x = light_curves(rng, [5], 5)
    got = learner.ask(probes.states, LSTM[1], Tensor.of(x)).value
    parts = (got.output, got.hidden, got.cell, got.taken)
    if not all(isinstance(part, Tensor) for part in parts):
        return  # made in another way, so that the state cannot be seen
    output, hidden, cell = (part.array for part in parts[:3])
    if output.shape != (5, 8) or hidden.shape != (2, 8) or cell.shape != (2, 8):
        return
    fail_if_recognised(
        Answer(got.taken),
        Mistake("cell-taken", Tensor.of(cell[-1])),
        Mistake("first-layer-taken", Tensor.of(hidden[0])),
        Mistake("mean-of-states", Tensor.of(output.mean(axis=0))),
        Mistake("mean-of-states~sum", Tensor.of(output.sum(axis=0))),
        Mistake("mean-of-states~maximum", Tensor.of(output.max(axis=0))),
        Mistake("mean-of-states~first", Tensor.of(output[0])),
        Mistake("mean-of-states~layers", Tensor.of(hidden.mean(axis=0))),
        Mistake("mean-of-states~all-layers", Tensor.of(hidden.sum(axis=0))),
    )
    right = approx_equal(got.taken, Tensor.of(hidden[-1]), 1e-4, 1e-5)
    require(right or not approx_equal(output[-1], hidden[-1], 1e-4, 1e-5), "other-state")


def test_lstm_rescaled(learner: Subject, rng: Rng) -> None:
    """The LSTM is given `rescale(x)`"""
    check_rescaled(learner, rng, LSTM)


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
    network = (LSTM[0], [N_FEATURES, 8, num_layers, N_CLASSES])
    check_dropout(learner, rng, network)
    one_layer = [N_FEATURES, 8, 1, N_CLASSES]
    x = Tensor.of(light_curves(rng, [6, 4, 5, 6], 6))
    chance = learner.ask(probes.dropped_in, LSTM[0], one_layer, x).value
    require(len(chance) != 1 or chance[0], "no-dropout~late")
    if num_layers > 1:
        chance = learner.ask(probes.dropped_in, *network, x).value
        require(len(chance) != 2 or chance[0], "no-dropout~between")


def test_lstm_weights(learner: Subject, rng: Rng) -> None:
    """All layers are registered and learn"""
    inputs, hidden, _, classes = LSTM[1]
    x = Tensor.of(light_curves(rng, [3, 2], 3))
    one, two = (
        learner.ask(probes.gradients, LSTM[0], [inputs, hidden, n, classes], x) for n in (1, 2)
    )
    if one.raised is None and two.raised is None:
        same = one.value.weights == two.value.weights
        require(not same, "num-layers-ignored", weights=one.value.weights)
    at_least = 4 * hidden * (inputs + 3 * hidden) + classes * hidden
    check_gradients(learner, rng, LSTM, at_least)


@gate
def test_lstm_overfits(learner: Subject, rng: Rng) -> None:
    """It can learn a single batch"""
    check_overfits(learner, rng, (LSTM[0], [N_FEATURES, 24, 1, N_CLASSES]))
