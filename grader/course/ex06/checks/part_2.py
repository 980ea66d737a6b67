"""Checks of 6.2, One observation after another."""

from __future__ import annotations

import numpy as np

from grader.answer import Answer, Subject
from grader.course.counted import as_many
from grader.course.ex06 import probes
from grader.course.ex06.checks.common import N_CLASSES, N_FEATURES, Memory, remembered
from grader.course.ex06.checks.networks import (
    Batches,
    Network,
    check_batch,
    check_empty,
    check_gradients,
    check_logits,
    check_overfits,
    check_unchanged,
    logits_of,
    longer,
    shaped,
    shared_batches,
)
from grader.course.ex06.checks.within import (
    check_dropout,
    check_end,
    check_nothing_dropped_last,
    check_rescaled,
)
from grader.course.ex06.replies import Inside
from grader.course.gates import gate
from grader.course.oracles import Rng, light_curves
from grader.expect import Mistake, approx_equal, fail_if_recognised, require
from grader.wire import Tensor

LSTM: Network = ("LightCurveLSTM", [N_FEATURES, 8, 2, N_CLASSES])


def plan(rng: Rng) -> dict[str, Batches]:
    """All that the network is asked."""
    x, single = light_curves(rng, [3, 6, 1, 5], 9), light_curves(rng, [1, 1], 1)
    full = light_curves(rng, [6, 6], 8)
    changes = [full.copy() for _ in range(6)]
    for row, changed in enumerate(changes):
        changed[:, row, 1] += 3
    backwards = np.concatenate([full[:, 5::-1], full[:, 6:]], axis=1)
    return shared_batches(rng, LSTM) | {
        "padding": Batches(LSTM, [x, longer(x, 5)]),
        "single": Batches(LSTM, [single, longer(single, 5)]),
        "order": Batches(LSTM, [full, backwards, *changes]),
    }


def test_lstm_logits(learner: Subject, rng: Rng, memory: Memory) -> None:
    """Logits of shape (batch, num_classes), even for a batch of one"""
    check_logits(logits_of(learner, rng, memory, plan))


def test_lstm_padding(learner: Subject, rng: Rng, memory: Memory) -> None:
    """The lengths count: more padding makes no difference"""
    logits = logits_of(learner, rng, memory, plan)
    plain, padded = logits.of("padding")  # speaks first if it cannot be asked at all
    x = logits.plan["padding"].batches[0]
    given = [Tensor.of([3, 6, 1, 5]), Tensor.of(np.full(4, 9))]
    answer = learner.ask(probes.logits_by_lengths, LSTM[1], Tensor.of(x), given)
    told, whole = (shaped(got, *x.shape[:2]) for got in as_many(answer.value, 2))
    require(not np.allclose(told, whole, 1e-5, 1e-6), "lengths-ignored")
    require(approx_equal(plain, padded, 1e-4, 1e-5), "padding-matters~longer")
    plain, padded = logits.of("single")
    require(approx_equal(plain, padded, 1e-4, 1e-5), "padding-matters~next-row")


def test_lstm_batch(learner: Subject, rng: Rng, memory: Memory) -> None:
    """The order of a batch makes no difference, nor does anything else in it"""
    check_batch(logits_of(learner, rng, memory, plan))


def test_lstm_reads_in_order(learner: Subject, rng: Rng, memory: Memory) -> None:
    """The order of the observations counts, and all of them are read"""
    plain, reversed_, *others = logits_of(learner, rng, memory, plan).of("order")
    require(not np.allclose(plain, reversed_, 1e-5, 1e-6), "order-does-not-count")
    unread = [row for row, other in enumerate(others) if np.allclose(plain, other, 0.0, 1e-7)]
    require(not unread, "observation-lost", rows=unread)


def inside(learner: Subject, rng: Rng, memory: Memory) -> tuple[Inside, np.ndarray]:
    """What goes on inside the network, with one light curve of five observations."""

    def ask() -> tuple[np.ndarray, Answer[Inside]]:
        x = light_curves(rng, [5], 5)
        x[..., 0] += 30.0
        return x, learner.ask(probes.inside, *LSTM, Tensor.of(x))

    x, answer = remembered(learner, memory, "inside", ask)
    return answer.value, x


def test_lstm_state(learner: Subject, rng: Rng, memory: Memory) -> None:
    """The last layer's hidden state after the last observation is classified; nothing follows"""
    got, _ = inside(learner, rng, memory)
    check_end(got, rows_each=1)
    read = [layer for layer in got.layers if layer.kind == "LSTM"]
    taken = [layer.given for layer in got.layers if layer.kind == "Linear"][:1]
    parts = [part for one in read for part in (one.out, one.hidden, one.cell)] + taken
    if len(parts) != 4 or not all(isinstance(part, Tensor) for part in parts):
        return  # made in another way, so that the state cannot be seen
    output, hidden, cell, state = (part.array for part in parts)
    if [one.shape for one in (output, hidden, cell, state)] != [(5, 8), (2, 8), (2, 8), (1, 8)]:
        return
    fail_if_recognised(
        Answer(state[0]),
        Mistake("cell-taken", cell[-1]),
        Mistake("first-layer-taken", hidden[0]),
        Mistake("mean-of-states", output.mean(axis=0)),
        Mistake("mean-of-states~sum", output.sum(axis=0)),
        Mistake("mean-of-states~maximum", output.max(axis=0)),
        Mistake("mean-of-states~first", output[0]),
        Mistake("mean-of-states~layers", hidden.mean(axis=0)),
        Mistake("mean-of-states~all-layers", hidden.sum(axis=0)),
        rtol=1e-4,
        atol=1e-5,
    )
    right = approx_equal(state[0], hidden[-1], 1e-4, 1e-5)
    require(right or not approx_equal(output[-1], hidden[-1], 1e-4, 1e-5), "other-state")


def test_lstm_rescaled(learner: Subject, rng: Rng, memory: Memory) -> None:
    """The LSTM is given `rescale(x)`"""
    got, x = inside(learner, rng, memory)
    check_rescaled(got, x, {5: x[0]})


def test_lstm_is_one(learner: Subject) -> None:
    """The recurrent layers are those of an LSTM, and have the given sizes"""
    answer = learner.ask(probes.recurrent_layers, [4, 7, 3, N_CLASSES])
    layers = [layer for layer in answer.value if len(layer) == 4]
    for kind, *_ in layers:
        require(str(kind).startswith("LSTM"), "not-an-lstm", kind=kind)
    if layers:
        inputs, hidden, n_layers = layers[0][1], layers[0][2], [layer[3] for layer in layers]
        require(inputs == 4, "lstm-sizes", name="input_size", want=4, got=inputs)
        require(hidden == 7, "lstm-sizes", name="hidden_size", want=7, got=hidden)
        if all(isinstance(n, int) for n in n_layers):
            n = sum(n_layers)
            require(n == 3, "num-layers-ignored~three", got=n)


def test_lstm_empty(learner: Subject, rng: Rng) -> None:
    """A light curve without observations has finite logits"""
    check_empty(learner, rng, (LSTM[0], [N_FEATURES, 8, 2, 3]))


def test_lstm_unchanged(learner: Subject, rng: Rng) -> None:
    """Neither the features nor the lengths are changed"""
    check_unchanged(learner, rng, LSTM, [5, 0, 3])


def test_lstm_dropout(learner: Subject, rng: Rng) -> None:
    """Dropout while training, and only then, however many layers there are"""
    all_sizes = [[N_FEATURES, 8, n, N_CLASSES] for n in (1, 2)]
    one, two = found = check_dropout(learner, rng, LSTM[0], all_sizes)
    require(not any(one.states), "dropout-before-layers~lstm")
    require(len(one.linear) != 1 or one.linear[0], "no-dropout~late")
    require(len(two.states) != 1 or two.states[0], "no-dropout~between")
    check_nothing_dropped_last(found)


def test_lstm_weights(learner: Subject, rng: Rng) -> None:
    """All layers are registered and learn"""
    inputs, hidden, _, classes = LSTM[1]
    x = Tensor.of(light_curves(rng, [3, 2], 3))
    answer = learner.ask(probes.gradients, *LSTM, x, [[inputs, hidden, 1, classes]])
    if answer.raised is None:
        weights = answer.value.weights
        require(answer.value.others != [weights], "num-layers-ignored", weights=weights)
    check_gradients(answer, LSTM, 4 * hidden * (inputs + 3 * hidden) + classes * hidden)


@gate
def test_lstm_overfits(learner: Subject, rng: Rng) -> None:
    """It can learn a single batch"""
    check_overfits(learner, rng, (LSTM[0], [N_FEATURES, 24, 1, N_CLASSES]))
