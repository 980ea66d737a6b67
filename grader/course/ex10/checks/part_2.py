"""Checks of 10.2, A hundred opinions."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.ex10 import probes
from grader.course.ex10.checks.common import N_ROWS, Array, epistemic_mistakes
from grader.course.gates import gate
from grader.course.oracles import Rng, light_curves, softmax
from grader.expect import Mistake, expect, fail_if_recognised, kind_of, require
from grader.wire import Tensor

KEYS = ("predictions", "epistemic_uncertainty", "aleatoric_uncertainty", "prediction_samples")


def summary(samples: Array) -> dict[str, Array]:
    """The four keys, in float64."""
    p = samples.astype(float)
    centre = p.mean(axis=0)
    return {
        "predictions": centre,
        "epistemic_uncertainty": ((p - centre) ** 2).mean(axis=0).sum(axis=-1),
        "aleatoric_uncertainty": (p * (1 - p)).sum(axis=-1).mean(axis=0),
        "prediction_samples": p,
    }


def expect_summary(got: Any, samples: Array) -> None:
    want = summary(samples)
    if not isinstance(got, dict) or any(key not in got for key in KEYS):
        expect(Answer(got), {key: Tensor.of(value) for key, value in want.items()})
    p, centre = want["prediction_samples"], want["predictions"]
    with np.errstate(divide="ignore", invalid="ignore"):
        of_logits = softmax(np.log(p).mean(axis=0))
    parts: dict[str, list[Mistake]] = {
        "predictions": [
            Mistake("logits-averaged", Tensor.of(of_logits)),
            Mistake("mean-over-batch", Tensor.of(p.mean(axis=1))),
        ],
        "epistemic_uncertainty": epistemic_mistakes(p),
        "aleatoric_uncertainty": [
            Mistake("total-for-aleatoric", Tensor.of((centre * (1 - centre)).sum(axis=-1))),
            Mistake("mean-over-classes", Tensor.of((p * (1 - p)).mean(axis=(0, 2)))),
        ],
        "prediction_samples": [],
    }
    for key, mistakes in parts.items():
        expect(Answer(got[key]), Tensor.of(want[key]), *mistakes, what=f"`{key}`")


@gate
def test_summary(learner: Subject, rng: Rng) -> None:
    """Mean, epistemic and aleatoric part, which add up to the total"""
    for shape in ((rng.size(6, least=2), rng.size(5), 3), (1, 2, 4), (3, 1, 2)):
        samples = softmax(rng.normal(0, 2, shape)).astype(np.float32)
        expect_summary(learner.ask(probes.summarised, Tensor.of(samples)).value, samples)


def samples_of(got: Any, shape: tuple[int, ...]) -> Array:
    """The samples in a summary, which are probabilities of that shape."""
    if not isinstance(got, dict) or "prediction_samples" not in got:
        raise Finding("not-a-summary", got=kind_of(got))
    p = array_of(got["prediction_samples"], shape, "`prediction_samples`")
    over_samples, over_batch, over_classes = (
        bool(np.allclose(p.sum(axis=axis), 1, atol=1e-3)) for axis in (0, 1, 2)
    )
    require(over_classes or not over_samples, "softmax-over-samples")
    require(over_classes or not over_batch, "softmax-over-batch")
    require(over_classes, "no-softmax")
    return p


def array_of(got: Any, shape: tuple[int, ...], what: str) -> Array:
    """The values of a tensor, which must be of that shape, in float64."""
    expect(Answer(got), Tensor.of(np.zeros(shape)), what=what, atol=math.inf)
    return got.array.astype(float)


ALL_ON = {"num_layers": 2, "mc_layers": 2, "mc_dropout_rate": 0.5, "dropout": 0.0}


def test_samples(learner: Subject, rng: Rng) -> None:
    """Many different answers, their summary, in one batch and without gradients"""
    x = light_curves(rng, [7, 3, 5], N_ROWS)
    got = learner.ask(probes.asked, ALL_ON, Tensor.of(x), 12, again=True).value
    p = samples_of(got.answer, (12, 3, 3))
    require(float(np.ptp(p, axis=0).max()) > 1e-5, "samples-alike")
    expect_summary(got.answer, p)
    require(not got.gradients, "gradients-kept")
    require("gradients" not in got.left, "gradients-left-off")
    require("no_grad" not in got.left, "gradients-switched-on")
    require("parameters" not in got.left, "parameters-frozen")
    few = got.n_calls <= 6
    require(few, "loop-over-samples", n_curves=3, n_samples=12, n_calls=got.n_calls)
    require(not np.array_equal(p, samples_of(got.again, (12, 3, 3))), "same-every-time")


def test_modes(learner: Subject, rng: Rng) -> None:
    """Nothing but Monte Carlo dropout is on, and the mode is what it was before"""
    x = light_curves(rng, [4, 7], N_ROWS)
    settings = {"num_layers": 2, "dropout": 0.6, "mc_dropout_rate": 0.0}
    for training, n, lengths in ((True, 6, [4, 7]), (False, 2, [4])):
        batch = Tensor.of(x[: len(lengths)])
        got = learner.ask(probes.asked, settings, batch, n, training, normed=True).value
        p = samples_of(got.answer, (n, len(lengths), 3))
        if len(lengths) > 1 and not np.allclose(p, p[0], atol=1e-5):
            alone = learner.ask(probes.asked_one_by_one, settings, batch, lengths).value
            refuse_mixed(p, array_of(alone, (2, 3), "the answer for single light curves"))
        alike = np.allclose(p, p[0], atol=1e-5)  # in training mode, if it comes to the other
        only_attention = got.dropping == ["MultiheadAttention"]
        require(alike or not only_attention, "everything-in-training-mode~attention")
        require(alike or not training, "everything-in-training-mode")
        require(alike, "everything-in-training-mode~part")
        require("the batch normalisation" not in got.left, "batch-norm-learns")
        require(not got.gradients, "gradients-kept")
        expect_summary(got.answer, p)
        mode = "training" if training else "evaluation"
        require(got.training is training, "mode-not-restored", mode=mode)


def refuse_mixed(p: Array, alone: Array) -> None:
    """Samples without dropout are not those of copies that were put back in another order."""
    n_samples, batch = p.shape[:2]
    places = np.arange(n_samples * batch)
    one_after_another = (places // n_samples).reshape(n_samples, batch)
    in_turn = (places % batch).reshape(batch, n_samples).T
    side_by_side = np.allclose(p, alone[one_after_another], atol=1e-4)
    require(not side_by_side, "light-curves-mixed")
    require(not np.allclose(p, alone[in_turn], atol=1e-4), "light-curves-mixed~repeated")


def test_order(learner: Subject, rng: Rng) -> None:
    """Light curves keep their order, and neither padding nor the others matter"""
    check_order(learner, rng)
    nothing = Tensor.of(np.zeros((1, N_ROWS, 6), dtype=np.float32))
    answer = learner.ask(probes.asked, ALL_ON, nothing, 1, lengths=[0])
    raised = answer.raised
    fail_if_recognised(answer, Mistake("empty-crashes~alone", raised is not None, error=raised))
    require(not holds_nan(answer.value.answer), "empty-gives-nan")
    samples_of(answer.value.answer, (1, 1, 3))


def check_order(learner: Subject, rng: Rng) -> None:
    """Several light curves, one of them without observations."""
    lengths = [2, 7, 0, 5, 3]
    x = light_curves(rng, [n and N_ROWS for n in lengths], N_ROWS)  # the padding is not zero
    settings = {"num_layers": 2, "dropout": 0.0, "mc_dropout_rate": 0.0}
    alone = learner.ask(probes.asked_one_by_one, settings, Tensor.of(x), lengths).value
    want = array_of(alone, (5, 3), "the answer for single light curves")
    answer = learner.ask(probes.asked, settings, Tensor.of(x), 3, lengths=lengths)
    if answer.raised is not None and not answer.raised.is_a("NotImplementedError"):
        filled = Tensor.of(x[[0, 1, 3, 4]])
        others = [n for n in lengths if n]
        works = learner.ask(probes.asked, settings, filled, 3, lengths=others).raised is None
        fail_if_recognised(answer, Mistake("empty-crashes", works, error=answer.raised))
    got = answer.value.answer
    require("arguments" not in answer.value.left, "features-changed")
    require(not holds_nan(got), "empty-gives-nan")
    samples = samples_of(got, (3, 5, 3))
    refuse_mixed(samples, want)
    p = samples[0]
    mixed = np.allclose(np.sort(p, axis=0), np.sort(want, axis=0), atol=1e-4)
    require(np.allclose(p, want, atol=1e-4) or not mixed, "order-lost")
    if not np.allclose(p, want, atol=1e-4):
        read = learner.ask(probes.asked_one_by_one, settings, Tensor.of(x), lengths, True).value
        padded = array_of(read, (5, 3), "the answer for single light curves")
        rows = np.flatnonzero(lengths)
        require(not np.allclose(p[rows], padded[rows], atol=1e-4), "padding-read")
    expect(
        Answer(Tensor.of(p)),
        Tensor.of(want),
        Mistake("softmax-twice", Tensor.of(softmax(want))),
        what="the probabilities without dropout",
        atol=1e-4,
    )


def holds_nan(got: Any) -> bool:
    """Whether the samples of a summary hold NaN."""
    samples = got.get("prediction_samples") if isinstance(got, dict) else None
    return isinstance(samples, Tensor) and bool(np.isnan(samples.array).any())


def test_distribution(learner: Subject, rng: Rng) -> None:
    """Mean and variance over many samples are those of all possible masks"""
    n_samples, p, width = 2000, 0.4, 4
    weight, bias = rng.normal(0, 2, (3, width)), rng.normal(0, 0.5, 3)
    x = light_curves(rng, [5, 2], N_ROWS)
    tensors = (Tensor.of(weight), Tensor.of(bias), Tensor.of(x))
    crowd = learner.ask(probes.crowd, p, *tensors, n_samples).value
    hidden = array_of(crowd.hidden, (2, width), "the hidden layer")
    masks = np.array(list(itertools.product([0, 1], repeat=width)))  # (16, width), 1 is kept
    chance = np.prod(np.where(masks == 1, 1 - p, p), axis=1)  # (16,)
    outcomes = softmax((masks[:, None] * hidden / (1 - p)) @ weight.T + bias)  # (16, 2, 3)
    centre = np.einsum("m,mbc->bc", chance, outcomes)
    spread = np.einsum("m,mbc->bc", chance, (outcomes - centre) ** 2)
    got = samples_of(crowd.answer, (n_samples, 2, 3))
    require(fits_a_mask(got, outcomes) or not fits_a_mask(got, softmax(outcomes)), "softmax-twice")
    require(fits_a_mask(got, outcomes), "fits-no-mask")
    n_calls = crowd.n_calls
    fields = {"n_curves": 2, "n_samples": n_samples, "n_calls": n_calls}
    require(n_calls <= 4, "loop-over-samples", **fields)
    one, other = (np.abs(got[:, None] - outcomes).max(axis=-1).argmin(axis=1)).T
    require(not np.array_equal(one, other), "masks-shared")
    error = np.sqrt(spread / n_samples)
    require(
        bool((np.abs(got.mean(axis=0) - centre) < 6 * error + 1e-4).all()),
        "few-masks",
        n_samples=n_samples,
        got=got.mean(axis=0)[0].round(3),
        want=centre[0].round(3),
        error=6 * error[0].max(),
    )
    fourth = np.einsum("m,mbc->bc", chance, (outcomes - centre) ** 4)
    error = np.sqrt((fourth - spread**2).clip(0) / n_samples)
    require(
        bool((np.abs(got.var(axis=0) - spread) < 6 * error + 1e-4).all()),
        "few-masks~variance",
        n_samples=n_samples,
        got=got.var(axis=0)[0].round(4),
        want=spread[0].round(4),
    )


def fits_a_mask(got: Array, outcomes: Array) -> bool:
    """Whether each sample (samples, batch, classes) is the outcome (masks, ...) of some mask."""
    distances = np.abs(got[:, None] - outcomes).max(axis=-1)  # (samples, masks, batch)
    return bool((distances.min(axis=1) < 1e-3).all())
