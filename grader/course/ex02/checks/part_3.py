"""Checks of 2.3, Two ways to show itself."""

from __future__ import annotations

import re

from grader.answer import Answer, Subject
from grader.course.ex02 import probes
from grader.course.ex02.checks.common import (
    NAME,
    Observation,
    failed,
    observations,
    without_flux,
    words,
)
from grader.course.ex02.replies import Texts
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.expect import Mistake, Raises, fail_if_recognised, require, showing

SPECIAL = (
    f"class SpecialLightCurve(LightCurve):\n    pass\n\nrepr(SpecialLightCurve(data, '{NAME}'))"
)


def _texts(learner: Subject, data: list[Observation]) -> Answer[Texts]:
    answer = learner.ask(probes.texts, data, NAME)
    if failed(answer):
        for what in ("str", "repr"):  # which of them is it?
            _check_text(learner.ask(probes.text, what, data, NAME), what, empty=not data)
    return answer


def _check_text(answer: Answer[str], what: str, *, empty: bool) -> None:
    """There is a text, or it is told why there is none."""
    error = answer.raised
    nothing = Raises("TypeError", "non-string (type NoneType")
    other = Raises("TypeError", "non-string")
    fail_if_recognised(
        answer,
        Mistake("prints-instead-of-returns", nothing, what=what),
        Mistake("not-a-string", other, what=what, error=error),
        Mistake("empty-crashes", empty and failed(answer), what=what, error=error),
        Mistake("text-crashes", failed(answer), what=what, error=error),
    )


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
    data = without_flux(observations(rng, n, "gz", least=2))
    answer = _texts(learner, data)
    got = answer.value
    text = got.text
    _check_facts(text, n, "`str(lc)`")
    rest = _words(text)
    with showing("str(lc)"):
        missing = [band for band in "gz" if band not in rest]
        _check_bands(learner, data, answer, missing)
        require("r" not in rest, "bands-not-observed", text=text[:120], band="r")
        require("\n" not in text.strip(), "several-lines")
    _check_facts(got.of_first, 1, "After `str(lc)`, `str(lc[:1])`", "str(lc)\nstr(lc[:1])")


def _check_bands(
    learner: Subject, data: list[Observation], answer: Answer[Texts], missing: list[str]
) -> None:
    """Both bands are in the text. One that is not may be missing from any text."""
    text = answer.value.text[:120]
    require(missing != ["g", "z"], "bands-not-told", answer, text=text)
    for band in missing:
        alone = [obs for obs in data if obs["band"] == band]
        own = learner.ask(probes.text, "str", alone, NAME)
        never = own.raised is None and band not in _words(own.result)
        other = "z" if band == "g" else "g"
        require(not never, "bands-not-told~never", own, text=(own.result or "")[:120], band=band)
        require(False, "bands-not-told~one", answer, text=text, band=band, other=other)


def _words(text: str) -> set[str]:
    """The words of a text besides the name of the object and its class."""
    return words(text.replace(NAME, "").replace("LightCurve", ""), "griz")


def test_repr(learner: Subject, rng: Rng) -> None:
    """`repr(lc)` begins with its own class's name and shows the object and the number"""
    n = rng.size(int(rng.integers(11, 40)), 2)
    got = _texts(learner, without_flux(observations(rng, n, least=2))).value
    text, special = got.representation, got.of_subclass
    with showing("repr(lc)"):
        require(text.startswith("LightCurve"), "class-not-named", text=text[:120])
    own_class = special.startswith("SpecialLightCurve")
    with showing(SPECIAL):
        require(own_class, "class-name-fixed", text=special[:60])
    _check_facts(text, n, "`repr(lc)`")


def test_texts_of_nothing(learner: Subject) -> None:
    """An empty light curve shows its name and 0 observations, too"""
    got = _texts(learner, []).value
    for text, what in ((got.text, "str"), (got.representation, "repr")):
        told = NAME in text and "0" in text.replace(NAME, "")
        with showing(f"{what}(lc)"):
            require(told, "empty-not-named", what=what, text=text[:120], name=NAME)
    for band in "griz":
        with showing("str(lc)"):
            absent = band not in _words(got.text)
            require(absent, "bands-not-observed", text=got.text[:120], band=band)
