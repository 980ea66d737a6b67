"""Checks of Exercise 1: decorators, filters, magnitudes and functions as arguments.

Every expected value is worked out here from the inputs, independently of any solution.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex01 import probes
from grader.expect import Mistake, Raises, approx_equal, difference, fail_if_recognised, require

Rng = np.random.Generator


Record = dict[str, Any]


def photometry(rng: Rng, n: int = 24, bands: str = "gri") -> list[Record]:
    """Records in order of time, with at least one of each band; flux in [10, 30]."""
    names = [bands[i % len(bands)] for i in range(n)]
    rng.shuffle(names)
    times = np.sort(rng.choice(100_000, n, replace=False)) / 1000  # no two alike
    return [
        {
            "mjd": float(mjd),
            "flux": float(rng.uniform(10, 30)),
            "flux_err": float(rng.uniform(0.1, 0.2)),
            "band": band,
        }
        for mjd, band in zip(times, names, strict=True)
    ]


def decorated(answer: Answer) -> dict:
    """What a decorated call reports, once it is clear that decorating gives a function."""
    if not answer.raised:
        before, callable_ = answer.value["before"], answer.value["callable"]
        fail_if_recognised(
            answer,
            Mistake("calls-while-decorating", before > 0),
            Mistake("wrapper-not-returned", not callable_),
        )
    return answer.value


def check_accepts(learner: Subject, decorator: str, value: float, band: str) -> None:
    """A decorated function can be called with any positional and keyword arguments."""
    plain = learner.ask(probes.decorated_call, decorator, value, 2)
    named = learner.ask(probes.decorated_call, decorator, value, 2, band=band)
    fail_if_recognised(
        plain, Mistake("arguments-not-passed", Raises("TypeError", "positional argument"))
    )
    fail_if_recognised(
        named, Mistake("keywords-not-passed", Raises("TypeError", "unexpected keyword argument"))
    )


def check_passed_on(learner: Subject, decorator: str, rng: Rng) -> None:
    """A decorated function receives its arguments once and gives its value back."""
    value, band = float(rng.uniform(10, 30)), str(rng.choice(list("gri")))
    check_accepts(learner, decorator, value, band)
    answer = learner.ask(probes.decorated_call, decorator, value, 2, band=band)
    got = decorated(answer)
    require(bool(got["calls"]), "never-calls")
    args, kwargs = got["calls"][0]
    fail_if_recognised(
        answer,
        Mistake(
            "arguments-packed",
            approx_equal(args[:1], [(value, 2)]) or approx_equal(args[-1:], [{"band": band}]),
        ),
        Mistake("keywords-not-passed~2", approx_equal(args, [value, 2]) and not kwargs),
        Mistake("arguments-not-passed~2", not args),
        Mistake("calls-twice", len(got["calls"]) > 1, n_calls=len(got["calls"])),
        Mistake("value-not-returned", got["value"] is None),
    )
    text = difference(got["value"], value, "the value of the decorated function")
    require(not text, "says", says=text)
    require(
        approx_equal(args, [value, 2]) and approx_equal(kwargs, {"band": band}),
        "function-receive-arguments",
    )


def check_identity(learner: Subject, decorator: str) -> None:
    """A decorated function keeps its name and its docstring."""
    answer = learner.ask(probes.decorated_names, decorator)
    got = answer.value
    require(
        approx_equal(got, {"name": "mean_flux", "doc": "Mean of the fluxes."}),
        "metadata-lost",
        name=got["name"],
        doc=got["doc"],
    )
