"""Checks of 7.E2, While it happens."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.ex07 import probes
from grader.course.ex07.checks.common import (
    MODES,
    NEAR,
    TINY,
    Rows,
    array,
    few_observations,
    invisible_padding,
    light_curves,
    names_both,
    reach_everything,
    sent,
    whole,
)
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, approx_equal, expect, require
from grader.wire import Tensor

LARGE = 20.0  # what is subtracted from a score to hide a row, at least
MODE_NAMES = {False: "evaluation", True: "training"}
CAUSAL = "CausalTime2VecTransformerEncoder"


@gate
@MODES
def test_no_look_ahead(learner: Subject, rng: Rng, train: bool) -> None:
    """A later observation changes no earlier logits, and all later ones"""
    features, times, lengths = light_curves(rng, [7, 7, 7, 5, 5, 5], 8)
    changed, late = features.copy(), times.copy()
    changed[:, 3, :2] += rng.uniform(1, 2, (6, 2))
    late[:, 3] += 0.3
    first = features.copy()
    first[:, 0, :2] += rng.uniform(1, 2, (6, 2))
    batches = [(features, times, lengths), (changed, late, lengths), (features, times, lengths - 2)]
    batches += [(first, times, lengths), batches[0]]
    own = rng.is_short
    options: dict[str, Any] = {"train": train, "plain": True, "own": own}
    got = whole(learner, CAUSAL, *batches, method="forward_steps", **options)

    def show(k: int) -> None:
        """Ask for the first light curve in two batches, where something to show is looked for."""
        if own:
            pair = ((x[:1, :7], t[:1, :7], n[:1]) for x, t, n in (batches[0], batches[k]))
            whole(learner, CAUSAL, *pair, method="forward_steps", **options)

    what, mode = "The result of `forward_steps` for 6 light curves", MODE_NAMES[train]
    if not all(map(is_finite, got)):
        row = blind_row(learner, batches[0], own)
        require(row is None, "row-sees-nothing", row=row)
    one, two, fewer, three, again = (array(each, (6, 8, 3), what) for each in got)
    require(np.allclose(one, again, atol=NEAR), "not-repeatable", what="The same batch", mode=mode)
    change = np.abs(one - two).max(axis=2)
    if change[:, :3].max() > NEAR:
        found = looks_ahead(learner, batches[0], own)
        if found.key in ("pooling-looks-ahead", "mask-looks-ahead"):
            show(1)
        raise found
    same = bool(np.abs(one - fewer)[:, :3].max() < NEAR)
    if not same:
        show(2)
    require(same, "length-known")
    show(1)
    require(bool(change[:, 3].max() > 1e-6), "own-row-hidden")
    unseen = change[:, 4].max() < 1e-6 or change[:3, 4:7].max(axis=0).min() < 1e-6
    require(not unseen, "past-hidden", first=3)
    show(3)
    unseen = np.abs(one - three)[:3, 1:7].max(axis=(0, 2)).min() < 1e-6
    require(not unseen, "past-hidden", first=0)


def is_finite(value: Any) -> bool:
    return not isinstance(value, Tensor) or bool(np.isfinite(value.array).all())


def causal_mask(learner: Subject, batch: tuple[Any, ...], own: bool) -> Any:
    """The mask that the transformer is given for the first light curve; None if there is none."""
    first = sent(*(each[:1] for each in batch))
    return learner.ask(probes.attention_mask, TINY, first, own).value


def grid_of(mask: Any) -> np.ndarray | None:
    """The mask as an array (8, 8), True for rows not to look at, if it has such a shape."""
    if not isinstance(mask, Tensor) or mask.shape[-2:] != (8, 8) or not mask.array.size:
        return None
    values: np.ndarray = mask.array.reshape(-1, 8, 8)[0]
    return values if mask.dtype == "bool" else values < -LARGE


def blind_row(learner: Subject, batch: tuple[Any, ...], own: bool) -> int | None:
    """The first row that the mask lets look at nothing, if there is one."""
    grid = grid_of(causal_mask(learner, batch, own))
    if grid is None or not grid.all(axis=1).any():
        return None
    return int(grid.all(axis=1).argmax())


def looks_ahead(learner: Subject, batch: tuple[Any, ...], own: bool) -> Finding:
    """What to say about logits that depend on later observations."""
    mask = causal_mask(learner, batch, own)
    if mask is None:
        return Finding("no-causal-mask")
    grid = grid_of(mask)
    if grid is None:
        return Finding("mask-looks-ahead")
    later = np.triu(np.ones(grid.shape, dtype=bool), 1)
    if mask.dtype != "bool" and not grid.any():
        value = float(mask.array.reshape(-1, 8, 8)[0, 0, 1])
        return Finding("mask-of-numbers", dtype=mask.dtype, value=value)
    if grid[later.T].any() and not grid[later].any():
        return Finding("mask-transposed")
    if grid[later].all():
        return Finding("pooling-looks-ahead")
    i, j = (int(k) for k in np.argwhere(later & ~grid)[0])
    return Finding("mask-looks-ahead~row", i=i, j=j)


def test_rows_are_classified(learner: Subject, rng: Rng) -> None:
    """The logits in row i are those of row i, or of the mean of rows 0, ..., i"""
    rows = rng.size(5, least=2)
    features, times, lengths = light_curves(rng, [rows, rows], rows)
    got = learner.ask(probes.steps, TINY, sent(features, times, lengths), rng.is_short).value
    if got is None:  # the transformer is called in another way
        return
    logits = array(got.logits, (2, rows, 3), "The result of `forward_steps` for 2 light curves")
    shares, logs = logits, np.exp(np.minimum(logits, 50.0))
    of_each = bool((shares >= 0).all()) and np.allclose(shares.sum(axis=2), 1, atol=NEAR)
    require(not of_each, "softmax")
    require(not np.allclose(logs.sum(axis=2), 1, atol=NEAR), "softmax~log")
    right = [approx_equal(got.logits, each, NEAR, NEAR) for each in (got.of_rows, got.of_means)]
    require(any(right), "neither-row-nor-mean")


def test_last_observation(learner: Subject, rng: Rng) -> None:
    """`forward` gives the logits after the last observation, not after the last row"""
    batch, own = light_curves(rng, [3, 8, 1], 8), rng.is_short
    steps = whole(learner, CAUSAL, batch, method="forward_steps", train=None, own=own)
    values = whole(learner, CAUSAL, batch, train=None, own=own)
    for mode in MODE_NAMES:
        if own:  # what both methods return for one light curve, to be shown
            few = sent(batch[0][:1, :5], batch[1][:1, :5], batch[2][:1])
            learner.ask(probes.both_methods, TINY, few, mode)
        table = array(steps[mode], (3, 8, 3), "The result of `forward_steps` for 3 light curves")
        check_last(table, array(values[mode], (3, 3), "The result for a batch of 3"), batch, mode)


def check_last(table: np.ndarray, got: np.ndarray, batch: Rows, mode: bool) -> None:
    """The logits are those in the rows of the last observations."""
    want = np.array([table[k, n - 1] for k, n in enumerate(batch[2])])
    following = np.array([table[k, min(n, 7)] for k, n in enumerate(batch[2])])
    means = np.array([table[k, :n].mean(axis=0) for k, n in enumerate(batch[2])])
    expect(
        Answer(got),
        want,
        Mistake("last-row", table[:, -1]),
        Mistake("off-by-one", following),
        Mistake("mean-of-steps", means),
        what=f"the logits (in {MODE_NAMES[mode]})",
        rtol=NEAR,
        atol=NEAR,
    )


def test_causal_padding(learner: Subject, rng: Rng) -> None:
    """Padding is invisible, and light curves of one observation or none have finite logits"""
    invisible_padding(learner, rng, CAUSAL, train=False)
    invisible_padding(learner, rng, CAUSAL, train=True, method="forward_steps")
    few_observations(learner, rng, CAUSAL)


def test_causal_too_long(learner: Subject, rng: Rng) -> None:
    """More than max_seq_len rows, and no fewer, are a ValueError; gradients reach all parameters"""
    own = rng.is_short
    (fits,) = whole(learner, CAUSAL, light_curves(rng, [3, 7], 12), own=own)
    array(fits, (2, 3), "With 12 rows and max_seq_len = 12, the result")
    batch = light_curves(rng, [3, 7], 13)
    for method in ("forward_steps", "forward"):
        answer = learner.ask(probes.logits, CAUSAL, TINY, [sent(*batch)], method=method, own=own)
        names_both(
            answer,
            (13, 12),
            f"`{method}` with 13 rows and max_seq_len = 12",
            Mistake("length-not-checked", answer.raised is None, method=method),
        )
    reach_everything(learner, rng, CAUSAL)


def test_steps_in_training(learner: Subject, rng: Rng) -> None:
    """`forward_steps` changes no argument, and drops out in training"""
    reach_everything(learner, rng, CAUSAL, "forward_steps")
