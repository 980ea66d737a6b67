"""The proof that the grader grades: every check against wrong, empty and right answers.

Each part meets the unfilled stub, `None`, zeros of the right shape and an answer that ignores its
input, which must earn nothing; every wrong answer known for it, which must be told its own
misconception, and no other one of its part, and lose points; the reference, and right answers in
other styles.
"""

from __future__ import annotations

import functools
import inspect
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from answer_files import (
    LONG,
    Answer,
    answers,
    changed,
    lined,
    namespace,
    reference,
    seeds_of,
    with_answer,
)
from constant import Ignoring
from together import assert_told, from_here, judged_together
from zeros import zeroing

from grader import checking, exercise
from grader.checking import Checks, PartResult, run_checks
from grader.learner import Kernel

SEEDS = [1, pytest.param(2, marks=pytest.mark.slow)]
SLUGS = exercise.slugs()
PARTS = [(slug, part.id) for slug in SLUGS for part in exercise.load(slug).parts]
WRONG = answers("wrong")
HERE = [answer for answer in WRONG if LONG or answer not in lined()]
"""`test_lines.py` says the same of the others, whose lines it runs."""
RIGHT = answers("right")


def every_part(daily: int) -> list[Any]:
    """All parts; for every day, one in `daily` of them."""
    return _marked([[slug, part] for slug, part in PARTS], daily)


def with_seeds(found: list[Answer], daily: int) -> list[Any]:
    """All answers with their seeds; for every day, one in `daily` of them."""
    return _marked([[answer, seed] for answer in found for seed in seeds_of(answer)], daily)


def _marked(cases: list[list[Any]], daily: int) -> list[Any]:
    slow = pytest.mark.slow
    return [pytest.param(*case, marks=[slow] if i % daily else []) for i, case in enumerate(cases)]


def verdict(slug: str, part: str, code: dict[str, Any], seed: int = 1) -> PartResult:
    found = exercise.load(slug)
    (result,) = run_checks(found, Kernel(found, code), seed, part)
    return result


Verdict = PartResult | Exception


@pytest.fixture(scope="module")
def judged(request: pytest.FixtureRequest) -> Callable[[Answer, int], PartResult]:
    """The verdict on an answer. The checks of a part are collected once for all its answers."""
    mine = [item for item in request.session.items if "judged" in getattr(item, "fixturenames", ())]
    params = [item.callspec.params for item in mine]
    chosen = [(each["answer"], each["seed"]) for each in params]
    verdicts: dict[tuple[Answer, int], Verdict] = {}

    def find(answer: Answer, seed: int) -> PartResult:
        if (answer, seed) not in verdicts:
            kind = answer.path.parent
            group = [other for other, s in chosen if (other.path.parent, s) == (kind, seed)]
            judge = functools.partial(verdict_with, seed=seed)
            together = judged_together(from_here(answer, group), judge)
            verdicts.update(((other, seed), found) for other, found in together.items())
        verdict = verdicts[answer, seed]
        if isinstance(verdict, Exception):
            raise verdict
        return verdict

    return find


def verdict_with(checks: Checks, answer: Answer, seed: int) -> PartResult:
    """The verdict; where time is short, without the search for a short input (`test_lines.py`)."""
    kernel = Kernel(exercise.load(answer.exercise), with_answer(answer))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "SIZES", checking.SIZES if LONG else ())
        (result,) = checks.judge(kernel, seed)
    return result


@functools.cache
def stubs(slug: str) -> str:
    """Source of the released notebook's code, without checks and demonstrations."""
    import json

    found = exercise.load(slug)
    cells = json.loads(exercise.released(slug).read_text("utf-8"))["cells"]
    sources = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    return "\n".join(source for source in sources if source.strip() not in found.given)


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("seed", SEEDS)
def test_reference_passes_every_part(slug: str, seed: int) -> None:
    found = exercise.load(slug)
    results = run_checks(found, Kernel(found, namespace(reference(slug))), seed)
    assert {r.part.id: r.message for r in results if not r.passed} == {}
    assert [result.points for result in results] == [part.points for part in found.parts]


@pytest.mark.parametrize("slug", SLUGS)
def test_stubs_pass_no_part(slug: str) -> None:
    found = exercise.load(slug)
    results = run_checks(found, Kernel(found, namespace(stubs(slug))), 1)
    assert {r.part.id: r.status for r in results} == {p.id: "missing" for p in found.parts}
    assert not any(result.points for result in results)


@pytest.mark.parametrize(("slug", "part"), every_part(daily=4))
def test_none_earns_nothing(slug: str, part: str) -> None:
    code = replaced(slug, part, lambda function: lambda *args, **kwargs: None)
    assert_nothing(verdict(slug, part, code))


@pytest.mark.parametrize(("slug", "part"), every_part(daily=4))
def test_zeros_of_the_right_shape_earn_nothing(slug: str, part: str) -> None:
    changes: list[bool] = []

    def zeroed(function: Any) -> Any:
        change = zeroing(function)

        @functools.wraps(function)
        def watched(*args: Any, **kwargs: Any) -> Any:
            result = change(*args, **kwargs)
            changes.append(result is not None or function.__name__ == "__init__")
            return result

        return watched

    result = verdict(slug, part, replaced(slug, part, zeroed))
    if changes and not any(changes):
        pytest.skip("the part returns nothing that could be zeros; `None` is another test")
    assert_nothing(result)


@pytest.mark.parametrize(("slug", "part"), every_part(daily=4))
def test_answer_that_ignores_its_input(slug: str, part: str) -> None:
    ignoring = Ignoring()
    result = verdict(slug, part, replaced(slug, part, ignoring))
    if not ignoring.has_input:
        pytest.skip("the part has no input that could be ignored")
    if not ignoring.has_result:
        pytest.skip("the part returns nothing, or what can be used only once")
    assert_nothing(result)


@pytest.mark.parametrize(("answer", "seed"), with_seeds(HERE, daily=60), ids=str)
def test_wrong_answer_is_told_its_misconception(answer: Answer, seed: int, judged: Any) -> None:
    result = judged(answer, seed)
    print(f"{answer}: {result.points:g} points. {result.message}")  # shown by `make part`
    assert_told(result, answer)


@pytest.mark.parametrize(("answer", "seed"), with_seeds(RIGHT, daily=12), ids=str)
def test_alternative_is_accepted(answer: Answer, seed: int, judged: Any) -> None:
    result = judged(answer, seed)
    assert result.passed, result.message
    assert result.points == result.part.points


def assert_nothing(result: PartResult) -> None:
    """No points, and at least one check that had to pass before there are any."""
    assert not result.passed
    assert result.points == 0, result.checks
    assert result.gates <= result.checks.keys()
    assert result.gates


def test_there_are_enough_answers() -> None:
    """At least three misconceptions and two alternatives for every part."""
    misconceptions = Counter(part for part, _ in {(a.part, a.misconception) for a in WRONG})
    alternatives = Counter(a.part for a in RIGHT)
    few = {part for _, part in PARTS if misconceptions[part] < 3 or alternatives[part] < 2}
    assert not few


def replaced(slug: str, part: str, change: Any) -> dict[str, Any]:
    """The reference's namespace with the functions of one part changed."""
    code = namespace(reference(slug))
    for name in exercise.load(slug).part(part).names:
        owner, _, member = name.partition(".")
        if member:
            own = inspect.getattr_static(code[owner], member)
            setattr(code[owner], member, changed(own, change))
        else:
            code[owner] = change(code[owner])
    return code
