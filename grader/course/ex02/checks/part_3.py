"""Checks of 2.3, Two ways to show itself."""

from __future__ import annotations

import re

from grader.answer import Subject
from grader.course.ex02 import probes
from grader.course.ex02.checks.common import NAME, Observation, observations, without_flux, words
from grader.course.ex02.replies import Texts
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.expect import Mistake, Raises, fail_if_recognised, require, showing

SPECIAL = (
    f"class SpecialLightCurve(LightCurve):\n    pass\n\nrepr(SpecialLightCurve(data, '{NAME}'))"
)


def _texts(learner: Subject, data: list[Observation]) -> Texts:
    answer = learner.ask(probes.texts, data, NAME)
    nothing = Raises("TypeError", "non-string (type NoneType")
    other = Raises("TypeError", "non-string")
    fail_if_recognised(
        answer,
        Mistake("prints-instead-of-returns", nothing),
        Mistake("not-a-string", other, error=answer.raised),
    )
    return answer.value


def _check_facts(text: str, n: int, what: str, code: str = "") -> None:
    """The text names the object and the number of observations."""
    shown = text[:120]
    with showing(code or what.strip("`")):
        require(NAME in text, "object-not-named", what=what, text=shown, name=NAME)
    numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text.replace(NAME, ""))]
    with showing(code or what.strip("`")):
        require(n in numbers, "number-not-told", what=what, text=shown, n=n)


@gate
@twice
def test_str(learner: Subject, rng: Rng) -> None:
    """`str(lc)` names the object, the number of observations and the bands, in one line"""
    n = rng.size(int(rng.integers(11, 40)), 2)
    got = _texts(learner, without_flux(observations(rng, n, "gz", least=2)))
    text = got.text
    _check_facts(text, n, "`str(lc)`")
    rest = _words(text)
    with showing("str(lc)"):
        require({"g", "z"} <= rest, "bands-not-told", text=text[:120])
        require("r" not in rest, "bands-not-observed", text=text[:120], band="r")
        require("\n" not in text.strip(), "several-lines")
    _check_facts(got.of_first, 1, "After `str(lc)`, `str(lc[:1])`", "str(lc)\nstr(lc[:1])")


def _words(text: str) -> set[str]:
    """The words of a text besides the name of the object and its class."""
    return words(text.replace(NAME, "").replace("LightCurve", ""), "griz")


def test_repr(learner: Subject, rng: Rng) -> None:
    """`repr(lc)` begins with its own class's name and shows the object and the number"""
    n = rng.size(int(rng.integers(11, 40)), 2)
    got = _texts(learner, without_flux(observations(rng, n, least=2)))
    text, special = got.representation, got.of_subclass
    with showing("repr(lc)"):
        require(text.startswith("LightCurve"), "class-not-named", text=text[:120])
    own_class = special.startswith("SpecialLightCurve")
    with showing(SPECIAL):
        require(own_class, "class-name-fixed", text=special[:60])
    _check_facts(text, n, "`repr(lc)`")


def test_texts_of_nothing(learner: Subject) -> None:
    """An empty light curve shows its name and 0 observations, too"""
    got = _texts(learner, [])
    for text, what in ((got.text, "str"), (got.representation, "repr")):
        told = NAME in text and "0" in text.replace(NAME, "")
        with showing(f"{what}(lc)"):
            require(told, "empty-not-named", what=what, text=text[:120], name=NAME)
    for band in "griz":
        with showing("str(lc)"):
            absent = band not in _words(got.text)
            require(absent, "bands-not-observed", text=got.text[:120], band=band)
