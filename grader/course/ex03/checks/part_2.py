"""Checks of 3.2, A factory."""

from __future__ import annotations

from typing import Any

from grader.answer import Answer, Subject
from grader.course.ex03 import forms, probes
from grader.course.ex03.replies import Made
from grader.course.gates import gate
from grader.expect import Mistake, Raises, expect_error, fail_if_recognised, require, showing

SURVEYS = ("SkyMapper", "chime", "ATLAS", "Gaia", "GaiaNIR")


def made(learner: Subject, name: str, on: str = "") -> Answer[Made]:
    return learner.ask(probes.made_by_name, name, on)


def unknown(answer: Answer[Any]) -> bool:
    """Whether the factory says that there is no such survey."""
    return answer.raised is not None and answer.raised.is_a("ValueError")


def missed(learner: Subject, *names: str) -> dict[str, bool]:
    """Which of these surveys the factory says that it does not know."""
    return {name: unknown(made(learner, name)) for name in names}


def in_words(answer: Answer[Made]) -> Answer[Any]:
    """What the factory made, as text."""
    if answer.raised is not None:
        return answer
    return Answer(f"a {answer.result.name}", question=answer.question)


def expect_processor(answer: Answer[Made], asked: str, name: str, *mistakes: Mistake) -> None:
    """The factory's product is an object of the class `{name}Processor`."""
    argument = Raises("TypeError", "Processor.__init__() takes")
    abstract = Raises("TypeError", "abstract class")
    fail_if_recognised(
        answer,
        *mistakes,
        Mistake("config-argument-given", argument, error=answer.raised),
        Mistake("abstract-offered", abstract, error=answer.raised),
        Mistake("not-found", unknown(answer), asked=asked, name=name, said=answer.message),
    )
    got = answer.value
    require(got.name != "NoneType", "nothing-made", answer)
    require(not got.is_class, "class-returned", answer, name=got.name)
    require(got.name == f"{name}Processor", "other-survey-made", answer, got=got.name, name=name)
    with showing(forms.REDEFINED.format(name=name)):
        require(not got.is_old, "older-class-made", answer, name=name)


@gate
def test_factory_finds(learner: Subject) -> None:
    """A survey is found, also one defined later; capital and small letters are the same"""
    answer = made(learner, "SkyMapper")
    why = _why_lost(learner, answer)
    found = [mistake.key for mistake in why if mistake.produces]
    with showing(forms.NAMELESS if found[:1] == ["surveys-fixed"] else "{}"):
        expect_processor(answer, "SkyMapper", "SkyMapper", *why)
    for name in ("skymapper", "SKYMAPPER", "skyMAPPER"):
        answer = made(learner, name)
        other_case = Mistake("case-matters~other", unknown(answer), name=name)
        expect_processor(answer, name, "SkyMapper", other_case)


def _why_lost(learner: Subject, answer: Answer[Made]) -> list[Mistake]:
    """Why SkyMapper is not found, as far as other names show it."""
    if not unknown(answer):
        return []
    if not unknown(made(learner, "SkyMapper")):
        return [Mistake("found-only-later", True)]
    lost = missed(learner, "skymapper", "SKYMAPPER", "SkyMapp", "SkyMapperProcessor", *SURVEYS)
    of_notebook = not unknown(made(learner, "ZTF"))  # if its cell has been run yet
    offered = "skymapper" in made(learner, "Hubble").message.lower()
    other_case = not all(lost[name] for name in ("skymapper", "SKYMAPPER", "chime", "ATLAS"))
    all_lost = all(lost[name] for name in SURVEYS)
    return [
        Mistake("suffix-stripped-by-letters", not lost["SkyMapp"]),
        Mistake("whole-class-name-wanted", not lost["SkyMapperProcessor"]),
        Mistake("first-survey-only", offered and of_notebook and all_lost),
        Mistake("case-matters", other_case),
        Mistake("surveys-fixed", not offered and of_notebook),
    ]


def test_factory_spaces(learner: Subject) -> None:
    """Spaces around the name do not matter"""
    plain, answer = made(learner, "ATLAS"), made(learner, "  ATLAS ")
    spaces = Mistake("spaces-matter", unknown(answer) and not unknown(plain))
    expect_processor(answer, "  ATLAS ", "ATLAS", spaces)


def test_factory_subclass_of_subclass(learner: Subject) -> None:
    """Subclasses of subclasses are found, whether others are built on them or not"""
    answer, deeper = made(learner, "Gaia"), made(learner, "GaiaNIR")
    leaves = Mistake("leaves-only", unknown(answer) and not unknown(deeper))
    direct = Mistake(
        "direct-subclasses-only", unknown(answer) and not unknown(made(learner, "ATLAS"))
    )
    expect_processor(answer, "Gaia", "Gaia", leaves, direct)
    below = unknown(deeper) and unknown(made(learner, "SkyMapperNIR"))
    concrete, two_levels = (
        Mistake("below-abstract-only", below),
        Mistake("two-levels-only", unknown(deeper)),
    )
    expect_processor(deeper, "GaiaNIR", "GaiaNIR", concrete, two_levels)


def test_factory_on_a_subclass(learner: Subject) -> None:
    """It makes no difference on which class it is called"""
    plain, answer = made(learner, "ATLAS"), made(learner, "ATLAS", "SkyMapper")
    expect_processor(plain, "ATLAS", "ATLAS")
    below = Mistake("search-below-cls", unknown(answer))
    expect_processor(answer, "ATLAS", "ATLAS", below)


def test_factory_makes_one(learner: Subject) -> None:
    """Each call makes one new object, of the class that was asked for"""
    for name in ("SkyMapper", "GaiaNIR"):
        answer = learner.ask(probes.made_twice, name)
        if answer.raised is not None:
            continue  # another check says so
        got = answer.value
        with showing("first is second"):
            require(not got.same, "same-object-again", name=name)
        others, spare = sorted(set(got.made) - {name}), sorted(set(got.of_unknown))
        require(not others, "others-made-too", name=name, others=", ".join(others))
        with showing(forms.OF_UNKNOWN):
            require(not spare, "others-made-too~unknown", others=", ".join(spare))
        require(got.made.count(name) > 1, "class-not-called", name=name, n=got.made.count(name))


@gate
def test_factory_unknown(learner: Subject) -> None:
    """An unknown name is a ValueError that lists the surveys there are"""
    answer = made(learner, "Hubble")
    expect_error(
        in_words(answer),
        "ValueError",
        "an unknown survey",
        Mistake("unknown-silent", "a NoneType"),
        Mistake("key-error-for-unknown", Raises("KeyError")),
    )
    said = answer.message
    for name in SURVEYS:
        listed = name.lower() in said.lower()
        if not listed:
            learner.ask(probes.made_by_name, "Hubble", among=name)  # to be shown
        require(listed, "names-not-listed", message=said, name=name)
    if "ztf" in said.lower():  # its cell has been run
        expect_processor(made(learner, "ztf"), "ztf", "ZTF")
    listed = "orbital" in said.lower()
    if listed:
        learner.ask(probes.made_by_name, "Hubble", among="Orbital")  # to be shown
    require(not listed, "abstract-offered~listed")
    alone = "skymapper" in said.lower().replace("skymapperprocessor", "")
    require(alone, "class-names-listed", answer, message=said)


def test_factory_not_a_survey(learner: Subject) -> None:
    """An abstract subclass and a part of a name are unknown"""
    answer = made(learner, "Orbital")
    offered = Mistake("abstract-offered~made", Raises("TypeError", "abstract"))
    expect_error(in_words(answer), "ValueError", "the name of an abstract class", offered)
    found = "a SkyMapperProcessor"
    for name, what, mistake in (
        ("Sky", "a part of a name", Mistake("part-of-name-enough", found)),
        ("apper", "a part of a name", Mistake("part-of-name-enough~end", found)),
        ("SkyMaper", "a name that only looks alike", Mistake("name-guessed", found)),
        ("Sky.apper", "a name with a dot for a letter", Mistake("name-as-pattern", found)),
        ("Sky Mapper", "a name with a space inside", Mistake("inner-spaces-removed", found)),
        ("SkyMapperProcessor", "the name of a class", Mistake("class-name-accepted", found)),
        ("", "an empty name", Mistake("empty-name-accepted", not unknown(made(learner, "")))),
    ):
        expect_error(in_words(made(learner, name)), "ValueError", what, mistake)
