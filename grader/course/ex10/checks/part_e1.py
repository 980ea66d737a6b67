"""Checks of 10.E1, An ensemble."""

from __future__ import annotations

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.ex10 import probes
from grader.course.ex10.checks.common import N_ROWS, epistemic_mistakes
from grader.course.gates import gate
from grader.course.oracles import Rng, light_curves, softmax
from grader.expect import Mistake, approx_equal, expect, kind_of, require
from grader.wire import Tensor


@gate
def test_members(learner: Subject) -> None:
    """Each member begins with its own seed"""
    got = learner.ask(probes.ensemble, 3, 11).value
    require(len(got.made) == 3, "other-number-made", n_made=len(got.made), n_members=3)
    require(len(set(got.made)) == 3, "same-seed")
    require(not approx_equal(got.members, got.made, 1e-6), "untrained-kept")
    want = [value + 100 for value in got.made]
    expect(Answer(got.members), want, what="the list of members' weights", rtol=1e-5)
    require("copied" not in got.changed, "members-copied")
    require("mode" not in got.changed, "members-mode")
    require("frozen" not in got.changed, "members-frozen")
    again = learner.ask(probes.ensemble, 3, 11).value
    require(again.made == got.made or again.trained != got.trained, "seed-too-late")
    require(again.made == got.made and again.trained == got.trained, "not-reproducible")
    earlier = Mistake("members-of-an-earlier-call", want + want)
    what = "the list of members' weights of a second ensemble"
    expect(Answer(again.members), want, earlier, what=what, rtol=1e-5)
    other = learner.ask(probes.ensemble, 2, 12).value
    require(len(other.made) == 2, "other-number-made", n_made=len(other.made), n_members=2)
    require(other.made == got.made[1:], "seed-ignored")
    require(other.trained == got.trained[1:], "seed-of-another-member")


def test_ensemble_answer(learner: Subject, rng: Rng) -> None:
    """Mean probabilities and the variance over the members"""
    logits = rng.normal(0, 2, (3, 4, 5))
    x = light_curves(rng, [3, 7, 1, 5], N_ROWS)
    modes = [True, False, True]
    members = [Tensor.of(each) for each in logits]
    got = learner.ask(probes.ensemble_answer, members, Tensor.of(x), modes).value
    p = softmax(logits)
    in_training = softmax(logits + np.array(modes)[:, None, None] * 5.0 * np.arange(5))
    if not isinstance(got.answer, tuple | list) or len(got.answer) != 2:
        raise Finding("not-two-tensors", got=kind_of(got.answer))
    centre, spread = got.answer
    expect(
        Answer(centre),
        Tensor.of(p.mean(axis=0)),
        Mistake("logits-averaged", Tensor.of(softmax(logits.mean(axis=0)))),
        Mistake("no-softmax", Tensor.of(logits.mean(axis=0))),
        Mistake("asked-in-training-mode", Tensor.of(in_training.mean(axis=0))),
        what="the mean of the probabilities",
    )
    expect(
        Answer(spread),
        Tensor.of(p.var(axis=0).sum(axis=-1)),
        *epistemic_mistakes(p),
        what="the epistemic uncertainty",
    )
    require(got.modes == modes, "mode-not-restored")
    require(not got.gradients, "gradients-kept")
    require("gradients" not in got.left, "gradients-left-off")
    require("parameters" not in got.left, "parameters-frozen")
    require("arguments" not in got.left, "features-changed")
    require("features" not in got.left, "other-features-asked")
    other = logits[:1, ::-1]
    alone = [Tensor.of(other[0])], Tensor.of(x), [False]
    again = learner.ask(probes.ensemble_answer, *alone, quiet=True).value
    require("no_grad" not in again.left, "gradients-switched-on")
    if not isinstance(again.answer, tuple | list) or len(again.answer) != 2:
        raise Finding("not-two-tensors", got=kind_of(again.answer))
    both = softmax(np.concatenate([logits, other])).mean(axis=0)
    expect(
        Answer(again.answer[0]),
        Tensor.of(softmax(other[0])),
        Mistake("answers-of-an-earlier-call", Tensor.of(both)),
        what="the mean of a second ensemble, with one member",
    )
    nothing, what = Tensor.of(np.zeros(4)), "the epistemic uncertainty of a single member"
    expect(Answer(again.answer[1]), nothing, *epistemic_mistakes(softmax(other)), what=what)


def test_single_light_curve(learner: Subject, rng: Rng) -> None:
    """A batch of a single light curve is a batch"""
    x = Tensor.of(light_curves(rng, [3], N_ROWS))
    logits = rng.normal(0, 2, (2, 1, 5))
    members = [Tensor.of(each) for each in logits]
    got = learner.ask(probes.ensemble_answer, members, x, [False, False]).value
    if not isinstance(got.answer, tuple | list) or len(got.answer) != 2:
        raise Finding("not-two-tensors", got=kind_of(got.answer))
    p = softmax(logits)
    for answer, want in zip(got.answer, (p.mean(axis=0), p.var(axis=0).sum(axis=-1)), strict=True):
        expect(Answer(answer), Tensor.of(want), what="the answer about a single light curve")
