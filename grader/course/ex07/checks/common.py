"""Checks of Exercise 7: Time2Vec, positions, and a transformer that cannot see padding.

No check compares with stored numbers. What an embedding must be is found out from its own values
(the sine's addition theorem, straight lines); the encoder is worked out with NumPy around simple
stand-ins for its layers; and whole encoders must keep invariants.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Subject
from grader.course.ex07 import probes
from grader.expect import Mistake, Raises, expect_error, fail_if_recognised, kind_of, require
from grader.wire import Tensor

Rng = np.random.Generator


Batch = tuple[Tensor, Tensor, Tensor]


ENCODER = "Time2VecTransformerEncoder"


TINY = {
    "input_dim": 6,
    "d_model": 8,
    "nhead": 2,
    "num_layers": 1,
    "time_embed_dim": 4,
    "num_classes": 3,
    "max_seq_len": 12,
    "dropout": 0.0,
}


NEAR = 1e-4  # agreement of float32 numbers of order one


def seed_of(rng: Rng) -> int:
    return int(rng.integers(1, 2**31))


def days(rng: Rng, *shape: int) -> np.ndarray:
    """Irregular times of a few weeks, in order along the second axis."""
    return np.sort(rng.uniform(0, 20, shape), axis=1)


def array(value: Any, shape: tuple[int, ...], what: str) -> np.ndarray:
    """The value as an array of float64, once it is a tensor of this shape that holds numbers."""
    require(value is not None, "none-did-forget", what=what)
    require(isinstance(value, Tensor), "torch-tensor", what=what, value=kind_of(value))
    require(value.shape == shape, "shape", what=what, shape=value.shape, shape2=shape)
    numbers = value.array.astype(float)
    odd = int((~np.isfinite(numbers)).sum())
    require(odd == 0, "nan-infinite-places", what=what, odd=odd, size=numbers.size)
    return numbers


def broke(answer: Answer) -> bool:
    """Whether PyTorch itself complained, of sizes or of numbers that are out of range."""
    raised = answer.raised
    if raised is None or raised.is_a("NotImplementedError"):
        return False
    return raised.is_a("RuntimeError") or raised.is_a("IndexError")


def names_both(answer: Answer, numbers: tuple[int, int], when: str, *mistakes: Mistake) -> None:
    """The answer must be a ValueError whose message names both numbers."""
    expect_error(answer, "ValueError", when, *mistakes)
    message = answer.raised.message if answer.raised else ""
    require(
        all(str(number) in message for number in numbers),
        "numbers-not-named",
        message=message,
        numbers=numbers[0],
        numbers2=numbers[1],
    )


def light_curves(
    rng: Rng, lengths: list[int], rows: int, bands: int = 3
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features, times and lengths as Exercise 5 gives them, with zeros as padding."""
    features = np.zeros((len(lengths), rows, 3 + bands))
    for one, n in zip(features, lengths, strict=True):
        one[:n, 0] = np.cumsum(rng.uniform(0.5, 9, n))
        one[1:n, 0] -= one[0, 0]
        one[:1, 0] = 0.0
        one[:n, 1] = rng.uniform(-0.2, 1, n)
        one[:n, 2] = rng.uniform(0.02, 0.2, n)
        one[np.arange(n), 3 + rng.integers(0, bands, n)] = 1
    return features, features[..., :1].copy(), np.array(lengths)


def sent(features: np.ndarray, times: np.ndarray, lengths: np.ndarray) -> Batch:
    return Tensor.of(features), Tensor.of(times), Tensor.of(lengths)


def embedded(weights: dict[str, np.ndarray], features: np.ndarray, times: np.ndarray) -> np.ndarray:
    """What `embed` makes of rows with the simple layers; time in units of 100 days."""
    scaled = features * np.where(np.arange(features.shape[2]) == 0, 0.01, 1.0)
    projected = scaled @ weights["projection"].T + 0.1
    return np.concatenate([projected, 0.01 * times * np.arange(1, 4)], axis=2)


def classified(weights: dict[str, np.ndarray], vectors: np.ndarray) -> np.ndarray:
    """What the stand-in for the classifier, which is not linear, makes of vectors."""
    return np.tanh(vectors) @ weights["classifier"].T + 0.1


def whole(
    learner: Subject, name: str, *batches: tuple, method: str = "forward", **changes: Any
) -> list[Any]:
    """What a whole small encoder returns for several batches."""
    train = changes.pop("train", False)
    sizes = TINY | changes
    tensors = [sent(*batch) for batch in batches]
    return learner.ask(probes.logits, name, sizes, tensors, train=train, method=method).value


MODES = pytest.mark.parametrize("train", [False, True], ids=["evaluation", "training"])


def invisible_padding(
    learner: Subject, rng: Rng, name: str, train: bool, method: str = "forward"
) -> None:
    """Logits of observations must be the same with padding, with rubbish, and in company."""
    features, times, lengths = light_curves(rng, [3, 7, 5], 10)
    rubbish, odd = features.copy(), times.copy()
    for k, n in enumerate(lengths):
        rubbish[k, n:, :3] = rng.normal(0, 3, (10 - n, 3))
        odd[k, n:] = rng.uniform(50, 90, (10 - n, 1))
    alone = [
        (features[k : k + 1, :n], times[k : k + 1, :n], lengths[k : k + 1])
        for k, n in enumerate(lengths)
    ]
    batches = [(features, times, lengths), (rubbish, odd, lengths), *alone]
    got = whole(learner, name, *batches, method=method, train=train)
    steps = method != "forward"
    shape = (3, 10, 3) if steps else (3, 3)
    padded, filled = (array(each, shape, "The result for a batch of 3") for each in got[:2])
    mode = "training" if train else "evaluation"
    for k, n in enumerate(lengths):
        one = array(got[2 + k], (1, n, 3) if steps else (1, 3), "The result for a batch of 1")[0]
        with_padding, with_rubbish = (
            each[k, :n] if steps else each[k] for each in (padded, filled)
        )
        change = np.abs(with_padding - one).max()
        require(bool(change < NEAR), "padding-visible", n=n, n2=10 - n, mode=mode, change=change)
        change = np.abs(with_rubbish - one).max()
        require(bool(change < NEAR), "padding-visible~2", mode=mode, change=change)


def few_observations(learner: Subject, rng: Rng, name: str, train: bool) -> None:
    features, times, lengths = light_curves(rng, [1, 4, 0], 6)
    batches = [
        (features, times, lengths),
        (features[:2], times[:2], lengths[:2]),
        (features[2:], times[2:], lengths[2:]),
    ]
    got = whole(learner, name, *batches, train=train)
    mode = "training" if train else "evaluation"
    for value, n in zip(got, (3, 2, 1), strict=True):
        lost = isinstance(value, Tensor) and not np.isfinite(value.array[-1:]).all() and n != 2
        require(not lost, "nan-for-empty~2", mode=mode)
        array(value, (n, 3), f"The result for a batch of {n}")
    require(np.allclose(got[0].array[:2], got[1].array, atol=NEAR), "light-curve-without")
    want = learner.ask(probes.gradients, name, TINY, sent(*batches[0])).value["broken"]
    require(not want, "nan-for-empty")


def reach_everything(learner: Subject, rng: Rng, name: str, method: str = "forward") -> None:
    batch = light_curves(rng, [3, 6], 7)
    answer = learner.ask(
        probes.gradients, name, TINY | {"num_layers": 2}, sent(*batch), method=method
    )
    fail_if_recognised(
        answer, Mistake("no-gradient~2", Raises("RuntimeError", "does not require grad"))
    )
    without = answer.value["without"]
    require(not without, "no-gradient", without=", ".join(without[:3]))
