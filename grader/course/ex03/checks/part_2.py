"""Checks of 3.2, A factory."""

from __future__ import annotations

from grader.answer import Answer, Subject
from grader.course.ex03 import probes
from grader.course.ex03.checks.common import message, named
from grader.course.gates import gate
from grader.expect import Mistake, Raises, expect_error, fail_if_recognised, require


def unknown(answer: Answer) -> bool:
    """Whether the factory says that there is no such survey."""
    return answer.raised is not None and answer.raised.is_a("ValueError")


def expect_processor(answer: Answer, name: str, *mistakes: Mistake) -> None:
    """The factory's product is an object of the class `{name}Processor`."""
    fail_if_recognised(
        answer,
        *mistakes,
        Mistake(
            "config-argument-given",
            Raises("TypeError", "positional argument"),
            raised_=answer.raised,
        ),
        Mistake("abstract-offered", Raises("TypeError", "abstract class"), raised_=answer.raised),
    )
    got = answer.value
    require(got["name"] != "NoneType", "result-none-did")
    require(not got["class"], "class-returned", name=got["name"])
    require(
        got["name"] == f"{name}Processor", "result-name-processor", name=got["name"], name2=name
    )


@gate
def test_factory_finds(learner: Subject) -> None:
    """A survey is found, also one defined later; capital and small letters are the same"""
    answer = learner.ask(probes.made_by_name, "SkyMapper")
    names = ["skymapper", "SKYMAPPER", "SkyMapp", "ATLAS", "ZTF"]
    missed = {name: unknown(learner.ask(probes.made_by_name, name)) for name in names}
    lost = unknown(answer)
    listed = "skymapper" in message(learner.ask(probes.made_by_name, "Hubble")).lower()
    no_class = Raises("NameError", "Processor")
    found_else = not (missed["skymapper"] and missed["SKYMAPPER"])
    expect_processor(
        answer,
        "SkyMapper",
        Mistake("surveys-fixed", no_class),
        Mistake("suffix-stripped-by-letters", lost and not missed["SkyMapp"]),
        Mistake("first-survey-only", lost and listed and not missed["ZTF"] and missed["ATLAS"]),
        Mistake("case-matters", lost and (listed or found_else)),
        Mistake("surveys-fixed", lost),
    )
    for name in ("skymapper", "SKYMAPPER"):
        answer = learner.ask(probes.made_by_name, name)
        expect_processor(answer, "SkyMapper", Mistake("case-matters~2", unknown(answer), name=name))


def test_factory_spaces(learner: Subject) -> None:
    """Spaces around the name do not matter"""
    answer = learner.ask(probes.made_by_name, "  ATLAS ")
    expect_processor(answer, "ATLAS", Mistake("spaces-matter", unknown(answer)))


def test_factory_subclass_of_subclass(learner: Subject) -> None:
    """Subclasses of subclasses are found, whether others are built on them or not"""
    answer, deeper = (
        learner.ask(probes.made_by_name, "Gaia"),
        learner.ask(probes.made_by_name, "GaiaNIR"),
    )
    expect_processor(
        answer,
        "Gaia",
        Mistake("leaves-only", unknown(answer) and not unknown(deeper)),
        Mistake("direct-subclasses-only", unknown(answer)),
    )
    expect_processor(deeper, "GaiaNIR", Mistake("two-levels-only", unknown(deeper)))


def test_factory_makes_one(learner: Subject) -> None:
    """Each call makes one new object, of the class that was asked for"""
    for name in ("SkyMapper", "GaiaNIR"):
        answer = learner.ask(probes.made_again, name)
        if answer.raised is not None:
            continue  # another check speaks of that
        got = answer.value
        require(not got["same"], "same-object-again", name=name)
        others = sorted(set(got["made"]) - {name})
        require(not others, "others-made-too", name=name, others=", ".join(others))


@gate
def test_factory_unknown(learner: Subject) -> None:
    """An unknown name is a ValueError that lists the surveys there are"""
    answer = learner.ask(probes.made_by_name, "Hubble")
    expect_error(
        named(answer),
        "ValueError",
        "an unknown survey",
        Mistake("unknown-silent", "a NoneType"),
        Mistake("key-error-for-unknown", Raises("KeyError")),
    )
    said = message(answer).lower()
    for name in ("SkyMapper", "ATLAS", "Gaia"):
        require(name.lower() in said, "names-not-listed", answer=message(answer), name=name)
    require("orbital" not in said, "abstract-offered~2")


def test_factory_not_a_survey(learner: Subject) -> None:
    """An abstract subclass and a part of a name are unknown"""
    answer = learner.ask(probes.made_by_name, "Orbital")
    offered = Mistake("abstract-offered~3", Raises("TypeError", "abstract"))
    expect_error(named(answer), "ValueError", "the name of an abstract class", offered)
    for name, what, slug, fix in (
        ("Sky", "a part of a name", "part-of-name-enough", "Compare whole names with `==`."),
        (
            "SkyMaper",
            "a name that only looks alike",
            "name-guessed",
            "Do not guess: compare with `==`, and leave it to the message to say what there is.",
        ),
        (
            "Sky Mapper",
            "a name with a space inside of it",
            "inner-spaces-removed",
            "`strip` takes away those around the name, and no others.",
        ),
        (
            "SkyMapperProcessor",
            "the name of a class",
            "class-name-accepted",
            "That is a class, "
            "the survey is called SkyMapper. Do not take `Processor` away from the name asked for.",
        ),
    ):
        says = f"{name!r} gives the processor of SkyMapper. {fix}"
        found = Mistake(slug, "a SkyMapperProcessor", says=says)
        expect_error(named(learner.ask(probes.made_by_name, name)), "ValueError", what, found)
