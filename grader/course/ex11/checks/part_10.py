"""Checks of 11.10, Why?.

The network is small enough to be worked out here: rows are averaged with weights that grow with
their place, so that a row which is set to zero, or moves, is not the same as one that is gone.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.counted import items_of
from grader.course.ex11 import probes
from grader.course.ex11.replies import Explained
from grader.course.gates import gate, twice
from grader.course.oracles import Rng, softmax
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    fail_if_recognised,
    kind_of,
    require,
    showing,
)
from grader.wire import Table, Tensor

Array = np.ndarray
CLASSES = ["TDE", "SNIa", "AGN"]  # not in the order of the notebook


class Case(NamedTuple):
    """Rows of a light curve, a network, and the class whose probability is to be explained."""

    rows: Array  # (n, 6)
    first: Array  # (7, 2)
    second: Array  # (2, 3)
    temperature: float
    number: int

    def logits(self, rows: Array) -> Array:
        n = len(rows)
        with_times = np.concatenate([rows, rows[:, :1]], axis=1)
        mean = (with_times * (1 + 0.25 * np.arange(n))[:, None]).sum(axis=0) / max(n, 1)
        return np.tanh(mean @ self.first) @ self.second

    def p(self, rows: Array, temperature: float = 0.0) -> float:
        probabilities = softmax(self.logits(rows) / (temperature or self.temperature))
        return float(probabilities[self.number])


def without(rows: Array, i: int) -> Array:
    return np.concatenate([rows[:i], rows[i + 1 :]])


def effects(case: Case) -> list[float]:
    return [case.p(case.rows) - case.p(without(case.rows, i)) for i in range(len(case.rows))]


def case_of(rng: Rng, n: int = 4) -> Case:
    """A light curve of which each row matters, and a class that is not the most probable one."""
    while True:
        rows = np.zeros((n, 6))
        rows[:, 0] = np.cumsum(rng.uniform(0.5, 4, n)).round(2) - 2.5
        rows[:, 1:3] = rng.uniform(0.1, 0.9, (n, 2)).round(2)
        rows[np.arange(n), 3 + rng.permutation([0, 1, 2, *rng.integers(0, 3, n)])[:n]] = 1
        first, second = rng.normal(0, 0.4, (7, 2)).round(2), rng.normal(0, 1.5, (2, 3)).round(2)
        case = Case(rows, first, second, float(rng.choice([0.6, 2.5])), 0)
        case = case._replace(number=int(case.logits(rows).argsort()[1]))
        found = effects(case)
        if min(map(abs, found)) > 0.01 and len({np.sign(each) for each in found}) == 2:
            return case


def asked(learner: Subject, case: Case, p: float = 0.5) -> Explained:
    weights = Tensor.of(case.first), Tensor.of(case.second)
    given = (CLASSES, case.temperature, Tensor.of(case.rows), weights, CLASSES[case.number], p)
    reply = learner.ask(probes.explained, *given)
    place = f"index {number_here(case)} is out of bounds"
    fail_if_recognised(reply, Mistake("class-of-the-notebook", Raises("IndexError", place)))
    return reply.value


def number_here(case: Case) -> int:
    """The number that the class has in the notebook."""
    return ["AGN", "CV", "SNII", "SNIa", "TDE"].index(CLASSES[case.number])


def columns(got: Any, n: int) -> dict[str, list[Any]]:
    """The three columns, once it is a table with a row for each row."""
    if not isinstance(got, Table):
        raise Finding("not-a-table", got=kind_of(got))
    lacking = [name for name in ("day", "band", "effect") if name not in got.columns]
    require(not lacking, "columns-missing", names=", ".join(lacking))
    require(len(got) == n, "number-of-rows", got=len(got), want=n)
    return {name: items_of(got.columns[name]) for name in ("day", "band", "effect")}


def padded_p(case: Case, i: int) -> float:
    """The probability without a row, if the padding at the end counts as one."""
    return case.p(np.concatenate([without(case.rows, i), np.zeros((1, 6))]))


def zeroed(case: Case, i: int, columns: slice = slice(None)) -> Array:
    rows = case.rows.copy()
    rows[i, columns] = 0
    return rows


def from_first(rows: Array) -> Array:
    """The rows with times that count from the first of them."""
    moved = rows.copy()
    moved[:, 0] -= rows[0, 0]
    return moved


def other_effects(case: Case) -> list[Mistake]:
    """What other ways to leave a row out, or to compare, would give."""
    whole, places = case.p(case.rows), range(len(case.rows))
    best = case._replace(number=int(case.logits(case.rows).argmax()))
    fixed = case._replace(number=number_here(case))
    outside = fixed.number >= len(CLASSES)
    rest = [without(case.rows, i) for i in places]
    logit = [
        float((case.logits(case.rows) - case.logits(each))[case.number] / case.temperature)
        for each in rest
    ]
    return [
        Mistake("wrong-sign", [case.p(each) - whole for each in rest]),
        Mistake(
            "temperature-forgotten",
            [case.p(case.rows, 1.0) - case.p(each, 1.0) for each in rest],
        ),
        Mistake("zeroed-for-removed", [whole - case.p(zeroed(case, i)) for i in places]),
        Mistake(
            "zeroed-for-removed",
            [whole - case.p(zeroed(case, i, slice(1, 2))) for i in places],
        ),
        Mistake("padding-counted", [whole - padded_p(case, i) for i in places]),
        Mistake("only-this-one", [case.p(case.rows[[i]]) for i in places]),
        Mistake("probability-for-effect", [case.p(each) for each in rest]),
        Mistake("logits-for-probabilities", logit),
        Mistake("logits-for-probabilities", [each * case.temperature for each in logit]),
        Mistake("most-probable-class", effects(best)),
        Mistake("class-of-the-notebook", False if outside else effects(fixed)),
        Mistake("times-restarted", [whole - case.p(from_first(each)) for each in rest]),
        Mistake("absolute-effect", [abs(each) for each in effects(case)]),
    ]


@gate
@twice
def test_effect(learner: Subject, rng: Rng) -> None:
    """The effect is what a row adds to the probability of the predicted class"""
    case = case_of(rng)
    got = asked(learner, case)
    table = columns(got.table, len(case.rows))
    with showing("{}['effect'].tolist()"):
        want, found = effects(case), table["effect"]
        if approx_equal(found, want, 1e-3, 2e-5):
            return
        require(got.n_crowds == 0, "many-networks-asked")
        noisy = any(call.dropout > 0 for call in got.calls)
        require(not noisy, "dropout-on")
        numbers = sorted(each for each in found if isinstance(each, float))
        several = approx_equal(numbers, sorted(want), 1e-3, 2e-5)
        mistakes = [*other_effects(case), Mistake("effects-in-other-order", several)]
        what = "the list of effects"
        expect(Answer(found), want, *mistakes, what=what, rtol=1e-3, atol=2e-5)


def test_rows(learner: Subject, rng: Rng) -> None:
    """Day and band of each row, in order of time"""
    case = case_of(rng)
    table = columns(asked(learner, case).table, len(case.rows))
    days = case.rows[:, 0].astype(np.float32).tolist()
    with showing("{}['day'].tolist()"):
        mjd = Mistake("mjd-for-day", [60000.0 + day for day in days])
        only = Mistake("mjd-for-day", [60000.0] * len(days))
        numbered = Mistake("number-for-day", list(range(len(days))))
        found = Answer(table["day"])
        expect(found, days, mjd, only, numbered, what="the list of days", rtol=1e-5)
    with showing("{}['band'].tolist()"):
        numbers = case.rows[:, 3:].argmax(axis=1).tolist()
        expect(
            Answer(table["band"]),
            ["gri"[i] for i in numbers],
            Mistake("number-for-band", numbers),
            Mistake("number-for-band", [i + 1 for i in numbers]),
            what="the list of bands",
        )


def test_without_dropout(learner: Subject, rng: Rng) -> None:
    """The network is asked without dropout and gradients, and left as it was"""
    case = case_of(rng, 3)
    got = asked(learner, case)
    require(bool(got.calls), "network-not-asked")
    with showing("{}\nclassifier.model.p"):
        require(got.n_crowds == 0, "many-networks-asked")
        require(not any(call.dropout > 0 for call in got.calls), "dropout-on")
        require(got.dropout == 0.5, "dropout-left-off", got=got.dropout)
    with showing("{}\nclassifier.model.training"):
        require(not got.training, "training-mode")
    with showing("{}\nclassifier.model.gradients"):
        require(not any(call.gradients for call in got.calls), "gradients-kept")


def test_two_rows(learner: Subject, rng: Rng) -> None:
    """A light curve with two rows has two effects"""
    case = case_of(rng, 2)
    table = columns(asked(learner, case, 0.0).table, 2)
    with showing("{}['effect'].tolist()"):
        found = Answer(table["effect"])
        expect(found, effects(case), what="the list of effects", rtol=1e-3, atol=2e-5)
