"""Checks of 7.3, The encoder's layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.answer import Subject
from grader.course.counted import as_many
from grader.course.ex07 import probes
from grader.course.ex07.checks.common import ENCODER, NEAR, TINY, array, broke, days, names_both
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.course.quoted import quoted
from grader.expect import Mistake, Raises, approx_equal, fail_if_recognised, require, shown
from grader.wire import Tensor


def layer(learner: Subject, name: str, *inputs: np.ndarray, **changes: Any) -> list[Any]:
    """What one of the encoder's layers returns for each of the inputs."""
    names = ("train", "strength", "src_key_padding_mask")
    options = {key: changes.pop(key) for key in names if key in changes}
    tensors = [Tensor.of(each) for each in inputs]
    used = TINY | changes
    answer = learner.ask(probes.layer, used, name, tensors, **options)
    fail_if_recognised(
        answer,
        Mistake(
            "too-strict",
            Raises("ValueError"),
            d_model=used["d_model"],
            time_embed_dim=used["time_embed_dim"],
            nhead=used["nhead"],
            error=quoted(answer.raised),
        ),
        Mistake(
            "heads-fixed",
            Raises("AssertionError", "divisible by num_heads"),
            d_model=used["d_model"],
            nhead=used["nhead"],
            error=quoted(answer.raised),
        ),
    )
    return as_many(answer.value, len(inputs))


ASSERTED = Mistake("assert-for-value-error", Raises("AssertionError"))


@pytest.mark.parametrize(("d_model", "time_embed_dim"), [(12, 12), (12, 20)])
def test_no_room(learner: Subject, d_model: int, time_embed_dim: int) -> None:
    """d_model not greater than time_embed_dim is a ValueError that names both"""
    sizes = TINY | {"d_model": d_model, "time_embed_dim": time_embed_dim}
    answer = learner.ask(probes.constructed, ENCODER, sizes)
    names_both(
        answer,
        (d_model, time_embed_dim),
        f"d_model = {d_model} with time_embed_dim = {time_embed_dim}",
        ASSERTED,
        Mistake(
            "room-not-checked",
            answer.raised is None or broke(answer),
            d_model=d_model,
            time_embed_dim=time_embed_dim,
        ),
    )


def test_heads_do_not_fit(learner: Subject) -> None:
    """d_model not divisible by nhead is a ValueError that names both"""
    answer = learner.ask(probes.constructed, ENCODER, TINY | {"d_model": 14, "nhead": 4})
    own = bool(answer.raised and "num_heads" in answer.raised.message)
    names_both(
        answer,
        (14, 4),
        "d_model = 14 with nhead = 4",
        Mistake("heads-not-checked", answer.raised is None or own),
        ASSERTED,
    )


@gate
def test_attributes(learner: Subject) -> None:
    """The attributes are there, and PyTorch knows of them"""
    got = learner.ask(probes.layers, TINY).value
    for name, kind in got.kinds.items():
        shown_kind = kind_of_name(kind)
        require(kind != "NoneType", "attribute-missing", name=name)
        require(kind != "list", "plain-list", name=name, kind=shown_kind)
        require(kind != "unregistered", "not-registered", name=name)
        require(kind == "module", "not-a-module", name=name, kind=shown_kind)
    require(not got.frozen, "frozen", names="`, `self.".join(got.frozen))
    right = approx_equal(got.max_seq_len, 12)
    require(right, "other-max-seq-len", max_seq_len=shown(got.max_seq_len))


def kind_of_name(name: str) -> str:
    """The name of a type with its article."""
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def test_widths(learner: Subject, rng: Rng) -> None:
    """Projection, time embedding and classifier have the widths asked for"""
    sizes = {"d_model": 12, "nhead": 3, "time_embed_dim": 5, "num_classes": 4}
    rows = rng.normal(size=(1, 4, 6))
    rows[:, 2] = 0.0
    rows[:, 3] = rows[:, 0] + rows[:, 1]
    (value,) = layer(learner, "input_projection", rows, **sizes)
    full = isinstance(value, Tensor) and value.shape == (1, 4, 12)
    require(not full, "projection-too-wide")
    what = "With d_model 12 and time_embed_dim 5, the projection"
    one, two, none, both = array(value, (1, 4, 7), what)[0]
    require(np.allclose(one + two, both + none, atol=NEAR), "projection-not-linear")
    times = days(rng, 2, 3, 1)
    (embedded,) = layer(learner, "time_embedding", times, **sizes)
    timed = array(embedded, (2, 3, 5), "With time_embed_dim 5, the embedding of times")
    stands_in = 0.01 * times * np.arange(1, 6)  # what the stand-in for Time2Vec gives
    require(np.allclose(timed, stands_in, atol=NEAR), "not-time2vec")
    (classified,) = layer(learner, "classifier", rng.normal(size=(2, 12)), **sizes)
    array(classified, (2, 4), "With 4 classes, the classifier's output")


def test_dropout(learner: Subject, rng: Rng) -> None:
    """The dropout is that of the argument, in the transformer and in the classifier"""

    def gap(name: str, shape: tuple[int, ...], width: int, dropout: float) -> float:
        """The largest difference between two calls with the same input, in training."""
        values = rng.normal(size=shape)
        got = layer(learner, name, values, values, train=True, dropout=dropout)
        what = f"What `self.{name}` returns"
        one, two = (array(each, (*shape[:-1], width), what) for each in got)
        return float(np.abs(one - two).max())

    for name, shape, width in (("transformer", (2, 5, 8), 8), ("classifier", (20, 8), 3)):
        require(gap(name, shape, width, dropout=0.0) < NEAR, "dropout-fixed~zero", name=name)
        rates = learner.ask(probes.dropout_rates, TINY | {"dropout": 0.6}, name).value
        others = [rate for rate in rates if abs(rate - 0.6) > NEAR]
        require(not others, "dropout-fixed~rate", name=name, rates=others)
    require(gap("transformer", (2, 5, 8), 8, dropout=0.6) > NEAR, "dropout-fixed")


@pytest.mark.parametrize("train", [False, True])
def test_classifier_takes_each_vector_by_itself(learner: Subject, rng: Rng, train: bool) -> None:
    """The classifier takes any number of axes, and no vector changes the logits of another"""
    rows = rng.normal(size=(2, 5, 8))
    other = rows.copy()
    other[1] += rng.normal(size=(5, 8))
    tensors = [Tensor.of(each) for each in (rows, other, rows)]
    answer = learner.ask(probes.layer, TINY, "classifier", tensors, train=train)
    error = quoted(answer.raised)
    fail_if_recognised(
        answer,
        Mistake("classifier-mixes~normalised", Raises("RuntimeError", "running_mean"), error=error),
        Mistake("classifier-mixes~refuses", broke(answer), error=error),
    )
    what = "The classifier's output for shape (2, 5, 8)"
    one, two, again = (array(each, (2, 5, 3), what) for each in as_many(answer.value, 3))
    mode = "training" if train else "evaluation"
    repeats = np.allclose(one, again, atol=NEAR)
    require(repeats, "not-repeatable", what="The same input of `self.classifier`", mode=mode)
    require(bool(np.abs(one - two)[0].max() < NEAR), "classifier-mixes", mode=mode)


def test_logits_are_not_probabilities(learner: Subject, rng: Rng) -> None:
    """The classifier returns logits, which may be any numbers, and no probabilities"""
    (value,) = layer(learner, "classifier", rng.normal(0, 3, (40, 8)), strength=100.0)
    logits = array(value, (40, 3), "The classifier's output for shape (40, 8)")
    low, high = float(logits.min()), float(logits.max())
    sums, of_exp = logits.sum(axis=1), np.exp(np.minimum(logits, 100.0)).sum(axis=1)
    require(not (low >= 0 and np.allclose(sums, 1, atol=NEAR)), "softmax")
    require(not np.allclose(of_exp, 1, atol=NEAR), "softmax~log")
    require(low < 0, "no-negative-logits", low=low, high=high)
    require(max(high, -low) > 1 + NEAR, "no-large-logits")


@pytest.mark.parametrize("train", [False, True])
def test_axes(learner: Subject, rng: Rng, train: bool) -> None:
    """Observations attend to those of their own light curve, and not to those that are masked"""
    hidden = rng.normal(size=(3, 5, 8))
    other_curve, other_row = hidden.copy(), hidden.copy()
    other_curve[1] += rng.normal(size=(5, 8))
    other_row[:, 4] += rng.normal(size=(3, 8))
    inputs = (hidden, other_curve, other_row, hidden)
    same, curve, row, again = (
        array(each, (3, 5, 8), "The transformer's output for shape (3, 5, 8)")
        for each in layer(learner, "transformer", *inputs, train=train)
    )
    mode = "training" if train else "evaluation"
    repeats = np.allclose(same, again, atol=NEAR)
    require(repeats, "not-repeatable", what="The same input of `self.transformer`", mode=mode)
    mixed = np.abs(curve - same)[[0, 2]].max() > NEAR
    attends = np.abs(row - same)[:, :4].max() > NEAR
    require(attends or not mixed, "batch-first-forgotten")
    require(not mixed, "curves-mixed", mode=mode)
    require(attends, "no-attention")
    mask = Tensor.of(np.broadcast_to(np.arange(5) == 4, (3, 5)))
    pair = (hidden, other_row)
    masked = layer(learner, "transformer", *pair, train=train, src_key_padding_mask=mask)
    one, two = (array(each, (3, 5, 8), "The transformer's output with a mask") for each in masked)
    require(bool(np.abs(one - two)[:, :4].max() < NEAR), "mask-ignored")


def test_numbers_of_layers_and_heads(learner: Subject, rng: Rng) -> None:
    """There are num_layers layers, each with its own parameters, and nhead heads"""
    made = [learner.ask(probes.layers, TINY | {"num_layers": n}).value for n in (1, 2, 4)]
    one, two, four = (each.n_learned for each in made)
    listed = [each.n_layers for each in made]
    as_large = one == two == four
    require(not (as_large and listed == [1, 2, 4]), "layers-fixed~shared", n_learned=one)
    ignored = as_large and listed == [listed[0]] * 3 != [0] * 3
    require(not ignored, "layers-fixed~ignored", n_layers=listed[0])
    grows = two > one and four - two == 2 * (two - one)
    require(grows, "layers-fixed", of_one=one, of_two=two, of_four=four)
    hidden = rng.normal(size=(2, 5, 8))
    (few,) = layer(learner, "transformer", hidden, nhead=1)
    (many,) = layer(learner, "transformer", hidden, nhead=4)
    first, second = (array(each, (2, 5, 8), "The transformer's output") for each in (few, many))
    require(bool(np.abs(first - second).max() > NEAR), "heads-fixed~same")
