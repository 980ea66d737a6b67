"""The lines that go with a failure are true: run in the notebook, they show what was judged.

Each wrong answer is judged; then the lines are run with it. They must give the very value that the
check has judged, or the very exception, and the reference must give something else.
"""

from __future__ import annotations

import ast
import inspect
import io
import logging
import re
import sys
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import msgspec
import numpy as np
import pytest
from answer_files import LONG, Answer, answers, lined, namespace, reference, with_answer
from together import assert_told, from_here, judged_together

from grader import checking, exercise, wire
from grader.answer import Question
from grader.checking import Checks, PartResult, run_checks
from grader.course import lines, probing
from grader.expect import approx_equal
from grader.learner import Kernel
from grader.runner import with_tensors
from grader.splice import splice
from grader.wire import OpaqueObject, Set, Table, Tensor

NUMBERS = [exercise.load(slug).number for slug in exercise.slugs()]
WITH_LINES = [number for number in NUMBERS if lines.load(number)]
WRONG = answers("wrong")
CHOSEN = [answer for answer in WRONG if answer in lined()]
NO_LINES = frozenset(
    {
        "3.3-light-curves-pile-up",  # it also holds the measurements of earlier calls
        "6.4-arguments-swapped",  # PyTorch raises another exception than the check's criterion
        "9.1-first-notes-kept",  # they are those of a call before
        "9.8-first-data-kept",  # it trains with the data of a call before
        "9.E1-chart-of-an-earlier-call",  # it is that of a call with other data
        "9.E1-rows-of-an-earlier-call",  # it also holds the rows of a call with other data
        "11.6-drawn-at-random",  # each call gives something else
        "11.11-shared-by-systems",  # it also holds what systems before have left there
    }
)
"""Wrong answers, as `1.2-lazy-filter`, whose failure nobody can see by running a few lines.

Where that holds for whatever a probe brings back, the probe stands in `WITHOUT` of the exercise's
`lines.py`, with the reason.
"""
NUMBER = re.compile(r"-?\d+\.?\d*(e[+-]?\d+)?")


@dataclass
class Outcome:
    """What lines have shown: a value as it travels, an exception, what was printed or warned of."""

    value: Any = None
    raised: str = ""
    printed: str = ""
    warned: list[str] = field(default_factory=list)


def outcome(code: str, names: dict[str, Any]) -> Outcome:
    """Run the lines as a cell of a notebook; its value is that of the last expression."""
    *first, last = ast.parse(code).body
    assert isinstance(last, ast.Expr)
    shown, printed = Outcome(), io.StringIO()
    with redirect_stdout(printed), warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            exec(compile(ast.Module(first, []), "<cell>", "exec"), names)
            value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
            shown.value = _arrived(value)
        except Exception as error:
            shown.raised = type(error).__name__
            shown.printed = str(error)
        finally:
            logging.disable(logging.NOTSET)  # which one wrong answer leaves otherwise
            if torch := sys.modules.get("torch"):  # some wrong answers leave these switched off
                torch.set_grad_enabled(True)
                torch.backends.mha.set_fastpath_enabled(True)
    shown.printed += _to_a_tenth(printed.getvalue())
    shown.warned = [str(one.message) for one in warned]
    return shown


def _arrived(value: Any) -> Any:
    """The value as a reply would bring it; as a text if it cannot travel."""
    try:
        return wire.unpack(wire.pack(value))
    except wire.WireError:
        return repr(value)


def _to_a_tenth(printed: str) -> str:
    """Times that are printed differ a little each time."""
    return NUMBER.sub(lambda found: f"{round(float(found[0]), 1) + 0.0:.1f}", printed)


def plain(value: Any, singles: bool = True) -> Any:
    """A value with lists in place of tuples, arrays and structs, to be compared with another.

    Without `singles`, tensors of single precision stay tensors, whose last digits may differ.
    """
    if not singles and isinstance(value, Tensor) and value.dtype == "float32":
        return value
    if isinstance(value, msgspec.Struct):
        value = msgspec.structs.astuple(value)
    if isinstance(value, OpaqueObject):
        return value.type
    if isinstance(value, Table):
        value = {"columns": value.columns, "index": value.index}
    if isinstance(value, Tensor):
        value = value.array
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, Set):
        return sorted(map(repr, value.items))
    if isinstance(value, list | tuple):
        return [plain(item, singles) for item in value]
    if isinstance(value, dict):
        return {key: plain(item, singles) for key, item in value.items()}
    return value


def holds(reply: Any, value: Any) -> bool:
    """Whether a reply is this value, or holds it at some place."""
    if approx_equal(value, reply):
        return True
    if isinstance(reply, dict) and approx_equal(value, list(reply)):
        return True
    inner = list(reply.values()) if isinstance(reply, dict) else reply
    if not isinstance(inner, list):
        return False
    one_by_one = isinstance(value, list) and 0 < len(value) == len(inner)
    if one_by_one and all(map(holds, inner, value)):
        return True
    return approx_equal(value, inner) or any(holds(one, value) for one in inner)


def _fitted(value: Any, probe: Any) -> Any:
    try:
        return probing.fitted(value, probe)
    except msgspec.ValidationError:  # which is what the check has judged
        return value


def _sides(reply: Any) -> dict[str, Any]:
    """What a structured reply holds, by name; lines may give some of it as a dictionary."""
    return msgspec.structs.asdict(reply) if isinstance(reply, msgspec.Struct) else {}


def _told_of(reply: Any) -> list[str]:
    """The classes of the exceptions that a reply tells of, or the structs and lists in it."""
    if isinstance(raised := getattr(reply, "raised", None), str):
        return [raised]
    if kinds := getattr(reply, "kinds", []):
        return kinds[:1]
    inner = reply if isinstance(reply, list) else list(_sides(reply).values())
    lists = [one[:1] for one in inner if isinstance(one, list) and one and isinstance(one[0], str)]
    return [*chain(*lists), *chain.from_iterable(_told_of(one) for one in inner)]


def tells(side: Any, value: Any) -> bool:
    """Whether this is a side of a reply.

    Of a struct in it, the value may have some fields: as a dictionary by their names, or as a list
    in their order. Of the classes of an exception it is the first, of a dictionary it may be the
    list of the keys.
    """
    if isinstance(side, msgspec.Struct) and isinstance(value, dict):
        sides = _sides(side)
        return value.keys() <= sides.keys() and all(tells(sides[k], value[k]) for k in value)
    if isinstance(side, msgspec.Struct) and isinstance(value, list):
        fields = iter(msgspec.structs.astuple(side))
        return all(any(tells(field, item) for field in fields) for item in value)
    if isinstance(side, dict) and isinstance(value, dict) and side.keys() == value.keys():
        return all(tells(side[k], value[k]) for k in value)
    if isinstance(side, dict) and isinstance(value, list):
        return value in (list(side), sorted(side))
    if isinstance(side, list | tuple) and isinstance(value, list) and len(side) == len(value):
        return all(map(tells, side, value))
    first = side[:1] if isinstance(side, list) and isinstance(value, str) else [side]
    return any(approx_equal(value, plain(one)) for one in first)


def shows(seen: Outcome, reply: dict[str, Any], probe: Any) -> bool:
    """Whether lines have shown what came back from the probe: value, exception, or print."""
    if "raised" in reply:
        return seen.raised == reply["raised"]["kinds"][0]
    judged = _fitted(reply["value"], probe)
    if seen.raised:
        return seen.raised in _told_of(judged)
    sides, value = _sides(judged), seen.value
    of_sides = isinstance(value, dict) and value and value.keys() <= sides.keys()
    if of_sides and all(tells(sides[name], plain(value[name])) for name in value):
        return True  # otherwise its keys may be like those of sides by chance
    if isinstance(raised := sides.get("raised"), str):  # the reply tells of it
        return not raised
    if getattr(judged, "callable", True) is False:  # what should have been a function
        return not seen.raised
    printed, also = (NUMBER.sub("0", text) for text in (reply["printed"], seen.printed))
    said = seen.value is None and bool(printed) and printed in also
    if "Caught" in str(probing.reply_type(probe)) and judged in (None, [None]):
        return True  # nothing was raised
    both = ((plain(judged, singles), plain(value, singles)) for singles in (True, False))
    several = chain.from_iterable(each for each in sides.values() if isinstance(each, list))
    told = any(tells(side, plain(value)) for side in [judged, *sides.values(), *several])
    return said or told or any(holds(*each) for each in both)


class Recording(Kernel):
    """A kernel that remembers what it was asked, and what came back."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(exercise.load(answer.exercise), with_answer(answer))
        self.replies: list[tuple[dict[str, Any], dict[str, Any]]] = []

    def ask(self, probe: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        self.replies.append((kwargs, super().ask(probe, args, kwargs)))
        return self.replies[-1][1]


@dataclass
class Judged:
    """The verdict on a wrong answer, the question that its lines are about, and their form."""

    result: PartResult
    reply: dict[str, Any]
    question: Question
    form: str
    unseen: frozenset[str] = frozenset()
    """The probes behind all failures that have no lines."""


@pytest.fixture(scope="module")
def judged_lines(request: pytest.FixtureRequest) -> Callable[[Answer], Judged]:
    """The verdict on an answer, with its lines. Checks are collected once for a part's answers."""
    mine = [
        item
        for item in request.session.items
        if "judged_lines" in getattr(item, "fixturenames", ())
    ]
    chosen = [item.callspec.params["answer"] for item in mine]
    known: dict[Answer, Judged | Exception] = {}

    def find(answer: Answer) -> Judged:
        if answer not in known:
            group = [one for one in chosen if one.part == answer.part]
            known.update(judged_together(from_here(answer, group), judged_with))
        verdict = known[answer]
        if isinstance(verdict, Exception):
            raise verdict
        return verdict

    return find


def judged_with(checks: Checks, answer: Answer) -> Judged:
    written: list[tuple[str, Question, str]] = []
    write = lines.of

    def spy(question: Question, number: str, form: str) -> str:
        written.append((write(question, number, form), question, form))
        return written[-1][0]

    kernel = Recording(answer)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "of", spy)
        (result,) = checks.judge(kernel, 1)
    none = ("", Question("", "", (), {}), "{}")
    _, question, form = next((one for one in written if one[0] == result.code), none)
    if not result.code:
        unseen = frozenset(asked.probe for text, asked, _ in written if asked and not text)
        return Judged(result, {}, question, form, unseen)
    reply = next(reply for kwargs, reply in kernel.replies if kwargs is question.kwargs)
    return Judged(result, reply, question, form)


def number_of(answer: Answer) -> str:
    return answer.part.split(".")[0]


def without(number: str) -> dict[str, str]:
    """The probes of an exercise that its `lines.py` leaves without lines, and why."""
    return getattr(lines.load(number), "WITHOUT", {})


def some_daily(wrong: list[Answer]) -> list[Any]:
    """Every sixtieth for every day; all of them take minutes."""
    slow = pytest.mark.slow
    return [pytest.param(one, marks=[slow] if i % 60 else []) for i, one in enumerate(wrong)]


@pytest.mark.parametrize("answer", some_daily(CHOSEN), ids=str)
def test_lines_show_what_was_judged(answer: Answer, judged_lines: Any) -> None:
    found = judged_lines(answer)
    assert_told(found.result, answer)
    code = found.result.code
    print(f"{found.result.message}\n{code}")  # shown by `make part`
    if str(answer) in NO_LINES or number_of(answer) not in WITH_LINES:
        return
    if not code and found.unseen and found.unseen <= without(number_of(answer)).keys():
        return
    assert code, f"no lines: {found.result.told} {set(found.unseen)}"
    seen = outcome(code, with_answer(answer))
    probe = probing.find(found.question.probe, number_of(answer))
    is_not_there = found.form != "{}" and seen.raised == "AttributeError"  # the side that is judged
    assert is_not_there or shows(seen, found.reply, probe), (seen, found.reply)
    right = outcome(code, namespace(reference(answer.exercise)))
    assert repr(seen) != repr(right), f"the reference shows the same: {right}"


@pytest.mark.slow
@pytest.mark.parametrize("answer", WRONG[:: 60 if LONG else 180], ids=str)
def test_a_short_input_changes_no_verdict(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    found = exercise.load(answer.exercise)

    def verdict() -> PartResult:
        (result,) = run_checks(found, Kernel(found, with_answer(answer)), 7, answer.part)
        return result

    short, again = verdict(), verdict()
    monkeypatch.setattr(checking, "SIZES", ())
    long = verdict()
    assert short.code == again.code
    for name in ("status", "points", "misconception", "checks", "told", "gates"):
        assert getattr(short, name) == getattr(long, name), name


OLDEST_FIRST = """
class SurveyProcessor:
    @classmethod
    def from_survey_name(cls, survey_name):
        waiting = [SurveyProcessor]
        for found in waiting:
            waiting += found.__subclasses__()
        known = [each for each in waiting if not inspect.isabstract(each)]
        names = [each.__name__.removesuffix("Processor") for each in known]
        for name, found in zip(names, known):
            if name.lower() == survey_name.strip().lower():
                return found()
        raise ValueError(f"no {survey_name!r}; there are: {', '.join(names)}")
"""


def test_surveys_that_were_typed_to_be_shown_stay_out_of_later_trials() -> None:
    slug = "ex03_survey_classes"
    names = namespace(splice(reference(slug), OLDEST_FIRST))
    probe = "grader.course.ex03.probes"
    for name in ("SkyMapper", "Gaia"):
        exec(lines.of(Question(probe, "made_by_name", (name,), {}), "3"), names)
    typed = names["SkyMapperProcessor"]
    exec(lines.of(Question(probe, "made_twice", ("SkyMapper",), {}), "3"), names)
    found = exercise.load(slug)
    (verdict,) = run_checks(found, Kernel(found, names), 7, "3.2")
    assert verdict.passed, verdict.message
    assert isinstance(names["SurveyProcessor"].from_survey_name("skymapper"), typed)


@pytest.mark.parametrize("number", WITH_LINES)
def test_lines_take_what_their_probes_take(number: str) -> None:
    """So that no probe is changed without its lines."""
    probing.load(number)
    module = lines.load(number)
    written = {
        name: function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_") and function.__module__ == module.__name__
    }
    for name, function in written.items():
        _, *wanted = inspect.signature(probing.find(name, number)).parameters.values()
        got = inspect.signature(function).parameters.values()
        assert [(p.name, p.kind) for p in got] == [(p.name, p.kind) for p in wanted], name
    for name, reason in without(number).items():
        assert callable(probing.find(name, number)), name
        assert reason, name
        assert name not in written, name


VALUES = [
    *(None, True, 3, -0.5, 1e-7, "g", "it's", float("nan"), [], [1, [2.5]], (), (1,), (1, "a")),
    *({}, {"a": [1, None]}, [{"a": 1}, {"a": 2}], {"g", "r"}, set(), np.float64(2.5)),
    *(np.array([1.5, np.nan]), np.array([[1, 2]]), np.zeros((0, 3)), np.array([True, False])),
    *(np.array([0.1], "float32"), np.array(["g", "r"]), np.array(5.0), Tensor.of([0.1, 2.0])),
    *(Tensor.of([1, 2]), Tensor.of([[1.5]], "float64"), Tensor.of(True), Tensor.of([[]])),
    Tensor.of([1, 2], "int32"),
]


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))  # a set has no fixed repr
def test_a_value_comes_back_from_its_source(value: Any) -> None:
    import torch

    back = eval(lines.source(value), {"np": np, "torch": torch})
    want = with_tensors(value)
    assert type(back) is type(want) or isinstance(value, np.generic)
    assert getattr(back, "dtype", None) == getattr(want, "dtype", None) or np.isscalar(back)
    assert repr(back) == repr(want) or np.isscalar(back)
    if np.isscalar(back):
        np.testing.assert_equal(back, want)


def test_what_has_no_source_gives_no_lines() -> None:
    def asked(*args: Any) -> Question:
        return Question("grader.course.common_probes", "call", ("f", *args), {})

    assert lines.of(asked(1), "1") == "f(1)"
    assert lines.of(asked(object()), "1") == ""
    assert lines.of(asked(list(range(10_000))), "1") == ""
    assert lines.of(Question("grader.course.ex01.probes", "unknown", (), {}), "1") == ""
    imported = Question("grader.course.ex01.probes", "source", (1,), {})
    assert lines.of(imported, "1") == ""  # a name that `lines.py` imports is not its own
    assert lines.of(None, "1") == ""


def test_a_side_of_the_answer_takes_the_place_of_the_last_statement() -> None:
    data = [{"a": 1}, {"a": 2}]
    question = Question("grader.course.ex02.probes", "length", ("LightCurve", data), {})
    whole = "len(LightCurve([\n    {'a': 1},\n    {'a': 2},\n]))"
    assert lines.of(question, "2") == whole
    assert lines.of(question, "2", "{} + 1") == f"{whole} + 1"
    assert lines.of(question, "2", "lc") == "lc"
