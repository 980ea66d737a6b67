"""Checks of 7.5, From rows to logits."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.answer import Answer, Finding, Question, Subject
from grader.course.counted import as_many
from grader.course.ex07 import probes
from grader.course.ex07.checks.common import (
    ENCODER,
    MODES,
    TINY,
    Rows,
    array,
    classified,
    embedded,
    few_observations,
    invisible_padding,
    light_curves,
    names_both,
    reach_everything,
    sent,
)
from grader.course.gates import gate, twice
from grader.course.oracles import Rng, softmax
from grader.expect import Mistake, approx_equal, expect
from grader.wire import Tensor


def simple_weights(rng: Rng) -> dict[str, np.ndarray]:
    """Weights of a projection from 6 to 3 components and of a classifier from 6 to 4 classes."""
    return {"projection": rng.normal(size=(3, 6)), "classifier": rng.normal(size=(4, 6))}


def masks_of(rows: int) -> Tensor:
    """Row n is the padding mask of a light curve of n observations."""
    return Tensor.of(np.arange(rows) >= np.arange(rows + 1)[:, None])


@gate
@twice
def test_embed(learner: Subject, rng: Rng) -> None:
    """`embed` puts the projection of the rescaled features beside the embedding of the time"""
    weights, rows = simple_weights(rng), rng.size(5, least=2)
    features, times, _ = light_curves(rng, [rows, rows - 1], rows)
    times += 3.0
    tensors = {name: Tensor.of(value) for name, value in weights.items()}
    given = Tensor.of(features), Tensor.of(times)
    answer = learner.ask(probes.embed, tensors, masks_of(5), *given, rng.is_short)
    want = embedded(weights, features, times)
    projected, timed = want[..., :3], want[..., 3:]
    raw = features @ weights["projection"].T + 0.1
    expect(
        answer,
        Tensor.of(want),
        Mistake("added", Tensor.of(projected + timed)),
        Mistake("times-ignored", Tensor.of(embedded(weights, features, times - 3.0))),
        Mistake("time-first", Tensor.of(np.concatenate([timed, projected], axis=2))),
        Mistake("not-rescaled", Tensor.of(np.concatenate([raw, timed], axis=2))),
        Mistake("times-rescaled", Tensor.of(np.concatenate([projected, timed / 100], axis=2))),
        what="what `embed` returns",
    )


POOLS = {
    "masked mean": lambda hidden, n, longest: hidden[:n].mean(axis=0),
    "mean of all rows": lambda hidden, n, longest: hidden.mean(axis=0),
    "sum of all rows": lambda hidden, n, longest: hidden.sum(axis=0) / n,
    "divided by rows": lambda hidden, n, longest: hidden[:n].sum(axis=0) / len(hidden),
    "divided by longest": lambda hidden, n, longest: hidden[:n].sum(axis=0) / longest,
    "sum": lambda hidden, n, longest: hidden[:n].sum(axis=0),
    "last row": lambda hidden, n, longest: hidden[-1],
    "last observation": lambda hidden, n, longest: hidden[n - 1],
    "first row": lambda hidden, n, longest: hidden[0],
    "maximum": lambda hidden, n, longest: hidden[:n].max(axis=0),
}


def simply_embedded(batch: Rows) -> np.ndarray:
    """What the stand-in for `embed` makes of rows."""
    features, times, _ = batch
    return 0.2 * features + 0.01 * times + 0.1


def worked_out(
    weights: dict[str, np.ndarray],
    batch: Rows,
    masked: bool = True,
    pool: str = "masked mean",
    vectors: np.ndarray | None = None,
) -> np.ndarray:
    """Logits of the encoder with simple layers, light curve by light curve."""
    lengths = batch[2]
    logits = []
    vectors = simply_embedded(batch) if vectors is None else vectors
    for rows, n in zip(vectors, lengths, strict=True):
        attended = rows[:n] if masked else rows
        vector = POOLS[pool](rows + 0.5 * attended.mean(axis=0), n, max(lengths))
        logits.append(classified(weights, vector))
    return np.array(logits)


def mean_of_logits(weights: dict[str, np.ndarray], batch: Rows) -> np.ndarray:
    """The mean over the observations of what the classifier makes of each."""
    every = [rows[:n] for rows, n in zip(simply_embedded(batch), batch[2], strict=True)]
    hidden = [rows + 0.5 * rows.mean(axis=0) for rows in every]
    return np.array([classified(weights, rows).mean(axis=0) for rows in hidden])


def test_logits(learner: Subject, rng: Rng) -> None:
    """The mean over the observations of what the transformer makes of them is classified"""
    batch = light_curves(rng, [2, 6, 1, 4], 8)
    try:
        check_logits(learner, simple_weights(rng), batch)
    except Finding as failure:
        if rng.is_short:
            failure.question = pooling(learner, light_curves(rng, [1, 2], 3))
        raise


def pooling(learner: Subject, batch: Rows) -> Question | None:
    """A question about few rows without stand-ins, if what comes back is not as it should be."""
    for seed in range(1, 6):  # a small classifier may hide a difference
        answer = learner.ask(probes.pooled, seed, sent(*batch))
        got, want = as_many(answer.value, 2)
        if not approx_equal(got, want, 1e-3, 1e-3):
            return answer.question
    return None


def check_logits(learner: Subject, weights: dict[str, np.ndarray], batch: Rows) -> None:
    """The logits of the encoder with simple layers are those of the mean over the observations."""
    tensors = {name: Tensor.of(value) for name, value in weights.items()}
    got = learner.ask(probes.simple_logits, tensors, masks_of(8), sent(*batch)).value
    mask, observed = got.mask, np.arange(8) < batch[2][:, None]
    inverted = isinstance(mask, Tensor) and np.array_equal(mask.array, observed)

    def outcome(pool: str, masked: bool = True) -> Tensor:
        return Tensor.of(worked_out(weights, batch, masked, pool))

    logits, want = Answer(got.logits), outcome("masked mean")
    own = worked_out(weights, batch, vectors=embedded(weights, *batch[:2]))
    both = isinstance(got.logits, Tensor) and isinstance(got.again, Tensor)
    random = both and not approx_equal(got.logits, got.again, 1e-4, 1e-4)
    leaks = any(approx_equal(logits.result, outcome(pool, masked=False)) for pool in POOLS)
    expect(
        logits,
        want,
        Mistake("random-in-evaluation", random, what="The same batch"),
        Mistake("mask-inverted", inverted),
        Mistake("embed-not-called", Tensor.of(own)),
        Mistake("mask-not-passed", leaks),
        Mistake("mean-over-padding", outcome("mean of all rows")),
        Mistake("mean-over-padding~sum", outcome("sum of all rows")),
        Mistake("divided-by-seq-len", outcome("divided by rows")),
        Mistake("divided-by-seq-len~longest", outcome("divided by longest")),
        Mistake("sum-not-mean", outcome("sum")),
        Mistake("last-row", outcome("last row")),
        Mistake("mean-of-logits", Tensor.of(mean_of_logits(weights, batch))),
        Mistake("one-row-only", outcome("last observation"), which="of the last observation"),
        Mistake("one-row-only", outcome("first row"), which="of the first observation"),
        Mistake("maximum", outcome("maximum")),
        Mistake("softmax", Tensor.of(softmax(want.array))),
        what="the logits",
    )


def test_too_many_rows(learner: Subject, rng: Rng) -> None:
    """More rows than max_seq_len are a ValueError that names both numbers; as many are not"""
    weights = {name: Tensor.of(value) for name, value in simple_weights(rng).items()}

    def asked(batch: Rows, longest: int) -> Answer[Any]:
        if rng.is_short:
            sizes = TINY | {"max_seq_len": longest, "num_classes": 4}
            return learner.ask(probes.logits, ENCODER, sizes, [sent(*batch)], own=True)
        masks = masks_of(batch[0].shape[1])
        return learner.ask(probes.simple_logits, weights, masks, sent(*batch), longest=longest)

    got = asked(light_curves(rng, [3, 7], 7), 7).value
    (logits,) = got if isinstance(got, list) else [got.logits]
    array(logits, (2, 4), "With 7 rows and max_seq_len = 7, the result")
    batch = light_curves(rng, [3, 7], 9)
    answer = asked(batch, 8)
    accepted = answer.raised is None
    full = (*batch[:2], np.array([3, 9]))
    of_longest = accepted and asked(full, 8).raised is not None
    names_both(
        answer,
        (9, 8),
        "A batch of 9 rows with max_seq_len = 8",
        Mistake("length-not-checked~longest", of_longest),
        Mistake("length-not-checked", accepted),
    )


@MODES
def test_padding_is_invisible(learner: Subject, rng: Rng, train: bool) -> None:
    """Neither the number of padded rows, nor what stands in them, nor the company matters"""
    invisible_padding(learner, rng, ENCODER, train)


def test_few_observations(learner: Subject, rng: Rng) -> None:
    """A light curve of one observation or none has finite logits, and disturbs nobody"""
    few_observations(learner, rng, ENCODER)


def test_gradients(learner: Subject, rng: Rng) -> None:
    """In training finite gradients reach all parameters, dropout works, and no argument changes"""
    reach_everything(learner, rng, ENCODER)
