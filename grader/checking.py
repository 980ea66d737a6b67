"""Run an exercise's checks, which are ordinary pytest tests, against learners' code."""

from __future__ import annotations

import contextlib
import io
import os
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from grader.answer import Backend, Failure, Finding, Stop, Subject
from grader.course import COURSE, feedback, lines, package_of, probing
from grader.course.oracles import Rng
from grader.exercise import Exercise, Part, round_points
from grader.texts import short
from grader.verdict import Failed, Verdict, title

UNUSED = (  # plugins of pytest's own; each costs each run a millisecond or more
    *("terminal", "cacheprovider", "logging", "warnings", "faulthandler", "threadexception"),
    *("unraisableexception", "stepwise", "junitxml", "debugging", "unittest", "legacypath"),
    *("tmpdir", "monkeypatch", "recwarn", "pastebin", "doctest", "setuponly", "setupplan"),
    *("subtests", "skipping"),
)
QUIET = [
    *("-c", os.devnull, "--noconftest", "--disable-plugin-autoload"),
    *("-o", "python_files=part_*.py", "--capture=no", "--assert=plain", "--import-mode=importlib"),
    *(f"-pno:{name}" for name in UNUSED),
]


MAX_SAID = 300  # characters on a check that is not the one to be told
SIZES = (1, 2, 3, 5, 8, 12, 18)  # of short inputs, tried in this order


class GraderError(RuntimeError):
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
    judged: str = ""
    """Where in the notebook, if not right below the part: at the end."""
    broke: str = ""
    """How a check broke on what came back, for whoever keeps the grader."""
    gates: frozenset[str] = frozenset()
    """Titles of the checks that must pass before the part earns any points."""
    followed: tuple[str, ...] = ()
    """Ids of earlier parts whose reference stood in place of the learner's code."""
    code: str = ""
    """Python for a new cell of the learner's notebook, which shows what the message is about."""
    told: str = ""
    """The title of the check that the message is about."""
    failures: dict[str, str] = field(default_factory=dict)
    """What each check that failed has said, by its title."""
    named: frozenset[str] = frozenset()
    """The misconceptions that the message and the failures name."""

    def __post_init__(self) -> None:
        self.message, self.broke = short(self.message), short(self.broke, 500)
        self.failures = {title: short(says, MAX_SAID) for title, says in self.failures.items()}

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    @property
    def checks_passed(self) -> int:
        return list(self.checks.values()).count("passed")

    @property
    def points(self) -> float:
        """The part's points, which its checks share equally; none if a gate does not pass."""
        if self.passed:
            return self.part.points
        if not self.checks or any(self.checks.get(title) != "passed" for title in self.gates):
            return 0.0
        return round_points(self.part.points * self.checks_passed / len(self.checks))


def run_checks(
    exercise: Exercise,
    backend: Backend,
    seed: int,
    only: str | Collection[str] | None = None,
    on_verdict: Callable[[PartResult], None] = lambda _: None,
) -> list[PartResult]:
    """Judge all parts of an exercise, or `only` the part or parts with these ids.

    Inputs are drawn from `seed`. Each verdict is passed to `on_verdict` as soon as it is known.
    """
    wanted = {only} if isinstance(only, str) else only
    results: list[PartResult] = []
    with_checks(
        exercise, wanted, lambda checks: results.extend(checks.judge(backend, seed, on_verdict))
    )
    return results


def with_checks(
    exercise: Exercise, only: Collection[str] | None, action: Callable[[Checks], None]
) -> None:
    """Collect the checks of an exercise, once, and call `action` with them.

    Raises `GraderError` if the checks cannot be collected; what `action` raises is passed on.
    """
    checks = Checks(exercise, only, action)
    folder = str(COURSE / package_of(exercise.number) / "checks")
    here = ["--rootdir", folder, "--confcutdir", folder]  # or pytest looks through all above it
    # pytest looks through the folder once for each file that it is given.
    paths = [folder] if only is None else [str(_checks_of(part)) for part in checks.parts]
    with _undisturbed():
        code = pytest.main([*QUIET, *here, *paths], plugins=[checks])
    if checks.raised is not None:
        raise checks.raised
    if not checks.done:
        raise GraderError(f"the checks could not be collected: pytest ended with {code!r}")


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep pytest from speaking, and from options that are set in the environment."""
    options = {name: os.environ.pop(name) for name in list(os.environ) if name[:7] == "PYTEST_"}
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        os.environ.update(options)


def _checks_of(part: Part) -> Path:
    """The module with the checks of a part: `course/ex06/checks/part_e1.py` for 6.E1."""
    number, _, name = part.id.partition(".")
    return COURSE / package_of(number) / "checks" / f"part_{name.lower()}.py"


class Checks:
    """The collected checks of an exercise: a pytest plugin that runs them on one notebook or more.

    A part is judged where the notebook checks it. What has not passed there is judged again at the
    end, if code further down may have changed it; the better verdict counts.
    """

    def __init__(
        self,
        exercise: Exercise,
        only: Collection[str] | None,
        action: Callable[[Checks], None],
    ) -> None:
        self.exercise = exercise
        self.parts = [part for part in exercise.parts if only is None or part.id in only]
        self.done = False
        self.raised: BaseException | None = None
        self._action = action
        self._items: dict[str, list[pytest.Item]] = {part.id: [] for part in self.parts}
        self._backend: Backend
        self._memory: dict[str, Any] = {}
        self._seed = 0
        self._verdict = Verdict()
        self._subject: Subject
        self._rng: Rng | None = None
        self._most: int | None = None

    def judge(
        self,
        backend: Backend,
        seed: int,
        on_verdict: Callable[[PartResult], None] = lambda _: None,
        *,
        begin: Callable[[Part], None] = lambda _: None,
        known: Mapping[str, PartResult] = MappingProxyType({}),
    ) -> list[PartResult]:
        """The verdicts on all parts, in the order of the exercise.

        `begin` hears of each part that is to be judged, `on_verdict` of each verdict. Parts
        that are `known` by their ids are not judged.
        """
        self._backend, self._seed = backend, seed
        found: dict[str, PartResult] = {}
        judged_at: dict[str, int] = {}
        left = self._open(known, found)
        for stop in backend.stops() if left else ():
            for part in self._due(stop, left, judged_at):
                begin(part)
                result = self._judge_part(part, stop)
                judged_at[part.id] = stop.position
                if part.id not in found or is_better(result, found[part.id]):
                    found[part.id] = result
                    on_verdict(result)
            left = self._open(known, found)
            if not left:
                break
        both = {**known, **found}
        return [both[part.id] for part in self.parts]

    def _open(self, known: Collection[str], found: Mapping[str, PartResult]) -> list[Part]:
        """The parts that are not known, and have not passed."""
        left = (part for part in self.parts if part.id not in known)
        return [part for part in left if part.id not in found or not found[part.id].passed]

    def _due(self, stop: Stop, left: list[Part], judged_at: Mapping[str, int]) -> list[Part]:
        """The parts to judge at a stop, of those left: they were not judged as they are."""
        whole = stop.at_end or self.exercise.number in stop.parts
        here = [part for part in left if whole or part.id in stop.parts]
        return [
            part
            for part in here
            if part.id not in judged_at
            or self._backend.changed_since(judged_at[part.id], part.names)
        ]

    def _judge_part(self, part: Part, stop: Stop) -> PartResult:
        self._verdict, self._memory = Verdict(), {}
        self._backend.begin(part.names)
        self._find_undefined(part)
        items = self._items[part.id]
        for item, following in zip_longest(items, items[1:]):
            _run(item, following)
        return self._result(part, stop)

    def _find_undefined(self, part: Part) -> None:
        """A part whose names are not all there needs no check: it is missing, and says why."""
        try:
            undefined = self._backend.undefined(list(part.names))
        except Failure as failure:
            self._verdict.add(failure, None)
            self._verdict.certain = True
            return
        if undefined:
            self._verdict.add(_not_defined(undefined[0]), None)

    def _result(self, part: Part, stop: Stop) -> PartResult:
        verdict = self._verdict
        judged = "at the end of the notebook" if stop.at_end else ""
        items = self._items[part.id]
        gates = frozenset(title(one) for one in items if one.get_closest_marker("gate"))
        if not verdict.failures:
            if "passed" not in verdict.outcomes.values():
                raise GraderError(f"part {part.id} has no check: no result is never a pass")
            return PartResult(part, checks=verdict.outcomes, judged=judged, gates=gates)
        told = self._with_short_input(verdict.most_telling)
        failure = self._backend.explained(told.failure, sorted(part.all_names))
        return PartResult(
            part,
            failure.status,
            failure.message,
            failure.misconception,
            feedback.load(self.exercise.number).hints(part.id)[0],
            verdict.outcomes,
            judged,
            verdict.broke,
            gates,
            code=told.failure.code if failure.status != "missing" else "",
            told=told.title,
            failures=verdict.messages,
            named=verdict.named,
        )

    def _with_short_input(self, failed: Failed) -> Failed:
        """The same failure for a shorter input, if the check has sizes and there is one.

        The check is run again for it, which changes nothing in its verdict.
        """
        largest = failed.rng.largest if failed.rng else 0
        if not largest or failed.failure.status not in ("failed", "error"):
            return failed
        sizes = [size for size in SIZES if size < largest]
        verdict = self._verdict
        try:
            for self._most in [*sizes, largest]:
                self._verdict = Verdict()
                _run(failed.item, None)
                found = self._verdict.failures[:1]
                if found and found[0].is_like(failed) and found[0].failure.code:
                    return found[0]
        finally:
            self._verdict, self._most = verdict, None
        return failed

    # What pytest calls

    @pytest.fixture
    def learner(self) -> Subject:
        self._subject = Subject(self._backend)
        return self._subject

    @pytest.fixture
    def memory(self) -> dict[str, Any]:
        """What checks of a part share, by a name of theirs; empty whenever a part is judged."""
        return self._memory

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> Rng:
        name = zlib.crc32(request.node.name.encode())
        self._rng = Rng([self._seed, name], self._most)
        return self._rng

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "gate: without this check, its part earns no points")

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(self, name: str) -> list[pytest.Item] | None:
        """Pass over what is not a check, before pytest looks at it closely."""
        return None if name.startswith("test") else []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        parts = {_checks_of(part): part.id for part in self.parts}
        for item in items:  # nobody reads the tracebacks, and they take longer than most checks
            item.repr_failure = _message  # type: ignore[method-assign, assignment]
            if item.path in parts:  # a new part may not be in the notebook yet
                self._items[parts[item.path]].append(item)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Let the action run the checks, instead of running each of them once."""
        if session.testsfailed:  # while they were collected
            return True
        self.done = True
        probing.read_annotations(self.exercise.number)
        lines.load(self.exercise.number)
        try:
            self._action(self)
        except BaseException as error:
            self.raised = error
        return True

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if self._verdict.certain:
            pytest.skip("the part's verdict is certain")
        self._rng = None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        report = yield
        if call.excinfo is not None and not call.excinfo.errisinstance(pytest.skip.Exception):
            self._add(item, call.excinfo.value)
        if call.when == "call" or report.skipped:
            self._verdict.note(title(item), report.outcome)
        return report

    def _add(self, item: pytest.Item, error: BaseException) -> None:
        """A check has failed, in words for the learner, or has broken."""
        spoken: BaseException = error
        if isinstance(error, Finding):
            part = next(part.id for part in self.parts if item in self._items[part.id])
            spoken = self._in_words(part, error)
        if isinstance(error, Failure) and isinstance(spoken, Failure):
            spoken.key = error.key
            question = error.question or self._subject.question
            spoken.code = lines.of(question, self.exercise.number, error.form or "{}")
        self._verdict.add(spoken, item, self._rng)

    def _in_words(self, part: str, finding: Finding) -> Exception:
        try:
            return feedback.load(self.exercise.number).failure(part, finding)
        except (KeyError, IndexError, ValueError) as error:
            return LookupError(f"the feedback of {finding.key!r}: {error}")


RANK = {"missing": 0, "timeout": 1, "error": 2, "failed": 3, "passed": 4}


def is_better(new: PartResult, old: PartResult) -> bool:
    """Whether a verdict is the one to keep, of two on the same part."""
    return (new.points, RANK[new.status]) > (old.points, RANK[old.status])


def _run(item: pytest.Item | None, following: pytest.Item | None) -> None:
    if item is not None:
        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)


def _message(excinfo: pytest.ExceptionInfo[BaseException]) -> str:
    return str(excinfo.value)


def _not_defined(name: str) -> Failure:
    return Failure(f"`{name}` is not defined. Did you rename or delete it?", "missing")
