"""Probes that all exercises use.

A probe is a small function that runs beside a learner's code. Its first argument is the `Learner`,
whose attributes are the learner's definitions; it calls them with the inputs that it is given and
returns plain values. It holds no expected value: judging is the work of the checks.
"""

from __future__ import annotations

import types
from typing import Any

from grader.runner import Learner


class Trouble(Exception):
    """Raised by the probes' own functions, so that it cannot be mistaken for a learner's."""


def call(learner: Learner, name: str, *args: Any, **kwargs: Any) -> Any:
    """Call the learner's function `name`."""
    return getattr(learner, name)(*args, **kwargs)


def kinds_of(error: Exception) -> list[str]:
    """The classes of an exception, from the most special on.

    What says only that a name or a module is missing here is raised again: no check is to take it
    for an answer.
    """
    missing = NameError | ImportError | MemoryError
    of_a_module = isinstance(error, AttributeError) and isinstance(error.obj, types.ModuleType)
    if of_a_module or (isinstance(error, missing) and not isinstance(error, UnboundLocalError)):
        raise error
    return [kind.__name__ for kind in type(error).__mro__]
