"""Whatever a learner's process answers, it is read as an answer or is a failure, and never more."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from grader import wire
from grader.answer import MAX_PRINTED, Answer, Failure, Raised, failure_of, read
from grader.expect import Mistake, Raises, expect, expect_error, number
from grader.texts import MAX_SHOWN
from grader.wire import OpaqueObject, Set, Table, Tensor

KEYS = ("value", "raised", "printed", "warned", "unsendable", "missing", "out_of_time")
PARTS = ("kinds", "message", "line", "text", "name", "cell")
SEED = 20


def anything(rng: np.random.Generator, depth: int = 3) -> Any:
    """A value that can come over the wire, of any kind."""
    leaves: list[Any] = [
        *(None, True, 0, -1, 2**64 - 1, -(2**63), 1.5, math.nan, math.inf, "", "g", b"x", "1"),
        *(
            "KeyError",
            "\x1b[31m\u202e",
            "x" * 9000,
            OpaqueObject("A", "\n"),
            np.zeros(3),
            np.array(1.0),
        ),
        *(np.zeros((0, 2)), np.array(["g", "\x1b"]), np.array([b"\xff"]), Tensor.of([math.nan])),
        *(np.array([1j]), Tensor.of(np.zeros((2, 0)))),
    ]
    if depth == 0 or rng.random() < 0.4:
        return leaves[rng.integers(len(leaves))]
    items = [anything(rng, depth - 1) for _ in range(rng.integers(4))]
    keys = [[*KEYS, *PARTS, 1, None, 2.5][rng.integers(16)] for _ in items]
    kinds: list[Any] = [items, tuple(items), Set(items), dict(zip(keys, items, strict=True))]
    kinds += [Table({"a": items}, list(range(len(items))))]
    return kinds[rng.integers(len(kinds))]


def reply(rng: np.random.Generator) -> Any:
    """Mostly a dict with the right keys and any values."""
    if rng.random() < 0.1:
        return anything(rng)
    made = {key: anything(rng) for key in KEYS[:4] if rng.random() < 0.5}
    if rng.random() < 0.5:
        made["raised"] = {key: anything(rng) for key in PARTS if rng.random() < 0.8}
    return made


def verdicts(answer: Answer) -> list[str]:
    """Look at an answer in all the ways that checks do; what that has to say."""
    said = []
    str(answer.raised)
    for want in (1.5, "g", None, True, [1], (1,), {"a": 1}, {1}, np.zeros(3), Tensor.of([1.0])):
        for action in (
            lambda want=want: expect(answer, want, Mistake("a", [want])),
            lambda want=want: expect(answer, [want], Mistake("a", Raises("KeyError", "x"))),
            lambda: expect_error(answer, "KeyError", "this", naming="flux"),
            lambda: number(answer),
        ):
            try:
                action()
            except Failure as failure:
                said.append(failure.message)
    return said


@pytest.mark.slow
def test_any_reply_is_an_answer_or_a_failure() -> None:
    rng = np.random.default_rng(SEED)
    for _ in range(1500):
        made = reply(rng)
        try:
            answer = read(wire.unpack(wire.pack(made)))
        except Failure:
            continue
        said = verdicts(answer)
        assert said
        assert not {text for text in said if not 0 < len(text) <= MAX_SHOWN}
        assert not set("".join(said)) & set("\x1b\u202e")


def test_an_honest_reply_is_read_as_it_is() -> None:
    raised = {"kinds": ["KeyError", "LookupError"], "message": "'flux'", "line": 3, "text": "x[1]"}
    answer = read({"value": [1], "printed": "a\n\tb ✓\n", "warned": ["UserWarning: careful"]})
    assert answer == Answer([1], None, "a\n\tb ✓\n", ["UserWarning: careful"])
    answer = read({"raised": raised | {"name": "x", "cell": 2}, "printed": ""})
    assert answer.raised == Raised(
        ["KeyError", "LookupError"], "'flux'", 3, "x[1]", name="x", cell=2
    )
    assert read({}).value is None


@pytest.mark.parametrize("report", [None, [], {"kinds": []}, {"kinds": [5]}, {"line": math.inf}])
def test_an_exception_of_no_shape_is_an_exception(report: Any) -> None:
    raised = read({"raised": report}).raised
    assert raised is not None
    assert raised.kind == "Exception"
    assert failure_of(raised).status == "error"


def test_texts_are_cut_and_cleaned_when_they_arrive() -> None:
    evil = "\x1b[2J\x1b]0;t\x07\u202e" + "x" * 100_000
    raised = {"kinds": [evil], "message": evil, "line": 1, "text": evil, "name": evil}
    answer = read({"raised": raised, "warned": [evil] * 1000, "printed": evil * 9})
    assert answer.raised is not None
    texts = [*answer.raised.kinds, answer.raised.message, answer.raised.text, answer.raised.name]
    for text in (*texts, *answer.warned):
        assert text == "x" * (MAX_SHOWN - 1) + "…"
    assert len(answer.warned) < 1000
    assert MAX_PRINTED // 2 < len(answer.printed) <= MAX_PRINTED, "checks read what is printed"
    assert set(answer.printed) == {"x"}
    for way in ("unsendable", "missing"):
        with pytest.raises(Failure) as failure:
            read({way: evil})
        assert len(failure.value.message) <= MAX_SHOWN
        assert "\x1b" not in failure.value.message
