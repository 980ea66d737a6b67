"""Folders of files, what a pipeline fetches from them, and what it says of those it cannot read."""

from __future__ import annotations

import math
from typing import Any

from grader.answer import Answer, Subject
from grader.course.ex11 import probes
from grader.course.ex11.checks.light_curves import Observation, observed
from grader.course.ex11.replies import Fetched
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    expect,
    fail_if_recognised,
    kind_of,
    require,
    showing,
    shown,
)
from grader.wire import OpaqueObject

Contents = dict[str, list[Observation]]
Files = dict[str, list[Observation] | tuple[str, str]]
NOW = 60010.0
LOOKBACK = 7
NAMES = "[lc.object_id for lc in {}]"


def detected(mjd: float, flux: float = 50.0) -> Observation:
    return observed(mjd, flux, abs(flux) / 10)


def faint(mjd: float) -> Observation:
    return observed(mjd, 3.5, 5.0, "g")


def limit(mjd: float) -> Observation:
    return observed(mjd, math.nan, 5.0, "g")


def names_in(rng: Rng, n: int) -> list[str]:
    """Different names of objects, in no order."""
    letters = rng.choice(list("abcdefghjkmnpq"), n, replace=False)
    names = [f"ZTF18{letter}{letter}" for letter in letters]
    in_order = n > 2 and names in (sorted(names), sorted(names)[::-1])
    return [*names[1:], names[0]] if in_order else names


def fetch(learner: Subject, contents: Contents, *args: Any) -> Answer[Fetched]:
    files: Files = {f"{name}.json": data for name, data in contents.items()}
    return learner.ask(probes.fetched, "lasair", [files], *args)


def expect_names(got: Fetched, want: list[str], *mistakes: Mistake) -> None:
    """The light curves that came back, by their names in order. A mistake holds sorted names."""
    is_list = got.other is None and all(view.kind for view in got.light_curves)
    what = kind_of(got.other) if got.other is not None else "a list of other things"
    require(is_list, "no-list-of-light-curves", kind=what)
    names = [view.metadata.get("object_id") for view in got.light_curves]
    with showing(NAMES):
        unordered = Answer(sorted(map(str, names)))
        if unordered.result == sorted(want):
            require(names == want, "not-in-order")
        else:
            fail_if_recognised(unordered, *mistakes)
            expect(Answer(names), want, what="what was fetched, by name,")


def expect_problem(problems: Any, name: str, message: str) -> None:
    require(isinstance(problems, dict), "no-dictionary", kind=kind_of(problems))
    require(bool(problems), "problem-not-written-down", name=name)
    keys = ", ".join(map(repr, problems))
    require([*problems] == [name], "other-name-in-problems", keys=keys, name=name)
    said = problems[name]
    is_text = isinstance(said, str)
    kept_error = isinstance(said, OpaqueObject) and said.type.endswith("Error")
    require(not kept_error, "error-for-its-message")
    require(is_text and message in said, "message-lost", got=shown(said), message=message)


def expect_paths(paths: list[str], wanted: list[str], suffix: str) -> None:
    extra = sorted(set(paths) - set(wanted))
    strange = [path for path in extra if "/" not in path and not path.endswith(f".{suffix}")]
    missing = sorted(set(wanted) - set(paths))
    require(not missing, "file-not-read", name=min(missing, default=""))
    require(not strange, "other-files-read", name=min(strange, default=""))
    require(f"2018.{suffix}" not in extra, "folder-read", name=f"2018.{suffix}")
    require(not extra, "folders-searched", name=min(extra, default=""))
    require(len(paths) == len(wanted), "read-twice", times=len(paths), files=len(wanted))
