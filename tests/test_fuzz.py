"""Replies that no learner's code should give, and may: a check gives a verdict on every one.

The replies of the reference are recorded, mutated at random and judged. A check may let a mutation
pass (not all of a reply counts), but none may break on it. `WORKBOOK_LONG=1` runs many more rounds.
"""

from __future__ import annotations

import copy
import math
import os
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from answer_files import namespace, reference

from grader import exercise, wire
from grader.checking import RANK, Checks, PartResult, with_checks
from grader.learner import Kernel
from grader.wire import OpaqueObject, Set, Table, Tensor

ROUNDS = 130 if "WORKBOOK_LONG" in os.environ else 20  # 130 mutate more than 20,000 replies
SHARE = 0.25  # of the replies that are mutated
SCALARS: list[Any] = [
    *(None, True, False, 0, 1, -1, 3, 2**63 - 1, -(2**63), 0.0, -0.5, 1e308, -1e308),
    *(
        math.nan,
        math.inf,
        -math.inf,
        "",
        "g",
        "0",
        "\x1b[31m\u202e\x00",
        "x" * 5000,
        "None",
        b"\xff",
    ),
]
ARRAYS: list[Any] = [
    *(np.zeros(0), np.zeros((0, 3)), np.zeros((1, 1, 1)), np.array(1.5), np.full(3, math.nan)),
    *(np.array([1, 2**62]), np.array([True]), np.array(["g", "\x1b"]), np.array([1j, 2])),
    *(np.array([], dtype="U1"), np.full((2, 3), math.inf), np.arange(7, dtype="int8")),
]
TENSORS = [Tensor.of(array) for array in ARRAYS if array.dtype.kind in "fibc"]
CONTAINERS: list[Any] = [
    *(
        [],
        {},
        (),
        [None],
        [[]],
        {"": None},
        {0: 1},
        [1, "x", None],
        (1,),
        Set([1, [2]]),
        [math.nan],
    ),
    *(
        Set([1, [2]]),
        Table({}, []),
        Table({"mjd": [None]}, [0]),
        OpaqueObject("Star", "Star()"),
        [{}] * 3,
    ),
]
KINDS = ["TypeError", "KeyError", "RuntimeError", "Trouble", "", "StopIteration", "SystemExit"]


class Fuzzer(Kernel):
    """A backend that knows the reference's replies and gives some of them mutated."""

    def __init__(self, slug: str) -> None:
        found = exercise.load(slug)
        super().__init__(found, namespace(reference(slug)))
        self._known: dict[bytes, dict[str, Any]] = {}
        self.random: random.Random | None = None
        self.mutated = 0

    def ask(self, probe: str, args: tuple, kwargs: dict[str, Any]) -> dict[str, Any]:
        question = wire.pack([probe, list(args), kwargs])
        if question not in self._known:
            self._known[question] = super().ask(probe, args, kwargs)
        reply = copy.deepcopy(self._known[question])
        if self.random is None or self.random.random() > SHARE:
            return reply
        self.mutated += 1
        return mutated_reply(reply, self.random)


def mutated_reply(reply: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """An exception in place of the value, other output, or the value with one thing changed."""
    how = rng.random()
    if how < 0.1:
        kinds = [rng.choice(KINDS), "Exception"]
        raised = {"kinds": kinds, "message": rng.choice(["", "x", "\x1b", "y" * 900])}
        return {"raised": raised | {"line": rng.choice([0, -1, 7]), "text": ""}, "printed": ""}
    if how < 0.15:
        return reply | {"printed": rng.choice(["", "\n" * 50, "\x1b[2J", "1 2 3 nan"])}
    return reply | {"value": mutated(reply.get("value"), rng)}


def mutated(value: Any, rng: random.Random) -> Any:
    """The value, or something in it, replaced, cut or reshaped."""
    if isinstance(value, dict | list | tuple) and len(value) and rng.random() < 0.8:
        return _inside(value, rng)
    if isinstance(value, Table) and len(value.columns) and rng.random() < 0.7:
        return Table(_inside(value.columns, rng), value.index)  # always a dictionary, see wire.py
    if isinstance(value, np.ndarray) and rng.random() < 0.6:
        return _other_array(value, rng)
    if isinstance(value, Tensor) and rng.random() < 0.6:
        return Tensor.of(_other_array(value.array, rng))
    return copy.deepcopy(rng.choice([*SCALARS, *ARRAYS, *TENSORS, *CONTAINERS]))


def _inside(value: Any, rng: random.Random) -> Any:
    """A container with one item mutated, left out, or there twice."""
    if isinstance(value, dict):
        key = rng.choice(list(value))
        if rng.random() < 0.15:
            return {other: item for other, item in value.items() if other != key}
        return value | {key: mutated(value[key], rng)}
    items, place = list(value), rng.randrange(len(value))
    if (how := rng.random()) < 0.1:
        del items[place]
    elif how < 0.2:
        items.insert(place, items[place])
    elif how < 0.25:
        items.reverse()
    else:
        items[place] = mutated(items[place], rng)
    return type(value)(items)


def _other_array(array: np.ndarray, rng: random.Random) -> np.ndarray:
    """An array of another shape or type, or with other numbers."""
    changes: list[Callable[[], np.ndarray]] = [
        lambda: array[None],
        lambda: array.reshape(-1)[:-1],
        lambda: array[:0] if array.ndim else array,
        lambda: np.swapaxes(array, 0, -1) if array.ndim else array[None],
        lambda: array.astype("bool"),
        lambda: np.full(array.shape, math.nan),
        lambda: np.full(array.shape, 1e308),
        lambda: -array if array.dtype.kind in "fi" else array[None],
    ]
    return rng.choice(changes)()


def judged(checks: Checks, fuzzer: Fuzzer, seed: int | None) -> list[PartResult]:
    fuzzer.random = None if seed is None else random.Random(seed)
    return checks.judge(fuzzer, 1)


@pytest.mark.slow
@pytest.mark.parametrize("slug", exercise.slugs())
def test_every_reply_gets_a_verdict(slug: str) -> None:
    fuzzer = Fuzzer(slug)
    broken: list[str] = []

    def rounds(checks: Checks) -> None:
        assert all(result.passed for result in judged(checks, fuzzer, None))
        for seed in range(ROUNDS):
            for result in judged(checks, fuzzer, seed):
                if result.broke or result.status not in RANK:
                    broken.append(f"{result.part.id}, round {seed}: {result.broke}")
                assert result.passed or result.message.strip()

    with_checks(exercise.load(slug), None, rounds)
    assert fuzzer.mutated > 10 * ROUNDS
    assert broken == []
