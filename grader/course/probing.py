"""How a check asks a probe: by its name, with its own types, and without importing it.

Probes run beside a learner's code and import what it needs, such as torch. The judge's process does
without: there a probe is a `ProbeName`, and the schema of its reply is read off its source. To a
type checker `learner.ask(probes.logits, ...)` is a call of the probe.
"""

from __future__ import annotations

import ast
import importlib
import types
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec

from grader.course import COURSE, package_of

_loaded: dict[str, types.ModuleType] = {}
"""The probes of the exercises that are judged in this process, by the exercise's number; those
that all of them use by an empty one."""


def load(number: str) -> None:
    """Import the probes of an exercise, and those that all exercises use."""
    _loaded[""] = importlib.import_module("grader.course.common_probes")
    _loaded[number] = importlib.import_module(_module_of(number))


def _module_of(number: str) -> str:
    return f"grader.course.{package_of(number)}.probes"


def find(name: str, number: str) -> Callable[..., Any]:
    """The probe called `name` of an exercise that is loaded (`"6"`), or of all exercises."""
    probe: Callable[..., Any] = getattr(_loaded[number], name, None) or getattr(_loaded[""], name)
    return probe


class ProbeName:
    """A probe where it is only named: its module and its name."""

    def __init__(self, module: str, name: str) -> None:
        self.__module__, self.__name__ = module, name


class ProbeNames:
    """Stands for a module of probes: every attribute is a `ProbeName`."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> ProbeName:
        if name.startswith("_"):
            raise AttributeError(name)
        return ProbeName(self._module, name)


def by_name(package: str) -> Any:
    """The probes of the exercise in `package`, by name."""
    return ProbeNames(f"{package}.probes")


def read_annotations(number: str) -> None:
    """Read the schemas of an exercise's replies: once, for all processes forked from this one."""
    _annotations(_module_of(number))


def reply_type(probe: Any) -> Any:
    """What a probe returns, by its annotation: the schema of its reply."""
    return _reply_type(probe.__module__, probe.__name__)


@cache
def _reply_type(module: str, name: str) -> Any:
    """A probe's return annotation, evaluated where the exercise's replies are defined."""
    scope = dict(vars(importlib.import_module("grader.course.reply")))
    if (COURSE / module.split(".")[-2] / "replies.py").is_file():
        scope |= vars(importlib.import_module(f"{module.rpartition('.')[0]}.replies"))
    return eval(_annotations(module)[name], scope)


@cache
def _annotations(module: str) -> dict[str, str]:
    """The return annotations of a module's functions, read off its source."""
    path = COURSE.joinpath(*module.split(".")[2:]).with_suffix(".py")
    nodes = ast.parse(path.read_text(encoding="utf-8")).body
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    return {node.name: ast.unparse(node.returns) for node in functions if node.returns}


def fitted(value: Any, probe: Any) -> Any:
    """A reply as the type that its probe declares.

    Raises `msgspec.ValidationError`, which names the place, if it does not fit.
    """
    try:
        return msgspec.convert(value, reply_type(probe))
    except IndexError as error:  # it takes an array for a mapping
        raise msgspec.ValidationError(f"the value cannot be looked into: {error}") from None
