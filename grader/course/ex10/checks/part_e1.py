"""Checks of 10.E1, An ensemble."""

from __future__ import annotations

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.ex10 import probes
from grader.course.ex10.checks.common import Rng, epistemic_mistakes, light_curves, softmax
from grader.course.gates import gate
from grader.expect import Mistake, approx_equal, expect, kind_of, require
from grader.wire import Tensor


@gate
def test_members(learner: Subject) -> None:
    """Each member begins with a seed of its own"""
    got = learner.ask(probes.ensemble, 3, 11).value
    made, trained, members = got["made"], got["trained"], got["members"]
    require(len(made) == 3, "models-made-ensemble", n_made=len(made))
    require(len(set(made)) == 3, "same-seed")
    require(not approx_equal(members, made, 1e-6), "untrained-kept")
    expect(
        Answer(members),
        [value + 100 for value in made],
        what="the list of members' weights",
        rtol=1e-5,
    )
    again, other = (
        learner.ask(probes.ensemble, 3, 11).value,
        learner.ask(probes.ensemble, 3, 12).value,
    )
    require(again["made"] == made or again["trained"] != trained, "seed-too-late")
    require(again["made"] == made and again["trained"] == trained, "not-reproducible")
    require(
        other["made"][:2] == made[1:],
        "seed-ignored" if other["made"] == made else "member-seed-begin",
    )


def test_ensemble_answer(learner: Subject, rng: Rng) -> None:
    """Mean probabilities and the variance over the members"""
    logits = rng.normal(0, 2, (3, 4, 5))
    x = light_curves(rng, [3, 7, 1, 5])
    modes = [True, False, True]
    answer = learner.ask(
        probes.ensemble_answer, [Tensor.of(each) for each in logits], Tensor.of(x), modes
    )
    got = answer.value
    p = softmax(logits)
    in_training = softmax(logits + np.array(modes)[:, None, None] * 5.0 * np.arange(5))
    found = got["answer"]
    if not isinstance(found, tuple | list) or len(found) != 2:
        raise Finding("result-two-tensors", found=kind_of(found))
    expect(
        Answer(found[0]),
        Tensor.of(p.mean(axis=0)),
        Mistake("logits-averaged", Tensor.of(softmax(logits.mean(axis=0)))),
        Mistake("no-softmax", Tensor.of(logits.mean(axis=0))),
        Mistake("asked-in-training-mode", Tensor.of(in_training.mean(axis=0))),
        what="the mean of the probabilities",
    )
    expect(
        Answer(found[1]),
        Tensor.of(p.var(axis=0).sum(axis=-1)),
        *epistemic_mistakes(p),
        what="the epistemic uncertainty",
    )
    require(got["modes"] == modes, "mode-not-restored")
    require(not got["gradients"], "gradients-kept")
