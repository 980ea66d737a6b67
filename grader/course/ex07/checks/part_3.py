"""Checks of 7.3, The encoder's layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.answer import Subject
from grader.course.counted import as_many
from grader.course.ex07 import forms, probes
from grader.course.ex07.checks.common import ENCODER, NEAR, TINY, array, broke, days, names_both
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.course.quoted import quoted
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    fail_if_recognised,
    require,
    showing,
    shown,
)
from grader.wire import Tensor


def layer(learner: Subject, name: str, *inputs: np.ndarray, **changes: Any) -> list[Any]:
    """What one of the encoder's layers returns for each of the inputs."""
    names = ("train", "strength", "src_key_padding_mask", "own")
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
def test_no_room(learner: Subject, rng: Rng, d_model: int, time_embed_dim: int) -> None:
    """d_model not greater than time_embed_dim is a ValueError that names both"""
    sizes = TINY | {"d_model": d_model, "time_embed_dim": time_embed_dim}
    answer = learner.ask(probes.constructed, ENCODER, sizes, rng.is_short)
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


def test_heads_do_not_fit(learner: Subject, rng: Rng) -> None:
    """d_model not divisible by nhead is a ValueError that names both"""
    sizes = TINY | {"d_model": 14, "nhead": 4}
    answer = learner.ask(probes.constructed, ENCODER, sizes, rng.is_short)
    own = bool(answer.raised and "num_heads" in answer.raised.message)
    names_both(
        answer,
        (14, 4),
        "d_model = 14 with nhead = 4",
        Mistake("heads-not-checked", answer.raised is None),
        Mistake("heads-not-checked~pytorch", own, error=quoted(answer.raised)),
        ASSERTED,
    )


@gate
def test_attributes(learner: Subject, rng: Rng) -> None:
    """The attributes are there, and PyTorch knows of them"""
    got = learner.ask(probes.layers, TINY, rng.is_short).value
    for name, kind in got.kinds.items():
        shown_kind = kind_of_name(kind)
        with showing(forms.KIND.format(name)):
            require(kind != "NoneType", "attribute-missing", name=name)
            require(kind != "list", "plain-list", name=name, kind=shown_kind)
        with showing(forms.REGISTERED.format(name)):
            require(kind != "unregistered", "not-registered", name=name)
        with showing(forms.KIND.format(name)):
            require(kind == "module", "not-a-module", name=name, kind=shown_kind)
    with showing(forms.FROZEN):
        require(not got.frozen, "frozen", names="`, `self.".join(got.frozen))
    with showing("getattr(model, 'max_seq_len', None)"):
        right = approx_equal(got.max_seq_len, 12)
        require(right, "other-max-seq-len", max_seq_len=shown(got.max_seq_len))


def kind_of_name(name: str) -> str:
    """The name of a type with its article."""
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def test_widths(learner: Subject, rng: Rng) -> None:
    """Projection, time embedding and classifier have the widths asked for"""
    own = rng.is_short
    sizes = {"d_model": 12, "nhead": 3, "time_embed_dim": 5, "num_classes": 4, "own": own}
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
    if own:
        kind = learner.ask(probes.time_embedding, TINY).value
        require(kind == "Time2Vec", "not-time2vec")
    require(own or np.allclose(timed, stands_in, atol=NEAR), "not-time2vec")
    (classified,) = layer(learner, "classifier", rng.normal(size=(2, 12)), **sizes)
    array(classified, (2, 4), "With 4 classes, the classifier's output")


def test_dropout(learner: Subject, rng: Rng) -> None:
    """The dropout is that of the argument, in the transformer and in the classifier"""
    own, n = rng.is_short, rng.size(20)

    def gap(name: str, shape: tuple[int, ...], width: int, dropout: float) -> float:
        """The largest difference between two calls with the same input, in training."""
        values = rng.normal(size=shape)
        got = layer(learner, name, values, values, train=True, dropout=dropout, own=own)
        what = f"What `self.{name}` returns"
        one, two = (array(each, (*shape[:-1], width), what) for each in got)
        return float(np.abs(one - two).max())

    rows = (2, n // 4, 8) if n > 7 else (1, n, 8)
    for name, shape, width in (("transformer", rows, 8), ("classifier", (n, 8), 3)):
        require(gap(name, shape, width, dropout=0.0) < NEAR, "dropout-fixed~zero", name=name)
        rates = learner.ask(probes.dropout_rates, TINY | {"dropout": 0.6}, name, own).value
        others = [rate for rate in rates if abs(rate - 0.6) > NEAR]
        require(not others, "dropout-fixed~rate", name=name, rates=others)
    require(gap("transformer", rows, 8, dropout=0.6) > NEAR, "dropout-fixed")


@pytest.mark.parametrize("train", [False, True])
def test_classifier_takes_each_vector_by_itself(learner: Subject, rng: Rng, train: bool) -> None:
    """The classifier takes any number of axes, and no vector changes the logits of another"""
    shape = (2, rng.size(5), 8)
    rows = rng.normal(size=shape)
    other = rows.copy()
    other[1] = rng.normal(size=shape[1:])
    tensors = [Tensor.of(each) for each in (rows, other, rows)]
    options = {"train": train, "own": rng.is_short}
    answer = learner.ask(probes.layer, TINY, "classifier", tensors, **options)
    error = quoted(answer.raised)
    fail_if_recognised(
        answer,
        Mistake("classifier-mixes~normalised", Raises("RuntimeError", "running_mean"), error=error),
        Mistake("classifier-mixes~refuses", broke(answer), error=error),
    )
    what, logits = f"The classifier's output for shape {shape}", (*shape[:2], 3)
    one, two, again = (array(each, logits, what) for each in as_many(answer.value, 3))
    mode = "training" if train else "evaluation"
    repeats = np.allclose(one, again, atol=NEAR)
    require(repeats, "not-repeatable", what="The same input of `self.classifier`", mode=mode)
    require(bool(np.abs(one - two)[0].max() < NEAR), "classifier-mixes", mode=mode)


def test_logits_are_not_probabilities(learner: Subject, rng: Rng) -> None:
    """The classifier returns logits, which may be any numbers, and no probabilities"""
    n, own = rng.size(40, least=3), rng.is_short
    (value,) = layer(learner, "classifier", rng.normal(0, 3, (n, 8)), strength=100.0, own=own)
    logits = array(value, (n, 3), f"The classifier's output for shape ({n}, 8)")
    low, high = float(logits.min()), float(logits.max())
    sums, of_exp = logits.sum(axis=1), np.exp(np.minimum(logits, 100.0)).sum(axis=1)
    require(not (low >= 0 and np.allclose(sums, 1, atol=NEAR)), "softmax")
    require(not np.allclose(of_exp, 1, atol=NEAR), "softmax~log")
    require(low < 0, "no-negative-logits", low=low, high=high, n=logits.size)
    require(max(high, -low) > 1 + NEAR, "no-large-logits", n=logits.size)


@pytest.mark.parametrize("train", [False, True])
def test_axes(learner: Subject, rng: Rng, train: bool) -> None:
    """Observations attend to those of their own light curve, and not to those that are masked"""
    shape, options = (rng.size(3, least=2), rng.size(5, least=2), 8), {"train": train}
    options["own"] = rng.is_short
    hidden = rng.normal(size=shape)
    other_curve, other_row = hidden.copy(), hidden.copy()
    other_curve[1] = rng.normal(size=shape[1:])
    other_row[:, -1] = rng.normal(size=(shape[0], 8))
    inputs = (hidden, other_curve, other_row, hidden)
    what = f"The transformer's output for shape {shape}"
    same, curve, row, again = (
        array(each, shape, what) for each in layer(learner, "transformer", *inputs, **options)
    )
    mode = "training" if train else "evaluation"
    repeats = np.allclose(same, again, atol=NEAR)
    require(repeats, "not-repeatable", what="The same input of `self.transformer`", mode=mode)
    mixed = np.delete(np.abs(curve - same), 1, axis=0).max() > NEAR
    attends = np.abs(row - same)[:, :-1].max() > NEAR
    require(attends or not mixed, "batch-first-forgotten")
    require(not mixed, "curves-mixed", mode=mode)
    require(attends, "no-attention")
    last = np.arange(shape[1]) == shape[1] - 1
    mask = Tensor.of(np.broadcast_to(last, shape[:2]))
    pair = (hidden, other_row)
    masked = layer(learner, "transformer", *pair, **options, src_key_padding_mask=mask)
    one, two = (array(each, shape, "The transformer's output with a mask") for each in masked)
    require(bool(np.abs(one - two)[:, :-1].max() < NEAR), "mask-ignored")


def test_numbers_of_layers_and_heads(learner: Subject, rng: Rng) -> None:
    """There are num_layers layers, each with its own parameters, and nhead heads"""
    numbers, own = [1, 2, 4], rng.is_short
    got = learner.ask(probes.depths, TINY, numbers, own).value
    sizes = as_many(got.n_learned, 3)
    one, two, four = sizes
    listed = as_many(got.n_layers, 3)
    as_large = one == two == four
    require(not (as_large and listed == numbers), "layers-fixed~shared", n_learned=one)
    ignored = as_large and listed == [listed[0]] * 3 != [0] * 3
    require(not ignored, "layers-fixed~ignored", n_layers=listed[0])
    grows = two > one and four - two == 2 * (two - one)
    require(grows, "layers-fixed", of_one=one, of_two=two, of_four=four)
    hidden = rng.normal(size=(2, 5, 8))
    (few,) = layer(learner, "transformer", hidden, nhead=1, own=own)
    (many,) = layer(learner, "transformer", hidden, nhead=4, own=own)
    first, second = (array(each, (2, 5, 8), "The transformer's output") for each in (few, many))
    same = bool(np.abs(first - second).max() <= NEAR)
    if same and own:
        learner.ask(probes.heads, TINY | {"nhead": 4}).value  # noqa: B018, asked to be shown
    require(not same, "heads-fixed~same")
