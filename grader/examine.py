"""Run an exercise's checks, which are ordinary pytest tests, against one learner's code."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.answer import Backend, Failure, Subject
from grader.exercise import Exercise, Part

CHECKS = Path(__file__).parent / "checks"
UNUSED = (  # plugins of pytest's own; each costs each run a millisecond or more
    *("terminal", "cacheprovider", "logging", "warnings", "faulthandler", "threadexception"),
    *("unraisableexception", "stepwise", "junitxml", "debugging", "unittest", "legacypath"),
    *("tmpdir", "monkeypatch", "recwarn", "pastebin", "doctest", "setuponly", "setupplan"),
    *("subtests", "skipping"),
)
QUIET = [
    *("-c", os.devnull, "--rootdir", str(CHECKS), "--noconftest", "--disable-plugin-autoload"),
    *("--capture=no", "--assert=plain", "--import-mode=importlib"),
    *(f"-pno:{name}" for name in UNUSED),
]


class GraderTrouble(RuntimeError):
    """The grader itself failed. Never recorded as a learner's zero."""


@dataclass
class PartResult:
    """The verdict on one part, and what each of its checks said."""

    part: Part
    status: str = "passed"
    message: str = ""
    misconception: str | None = None
    hint: str = ""
    checks: dict[str, str] = field(default_factory=dict)
    """Outcome (`passed`, `failed`, `skipped`) of each check, by its title."""

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    @property
    def points(self) -> float:
        return self.part.points if self.passed else 0.0


def examine(
    exercise: Exercise,
    backend: Backend,
    seed: int,
    only: str | None = None,
    *,
    first: Collection[str] = (),
    tell: Callable[[PartResult], None] | None = None,
) -> list[PartResult]:
    """Judge all parts of an exercise, or the part `only`.

    Inputs are drawn from `seed`. The parts whose ids are in `first` are judged before the others,
    and each verdict is passed to `tell` as soon as it is known. Raises `GraderTrouble` if a check
    itself breaks.
    """
    parts = [part for part in exercise.parts if only in (None, part.id)]
    parts.sort(key=lambda part: part.id not in first)
    judge = _Judge(exercise, parts, backend, seed, tell)
    path = CHECKS / f"{exercise.slug[:4]}.py"
    with _undisturbed():
        code = pytest.main([*QUIET, str(path)], plugins=[judge])
    if judge.trouble or code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise GraderTrouble(judge.trouble or f"pytest ended with {code!r}")
    return [judge.result(part) for part in exercise.parts if part in parts]


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep pytest from speaking, and from options that are set in the environment."""
    options = {name: os.environ.pop(name) for name in list(os.environ) if name[:7] == "PYTEST_"}
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        os.environ.update(options)


def hints(exercise: Exercise) -> dict[str, list[str]]:
    """The hints of every part, from the mildest to the plainest."""
    return importlib.import_module(f"grader.checks.{exercise.slug[:4]}").HINTS


class _Judge:
    """A pytest plugin: hands the checks their fixtures and collects what they say."""

    def __init__(
        self,
        exercise: Exercise,
        parts: list[Part],
        backend: Backend,
        seed: int,
        tell: Callable[[PartResult], None] | None,
    ) -> None:
        self.exercise, self.backend, self.seed, self.tell = exercise, backend, seed, tell
        self.parts = {part.id: part for part in parts}
        self.failures: dict[str, list[Failure]] = {part.id: [] for part in parts}
        self.outcomes: dict[str, dict[str, str]] = {part.id: {} for part in parts}
        self.trouble = ""

    @pytest.fixture
    def learner(self) -> Subject:
        return Subject(self.backend)

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        name = zlib.crc32(request.node.name.encode())
        return np.random.default_rng([self.seed, name])

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "part(id): the part of the exercise a check belongs to")

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(self, name: str, obj: object) -> list[pytest.Item] | None:
        """Pass over what is no check of these parts, before pytest looks at it closely."""
        marks = getattr(obj, "pytestmark", []) if name.startswith("test") else []
        return None if any(m.name == "part" and m.args[0] in self.parts for m in marks) else []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        order = list(self.parts)
        items.sort(key=lambda item: order.index(_part_of(item)))
        for item in items:  # nobody reads the tracebacks, and they take longer than most checks
            item.repr_failure = _message  # type: ignore[method-assign, assignment]
        self._find_undefined()

    def _find_undefined(self) -> None:
        """A part whose names are not all there needs no check: it is missing, and says why."""
        names = [name for part in self.parts.values() for name in part.names]
        try:
            undefined = self.backend.undefined(names)
        except Failure as failure:  # not even that could be asked: it holds for every part
            undefined = []
            for failures in self.failures.values():
                failures.append(failure)
        for part in self.parts.values():
            for name in part.names:
                if name in undefined:
                    trouble = self.backend.trouble_with(name)
                    self.failures[part.id].append(trouble or _not_defined(name))

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        done = [f for f in self.failures[_part_of(item)] if f.status in ("missing", "timeout")]
        if done:
            pytest.skip("the part's verdict is certain")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> Any:
        done = yield
        part = _part_of(item)
        if self.tell and not self.trouble and (nextitem is None or _part_of(nextitem) != part):
            self.tell(self.result(self.parts[part]))
        return done

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        report = yield
        if call.excinfo is not None and not call.excinfo.errisinstance(pytest.skip.Exception):
            self._failed(item, call.excinfo.value)
        if call.when == "call" or report.skipped:
            self._note(self.outcomes[_part_of(item)], _title(item), report.outcome)
        return report

    def _note(self, outcomes: dict[str, str], title: str, outcome: str) -> None:
        """A check with several inputs has failed if it failed for one of them."""
        if outcomes.get(title) != "failed":
            outcomes[title] = outcome

    def _failed(self, item: pytest.Item, error: BaseException) -> None:
        if isinstance(error, Failure):
            self.failures[_part_of(item)].append(error)
        else:
            self.trouble = f"check {item.name} broke: {type(error).__name__}: {error}"

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.trouble = f"the checks of {self.exercise.slug} cannot be loaded: {report.longrepr}"

    def result(self, part: Part) -> PartResult:
        failures = self.failures[part.id]
        if not failures:
            if "passed" not in self.outcomes[part.id].values():
                raise GraderTrouble(f"part {part.id} has no check: no result is never a pass")
            return PartResult(part, checks=self.outcomes[part.id])
        failure = _most_telling(failures)
        hint = hints(self.exercise)[part.id][0]
        return PartResult(part, failure.status, failure.message, failure.misconception, hint,
                          self.outcomes[part.id])  # fmt: skip


def _most_telling(failures: list[Failure]) -> Failure:
    """The first failure that names a misconception, otherwise the first one."""
    return next((f for f in failures if f.misconception), failures[0])


def _message(excinfo: pytest.ExceptionInfo[BaseException]) -> str:
    return str(excinfo.value)


def _not_defined(name: str) -> Failure:
    return Failure(f"`{name}` is not defined. Did you rename or delete it?", "missing")


def _part_of(item: pytest.Item) -> str:
    marker = item.get_closest_marker("part")
    return marker.args[0] if marker else ""


def _title(item: pytest.Item) -> str:
    return (getattr(item, "function").__doc__ or item.name).strip().splitlines()[0]  # noqa: B009
