"""Checks of 7.1, Time2Vec."""

from __future__ import annotations

import numpy as np
import pytest

from grader.answer import Answer, Subject
from grader.course.counted import as_many
from grader.course.ex07 import forms, probes
from grader.course.ex07.checks.common import (
    NEAR,
    arguments_kept,
    array,
    broke,
    days,
    seed_of,
)
from grader.course.ex07.replies import Embeddings
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.course.quoted import quoted
from grader.expect import (
    Mistake,
    Raises,
    expect,
    expect_error,
    fail_if_recognised,
    require,
    showing,
)
from grader.wire import Tensor


def embeddings(
    learner: Subject, seed: int, sizes: dict[str, int], times: list[np.ndarray], start: str
) -> tuple[list[np.ndarray], Embeddings]:
    """The embeddings of several arrays of times, and the reply that holds them."""
    answer = learner.ask(probes.time2vec, seed, sizes, [Tensor.of(each) for each in times], start)
    fail_if_recognised(
        answer,
        Mistake(
            "nothing-made",
            Raises("AttributeError", "has no attribute 'linear'"),
            error=quoted(answer.raised),
        ),
        Mistake(
            "input-dim-ignored",
            times[0].shape[-1] != 1 and broke(answer) if times else False,
            input_dim=times[0].shape[-1] if times else 0,
            error=quoted(answer.raised),
        ),
    )
    got, dim = answer.value, sizes["embed_dim"]
    made = []
    for value, each in zip(as_many(got.embeddings, len(times)), times, strict=True):
        rows = each.shape[:2]
        wide = isinstance(value, Tensor) and value.shape == (*rows, dim + 1)
        require(not wide, "one-too-many", wanted=dim, n_components=dim + 1)
        made.append(array(value, (*rows, dim), "The embedding"))
    return made, got


def line_through(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Slope and intercept of the straight line by least squares; level if x does not vary."""
    away = x - x.mean()
    slope = float((away * y).sum() / max((away**2).sum(), 1e-12))
    return slope, float(y.mean() - slope * x.mean())


def is_straight(values: np.ndarray, times: np.ndarray) -> bool:
    """Whether values (n,) are a straight line over times (n,)."""
    slope, intercept = line_through(times, values)
    rest = values - slope * times - intercept
    return bool(np.abs(rest).max() < NEAR * max(1.0, np.abs(values).max()))


def test_each_time_for_itself(learner: Subject, rng: Rng) -> None:
    """The embedding of a time is the same alone, and after other times"""
    rows = rng.size(9, least=2)
    times, row = days(rng, 2, rows, 1), max(1, rows // 3)
    seed, sizes = seed_of(rng), {"embed_dim": 6}
    moment = times[:1, row : row + 1]
    moments = [moment, times, moment]
    (one, got, again), reply = embeddings(learner, seed, sizes, moments, "own")
    require(
        np.allclose(one, again, atol=NEAR),
        "not-repeatable",
        what="The same tensor of times",
        mode="training",
    )
    alone, among = one[0, 0], got[0, row]
    k = int(np.abs(alone - among).argmax())
    same = np.allclose(alone, among, atol=NEAR)
    numbers = {"time": times[0, row, 0], "alone": alone[k], "among": among[k]}
    require(same, "depends-on-others", row=row, k=k, **numbers)
    arguments_kept(reply.changes, moments)


def is_sine(now: np.ndarray, later: np.ndarray, earlier: np.ndarray) -> bool:
    """Whether values at times, and a step later and earlier, are those of a sine: sin(w t + b).

    sin(a + d) + sin(a - d) = 2 cos(d) sin(a), here with d = w * step.
    """
    slope, constant = line_through(now, later + earlier)
    square = 1 - (slope / 2) ** 2  # of sin(d)
    if square < 0.003 or abs(constant) > 10 * NEAR:
        return False
    rest = later + earlier - slope * now
    strength = now**2 + (later - earlier) ** 2 / (4 * square)
    return bool(np.abs(rest).max() < 10 * NEAR and np.abs(strength - 1).max() < 30 * NEAR)


@gate
def test_linear_component(learner: Subject, rng: Rng) -> None:
    """The first component is a straight line over time, and only that one"""
    times = days(rng, 2, rng.size(15, least=3), 1)
    moments = [times, times + 0.4, times - 0.4]
    made, _ = embeddings(learner, seed_of(rng), {"embed_dim": 5}, moments, "scattered")
    flat, later, earlier = (each.reshape(-1, 5) for each in made)
    t = times.reshape(-1)
    straight = [is_straight(flat[:, k], t) for k in range(5)]
    waves = is_sine(flat[:, 0], later[:, 0], earlier[:, 0])
    others = [k for k in range(1, 5) if straight[k]]
    with showing("time2vec(times[0])"):
        require(not (straight[4] and not straight[0]), "linear-last")
        require(not all(straight), "no-sine")
        require(straight[0] or not waves, "sine-on-linear")
        require(straight[0], "first-not-straight")
        require(not others, "others-straight", others=others)


def test_periodic_components(learner: Subject, rng: Rng) -> None:
    """The others are sines, each with its own frequency and phase: they repeat"""
    times, shift = days(rng, 2, rng.size(15, least=3), 1), 1.7
    moments = [times, times + shift, times - shift, np.zeros((1, 1, 1))]
    got, _ = embeddings(learner, seed_of(rng), {"embed_dim": 5}, moments, "scattered")
    now, later, earlier = (each.reshape(-1, 5)[:, 1:] for each in got[:3])
    # sin(a + d) + sin(a - d) = 2 cos(d) sin(a), here with d = w * shift
    lines = [line_through(x, y) for x, y in zip(now.T, (later + earlier).T, strict=True)]
    slopes, constants = np.transpose(lines)
    rest = later + earlier - slopes * now - constants
    k = int(np.abs(rest).max(axis=0).argmax()) + 1
    sines = bool(np.abs(rest).max() < NEAR * max(1.0, np.abs(now).max()))
    square = 1 - (slopes / 2) ** 2  # of sin(d)
    clear = square > 0.003  # the shift is not near half a period
    middle = constants / np.where(clear, 2 - slopes, 1)  # what is added to the sine
    strength = (now - middle) ** 2 + (later - earlier) ** 2 / (4 * np.where(clear, square, 1))
    whole = bool(np.abs(strength - 1)[:, clear].max(initial=0.0) < 30 * NEAR)
    raised = np.abs(constants).max() > 10 * NEAR
    low, high = float(now.min()), float(now.max())
    with showing("time2vec(times[0])"):
        require(sines, "not-a-sine", k=k)
        require(not (raised and whole), "phase-outside")
        require(whole and not raised, "amplitude", low=low, high=high)
        require(np.ptp(slopes) > NEAR, "one-frequency")
    with showing("time2vec(times[3])"):
        require(bool(np.abs(got[3][0, 0, 1:]).max() > NEAR), "no-phase")


def test_sine_not_cosine(learner: Subject, rng: Rng) -> None:
    """With all parameters zero, all components are zero at time 0"""
    (got,), _ = embeddings(learner, seed_of(rng), {"embed_dim": 4}, [np.zeros((1, 2, 1))], "zero")
    require(not np.allclose(got[..., 1:], 1, atol=NEAR), "cosine")
    require(bool(np.abs(got).max() < NEAR), "not-zero-at-zero")


def test_radians_per_day(learner: Subject, rng: Rng) -> None:
    """Frequencies are in radians per day: where the layers have their names, they give the angle"""
    times = np.round(10 * days(rng, 2, 5, 1), 1)
    answer = learner.ask(probes.time2vec_layers, seed_of(rng), {"embed_dim": 4}, Tensor.of(times))
    got = answer.value
    if got.linear is None or got.periodic is None:  # names of one's own
        return
    line = array(got.linear, (2, 5, 1), "What `self.linear` returns")
    angle = array(got.periodic, (2, 5, 3), "What `self.periodic` returns")

    def vectors(waves: np.ndarray) -> Tensor:
        return Tensor.of(np.concatenate([line, waves], axis=2))

    expect(
        Answer(got.embedding),
        vectors(np.sin(angle)),
        Mistake("cosine~angle", vectors(np.cos(angle))),
        Mistake("in-turns", vectors(np.sin(2 * np.pi * angle))),
        what="the embedding",
        atol=10 * NEAR,
    )


def test_start(learner: Subject, rng: Rng) -> None:
    """At the start components and times differ"""
    times = days(rng, 2, rng.size(9, least=3), 1)
    (got,), _ = embeddings(learner, seed_of(rng), {"embed_dim": 6}, [times], "own")
    require(bool(np.ptp(got, axis=(0, 1)).max() > 1e-3), "starts-at-zero", n=times.size)
    flat = got.reshape(-1, 6).T
    alike = any(np.allclose(flat[i], flat[j], atol=NEAR) for i in range(6) for j in range(i))
    require(not alike, "one-frequency~start")


@pytest.mark.parametrize("dim", [1, 2])
def test_learned(learner: Subject, rng: Rng, dim: int) -> None:
    """All frequencies and phases are learned, also if a time is several numbers"""
    sizes = {"input_dim": dim, "embed_dim": 4}
    times = days(rng, 2, rng.size(5, least=2), dim)
    other = times.copy()
    other[..., 1:] += 1.0
    (one, two), reply = embeddings(learner, seed_of(rng), sizes, [times, other], "own")
    n_learned, wanted = reply.n_learned, 4 * (dim + 1)
    with showing(forms.PARAMETERS):
        require(reply.n_parameters > 0, "not-registered")
    unseen = dim > 1 and np.allclose(one, two, atol=NEAR) and np.ptp(one, axis=(0, 1)).max() > NEAR
    require(not unseen, "input-dim-ignored~first", dim=dim)
    n_frozen = reply.n_parameters - n_learned
    numbers = {"dim": dim, "n_learned": n_learned, "wanted": wanted}
    with showing(forms.LEARNED):
        require(n_learned >= wanted or not n_frozen, "frozen", dim=dim, n_frozen=n_frozen)
        require(n_learned >= wanted, "not-all-learned", **numbers)
    got = learner.ask(probes.time2vec_gradients, seed_of(rng), sizes, Tensor.of(times)).value
    require(got.attached, "no-gradient~detached")
    with showing(forms.WITHOUT_GRADIENT):
        require(not got.without, "no-gradient~parameters", names=", ".join(got.without))


def test_impossible_size(learner: Subject) -> None:
    """embed_dim below 1 is a ValueError that names it; 1 is the linear component alone"""
    for size in (0, -2):
        answer = learner.ask(probes.time2vec, 1, {"embed_dim": size}, [])
        expect_error(
            answer,
            "ValueError",
            f"`Time2Vec(embed_dim={size})`",
            Mistake("size-not-checked", answer.raised is None or broke(answer), size=size),
        )
        message = answer.message
        require(str(size) in message, "number-not-named", answer, size=size, message=message)
    ones = np.ones((1, 2, 1))
    answer = learner.ask(probes.time2vec, 1, {"embed_dim": 1}, [Tensor.of(ones)])
    too_strict = Mistake("too-strict", Raises("ValueError"), error=quoted(answer.raised))
    fail_if_recognised(answer, too_strict)
    embeddings(learner, 1, {"embed_dim": 1}, [ones], "own")
