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
from grader.expect import Mistake, Raises, approx_equal, fail_if_recognised, require, shown
from grader.wire import Tensor


def layer(learner: Subject, name: str, *inputs: np.ndarray, **changes: Any) -> list[Any]:
    """What one of the encoder's layers returns for each of the inputs."""
    options = {key: changes.pop(key) for key in ("train", "src_key_padding_mask") if key in changes}
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
            error=answer.raised,
        ),
        Mistake(
            "heads-fixed", Raises("AssertionError", "divisible by num_heads"), nhead=used["nhead"]
        ),
        Mistake(
            "batch-first-forgotten",
            "src_key_padding_mask" in options
            and bool(answer.raised and "mask" in answer.raised.message),
            error=answer.raised,
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
        require(kind == "module", "not-a-module", name=name, kind=shown_kind)
    right = approx_equal(got.max_seq_len, 12)
    require(right, "other-max-seq-len", max_seq_len=shown(got.max_seq_len))


def kind_of_name(name: str) -> str:
    """The name of a type with its article."""
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def test_widths(learner: Subject, rng: Rng) -> None:
    """Projection, time embedding and classifier have the widths asked for"""
    sizes = {"d_model": 12, "nhead": 3, "time_embed_dim": 5, "num_classes": 4}
    rows = rng.normal(size=(2, 3, 6))
    (projected,) = layer(learner, "input_projection", rows, **sizes)
    full = isinstance(projected, Tensor) and projected.shape == (2, 3, 12)
    require(not full, "projection-too-wide")
    array(projected, (2, 3, 7), "With d_model 12 and time_embed_dim 5, the projection")
    (embedded,) = layer(learner, "time_embedding", days(rng, 2, 3, 1), **sizes)
    array(embedded, (2, 3, 5), "With time_embed_dim 5, the embedding of times")
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
    require(gap("transformer", (2, 5, 8), 8, dropout=0.6) > NEAR, "dropout-fixed")


@pytest.mark.parametrize("train", [False, True])
def test_classifier_takes_each_vector_by_itself(learner: Subject, rng: Rng, train: bool) -> None:
    """The classifier takes any number of axes, and no vector changes the logits of another"""
    rows = rng.normal(size=(2, 5, 8))
    other = rows.copy()
    other[1] += rng.normal(size=(5, 8))
    answer = learner.ask(
        probes.layer, TINY, "classifier", [Tensor.of(rows), Tensor.of(other)], train=train
    )
    fail_if_recognised(
        answer, Mistake("classifier-mixes~refuses", broke(answer), error=answer.raised)
    )
    what = "The classifier's output for shape (2, 5, 8)"
    one, two = (array(each, (2, 5, 3), what) for each in as_many(answer.value, 2))
    require(bool(np.abs(one - two)[0].max() < NEAR), "classifier-mixes")


@pytest.mark.parametrize("train", [False, True])
def test_axes(learner: Subject, rng: Rng, train: bool) -> None:
    """Observations attend to those of their own light curve, and not to those that are masked"""
    hidden = rng.normal(size=(3, 5, 8))
    other_curve, other_row = hidden.copy(), hidden.copy()
    other_curve[1] += rng.normal(size=(5, 8))
    other_row[:, 4] += rng.normal(size=(3, 8))
    same, curve, row = (
        array(each, (3, 5, 8), "The transformer's output for shape (3, 5, 8)")
        for each in layer(learner, "transformer", hidden, other_curve, other_row, train=train)
    )
    mixed = np.abs(curve - same)[[0, 2]].max() > NEAR
    require(not mixed, "batch-first-forgotten~mixed")
    require(bool(np.abs(row - same)[:, :4].max() > NEAR), "no-attention")
    mask = Tensor.of(np.broadcast_to(np.arange(5) == 4, (3, 5)))
    pair = (hidden, other_row)
    masked = layer(learner, "transformer", *pair, train=train, src_key_padding_mask=mask)
    one, two = (array(each, (3, 5, 8), "The transformer's output with a mask") for each in masked)
    require(bool(np.abs(one - two)[:, :4].max() < NEAR), "mask-ignored")


def test_numbers_of_layers_and_heads(learner: Subject, rng: Rng) -> None:
    """There are num_layers layers, each with parameters of its own, and nhead heads"""
    one, two, four = (
        learner.ask(probes.layers, TINY | {"num_layers": n}).value.n_learned for n in (1, 2, 4)
    )
    grows = two > one and four - two == 2 * (two - one)
    require(grows, "layers-fixed", of_one=one, of_two=two, of_four=four)
    hidden = rng.normal(size=(2, 5, 8))
    (few,) = layer(learner, "transformer", hidden, nhead=1)
    (many,) = layer(learner, "transformer", hidden, nhead=4)
    first, second = (array(each, (2, 5, 8), "The transformer's output") for each in (few, many))
    require(bool(np.abs(first - second).max() > NEAR), "heads-fixed~same")
