"""What the checks of several parts of Exercise 1 use: records, and rules for every decorator."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex01 import probes
from grader.course.ex01.replies import DecoratedCall
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    fail_if_recognised,
    require,
    showing,
)

Record = dict[str, Any]


def photometry(rng: Rng, n: int = 24, bands: str = "gri") -> list[Record]:
    """Records in order of time, with at least one of each band; flux in [10, 30]."""
    n = rng.size(n)
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


def unordered(rng: Rng, data: list[Record]) -> list[Record]:
    """The records in another order, not that of time, and one of them there twice."""
    order = [*rng.permutation(len(data)), int(rng.integers(len(data)))]
    mixed = [dict(data[i]) for i in order]
    return mixed[1:] + mixed[:1] if approx_equal(mixed, sorted(mixed, key=time_of)) else mixed


def time_of(record: Record) -> float:
    mjd: float = record["mjd"]
    return mjd


def gives_up(answer: Answer[Any]) -> bool:
    """Whether the learner's code raised an exception, and not for being unwritten."""
    return answer.raised is not None and not answer.raised.is_a("NotImplementedError")


def decorated(answer: Answer[DecoratedCall]) -> DecoratedCall:
    """What a decorated call reports, once it is clear that decorating gives a function."""
    got = answer.value
    with showing("mean_flux"):
        require(got.calls_before == 0, "calls-while-decorating")
        require(got.callable, "wrapper-not-returned", kind=got.kind)
    return got


def check_passed_on(learner: Subject, decorator: str, rng: Rng) -> None:
    """A decorated function receives its arguments once and gives its value back."""
    value, band = round(rng.uniform(10, 30), 2), str(rng.choice(list("gri")))
    plain, named = _accepted(learner, decorator, value, band)
    got = decorated(named)
    require(bool(got.calls), "never-calls")
    args, kwargs = got.calls[0].args, got.calls[0].kwargs
    given = {"band": band, "offset": 0.0}
    require(not approx_equal(args[:1], [(value, 2)]), "arguments-packed")
    require(not approx_equal(args[-1:], [given]), "arguments-packed~keywords")
    positional = approx_equal(args, [value, 2])
    require(bool(kwargs) or not positional, "keywords-not-passed~lost")
    require(bool(args), "arguments-not-passed~lost")
    require(len(got.calls) == 1, "calls-twice", n_calls=len(got.calls))
    require(got.value is not None, "value-not-returned")
    expect(Answer(got.value), value, what="the value of the decorated function")
    require(positional and approx_equal(kwargs, given), "arguments-changed", named)
    n_calls = len(decorated(plain).calls)
    require(n_calls == 1, "calls-twice~for-zero", plain, n_calls=n_calls)
    for name in learner.ask(probes.own_keywords, decorator).value[:3]:
        passed = learner.ask(probes.decorated_call, decorator, value, **{name: 3}).value
        arrived = bool(passed.calls) and approx_equal(passed.calls[0].kwargs, {name: 3})
        require(arrived, "own-keyword", name=name)


def _accepted(
    learner: Subject, decorator: str, value: float, band: str
) -> tuple[Answer[DecoratedCall], Answer[DecoratedCall]]:
    """A decorated function called without and with keyword arguments, if it takes them.

    The first time it returns 0.
    """
    plain = learner.ask(probes.decorated_call, decorator, 0.0, 2)
    named = learner.ask(probes.decorated_call, decorator, value, 2, band=band, offset=0.0)
    refused = Raises("TypeError", "positional argument")
    fail_if_recognised(plain, Mistake("arguments-not-passed", refused, error=plain.raised))
    refused = Raises("TypeError", "unexpected keyword argument")
    fail_if_recognised(named, Mistake("keywords-not-passed", refused, error=named.raised))
    return plain, named


def check_identity(learner: Subject, decorator: str) -> None:
    """A decorated function keeps its name and its docstring."""
    got = learner.ask(probes.decorated_names, decorator).value
    kept = approx_equal([got.name, got.doc], ["mean_flux", "Mean of the fluxes."])
    require(kept, "metadata-lost", name=got.name, doc=got.doc)
