"""Probes: small functions that run beside a learner's code and return plain values.

A probe's first argument is the `Learner`, whose attributes are the learner's definitions. It calls
them with the inputs it is given. It holds no expected value: judging is the work of the checks.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

Probe = Callable[..., Any]
_PROBES: dict[str, Probe] = {}


def probe(function: Probe) -> Probe:
    """Register `function` as a probe under its own name."""
    if function.__name__ in _PROBES:
        raise ValueError(f"there are two probes called {function.__name__}")
    _PROBES[function.__name__] = function
    return function


def load(number: str) -> None:
    """Import the probes of an exercise."""
    importlib.import_module(f"grader.probes.ex{int(number):02d}")


def find(name: str) -> Probe:
    return _PROBES[name]


@probe
def call(learner: Any, name: str, *args: Any, **kwargs: Any) -> Any:
    """Call the learner's function `name`."""
    return getattr(learner, name)(*args, **kwargs)
