"""Checks of 2.3, Two ways to show itself."""

from __future__ import annotations

import re

from grader.answer import Subject
from grader.course.ex02 import probes
from grader.course.ex02.checks.common import NAME, Observation, Rng, _letters, observations
from grader.course.gates import gate, twice
from grader.expect import Mistake, Raises, fail_if_recognised, require


def _texts(learner: Subject, data: list[Observation]) -> dict:
    answer = learner.ask(probes.texts, "LightCurve", data, object_id=NAME)
    fail_if_recognised(
        answer,
        Mistake("prints-instead-of-returns", Raises("TypeError", "non-string (type NoneType")),
        Mistake("not-a-string", Raises("TypeError", "non-string"), raised_=answer.raised),
    )
    return answer.value


def _names(text: str, what: str) -> None:
    require(NAME in text, "object-not-named", what=what, text_=text[:120], name=NAME)


def _tells(text: str, n: int, what: str) -> None:
    numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text.replace(NAME, ""))]
    require(n in numbers, "number-not-told", what=what, text_=text[:120], n=n)


@gate
@twice
def test_str(learner: Subject, rng: Rng) -> None:
    """`str(lc)` names the object, the number of observations and the bands, in one line"""
    n = int(rng.integers(11, 40))
    text = _texts(learner, observations(rng, n, "gi"))["str"]
    _names(text, "`str(lc)`")
    _tells(text, n, "`str(lc)`")
    rest = text.replace(NAME, "").replace("LightCurve", "")
    require({"g", "i"} <= set(_letters(rest)), "bands-not-told", text_=text[:120])
    require("\n" not in text.strip(), "several-lines")


def test_repr(learner: Subject, rng: Rng) -> None:
    """`repr(lc)` begins with its own class's name and shows the object and the number"""
    n = int(rng.integers(11, 40))
    got = _texts(learner, observations(rng, n))
    text = got["repr"]
    require(text.startswith("LightCurve"), "class-not-named", text_=text[:120])
    require(
        got["special"].startswith("SpecialLightCurve"),
        "class-name-fixed",
        special=got["special"][:60],
    )
    _names(text, "`repr(lc)`")
    _tells(text, n, "`repr(lc)`")


def test_texts_of_nothing(learner: Subject) -> None:
    """An empty light curve shows its name and 0 observations, too"""
    got = _texts(learner, [])
    for text, what in ((got["str"], "str"), (got["repr"], "repr")):
        require(
            NAME in text and "0" in text.replace(NAME, ""),
            "empty-not-named",
            what=what,
            text_=text[:120],
            name=NAME,
        )
