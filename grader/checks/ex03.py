"""Checks of Exercise 3: processors that turn two surveys' records into light curves.

The expected fluxes are worked out here from the definition of the magnitude, for each entry of a
record by itself, independently of any solution.
"""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Iterable
from itertools import permutations
from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Failure, Subject
from grader.checks import part
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    expect_error,
    fail_if_recognised,
    kind_of,
    require,
)
from grader.wire import Table

Rng = np.random.Generator
Entry = dict[str, Any]

HINTS = {
    "3.1": [
        "Say what must hold for a good measurement, rather than what makes a bad one: NaN makes "
        "every comparison false.",
        "`isinstance(value, Real)` first, for both; then `abs(flux) <= MAX_FLUX` and "
        "`0 < flux_err <= MAX_FLUX`.",
        "Comparisons of NumPy's numbers give NumPy's `bool_`: return `bool(...)`.",
    ],
    "3.2": [
        "Two steps: collect all processors by name, then look for the one asked for.",
        "Begin with a list that holds `SurveyProcessor`; for each class in it, append its "
        "`__subclasses__()` to the same list. Skip those for which `inspect.isabstract(...)`.",
        "`found.__name__.removesuffix('Processor')` is the survey's name. Compare `.lower()` of "
        "both names, `.strip()` the one you were given, and call the class you find: `found()`.",
    ],
    "3.3": [
        "Go through the candidates one by one; `continue` skips what does not take part.",
        "`candidate.get('candid') is None` tells a non-detection. `FILTERS.get(fid)` is None for "
        "an unknown filter.",
        "Compute the positive flux and its error first, validate them, and give the flux its sign "
        "at the end: `str(candidate['isdiffpos']) in ('t', '1', '+1', 'True')`.",
    ],
    "3.4": [
        "It is 3.3 with other names and less to convert.",
        "`dict.fromkeys('ugrizy', 31.4)` makes the zero points. `self.config.bands` and "
        "`self.validate_photometry(...)` tell what is valid.",
        "`TransientLightCurve(data, str(raw_data['diaObjectId']))`, and before that "
        "`self._count(len(data), rejected)`.",
    ],
    "3.E1": [
        "`self._accepted` and `self._rejected` are all you need.",
        "Measurements looked at are those accepted and those rejected together.",
        "`self._accepted / looked_at if looked_at else 0.0`.",
    ],
    "3.E2": [
        "`__enter__` prepares and returns the processor; `__exit__` tidies up and returns nothing.",
        "Raise the RuntimeError in `__enter__` before you change anything.",
        "In `__exit__`: `self.in_batch = False`, then one `print` with `self._processed_count`, "
        "`self._accepted` and `self._rejected`.",
    ],
}

# 3.1 SurveyProcessor.validate_photometry

INVALID: list[tuple[float, float, str, str]] = [
    (50.0, -2.0, "error-not-checked", "An uncertainty has to be greater than zero."),
    (
        math.nan,
        2.0,
        "nan-accepted",
        "Every comparison with NaN is false, so ask what should hold, "
        "`abs(flux) <= MAX_FLUX`, or use `math.isfinite(flux)`.",
    ),
    (
        50.0,
        math.nan,
        "nan-accepted",
        "Every comparison with NaN is false, so ask what should hold, "
        "`0 < flux_err <= MAX_FLUX`, or use `math.isfinite(flux_err)`.",
    ),
    (math.inf, 2.0, "infinite-accepted", "Compare it with `MAX_FLUX`, or ask `math.isfinite`."),
    (
        50.0,
        0.0,
        "zero-error-accepted",
        "No measurement is perfect: ask `flux_err > 0`, without the equals sign.",
    ),
    (3e10, 2.0, "absurd-accepted", "No survey measures that. Compare the flux with `MAX_FLUX`."),
    (50.0, 3e10, "absurd-accepted", "Compare the error with `MAX_FLUX` too."),
    (-3e10, 2.0, "absurd-negative-accepted", "Compare its size with `MAX_FLUX`: `abs(flux)`."),
]


def validity(answer: Answer, flux: Any, flux_err: Any) -> bool:
    """The answer as a bool, once it is clear that it is one."""
    says = f"For flux = {flux!r} and flux_err = {flux_err!r} "
    fail_if_recognised(
        answer,
        Mistake(
            "not-static",
            Raises("TypeError", "positional argument"),
            "The call failed: "
            f"{answer.raised}. A static method has `@staticmethod` above it and no `self`.",
        ),
        Mistake(
            "raises-for-invalid",
            Raises("ValueError"),
            f"{says}your code raised {answer.raised}. The caller wants an answer: return False.",
        ),
    )
    got = answer.value
    require(
        got["type"] != "NoneType",
        f"{says}the result is None. Return True or False in every case.",
        "nothing-for-invalid",
    )
    require(
        got["type"] == "bool",
        f"{says}the result is of the type {got['type']}; it should be a "
        "plain bool. Wrap it: `bool(...)`.",
        "not-a-bool",
    )
    return got["value"]


@part("3.1")
def test_valid(learner: Subject, rng: Rng) -> None:
    """Good measurements are valid, also negative ones and faint ones"""
    flux, flux_err = round(rng.uniform(50, 90), 1), round(rng.uniform(1, 3), 2)
    good = validity(learner.validated(flux, flux_err), flux, flux_err)
    bad = validity(learner.validated(flux, -flux_err), flux, -flux_err)
    require(
        good or not bad,
        "Good measurements are refused and bad ones accepted: the answer is upside down.",
        "inverted",
    )
    require(
        good,
        f"flux = {flux:g} with flux_err = {flux_err:g} is refused. Both are fine: "
        "finite, not absurdly large, and the error is positive.",
    )
    negative = "Difference images have zero and negative fluxes too: do not ask for `flux > 0`."
    faint = "It is a fine measurement of something faint: do not compare the flux with its error."
    for value, slug, says in (
        (-flux, "negative-flux-refused", negative),
        (-flux_err / 2, "faint-refused", faint),
        (-flux_err / 50, "faint-refused", faint),
        (0.0, "negative-flux-refused", negative),
    ):
        valid = validity(learner.validated(value, flux_err), value, flux_err)
        require(valid, f"flux = {value:g} with flux_err = {flux_err:g} is refused. {says}", slug)


@part("3.1")
def test_limits(learner: Subject) -> None:
    """A tiny error is valid, and so is a value that just reaches `MAX_FLUX`"""
    tiny = "It is greater than zero: compare it with 0 itself, without `isclose` or a small number."
    limit = "Neither is greater than `MAX_FLUX`. Compare each by itself, with `<=`."
    for flux, flux_err, slug, says in (
        (2e-6, 1e-12, "tiny-error-refused", tiny),
        (1e10, 2.0, "limit-refused", limit),
        (-1e10, 2.0, "limit-refused", limit),
        (50.0, 1e10, "limit-refused", limit),
    ):
        valid = validity(learner.validated(flux, flux_err), flux, flux_err)
        require(valid, f"flux = {flux:g} with flux_err = {flux_err:g} is refused. {says}", slug)


@part("3.1")
def test_invalid(learner: Subject) -> None:
    """NaN, infinite and absurd values and errors that are not positive are invalid"""
    for flux, flux_err, slug, says in INVALID:
        valid = validity(learner.validated(flux, flux_err), flux, flux_err)
        text = f"flux = {flux:g} with flux_err = {flux_err:g} counts as valid. {says}"
        require(not valid, text, slug)


@part("3.1")
def test_no_numbers(learner: Subject) -> None:
    """`None` and text are invalid, without an exception"""
    fix = "Ask `isinstance(value, Real)` for both first, and return False if one is no number."
    for flux, flux_err in ((None, 2.0), (50.0, None), ("bright", 2.0), ("12.3", 2.0)):
        says = f"flux = {flux!r} with flux_err = {flux_err!r} "
        answer = learner.validated(flux, flux_err)
        crash = f"{says}makes your code stop with {answer.raised}. {fix}"
        texts = ("real number", "not supported", "operand")
        fail_if_recognised(
            answer, *(Mistake("none-crashes", Raises("TypeError", text), crash) for text in texts)
        )
        valid = validity(answer, flux, flux_err)
        require(
            not valid,
            f"{says}counts as valid. Text is no number, even if it looks like one. {fix}",
            "text-converted",
        )


@part("3.1")
def test_valid_elsewhere(learner: Subject) -> None:
    """It can be called on an object too, and NumPy's numbers are numbers"""
    valid = validity(learner.validated(50.0, 2, "object"), 50.0, 2)
    require(valid, "Called on an object, the method refuses a good measurement.")
    valid = validity(learner.validated(50.0, 2, "numpy"), 50.0, 2)
    require(
        valid,
        "NumPy's numbers, here `np.float32(50)` and `np.int64(2)`, are refused. They "
        "are not always a `float` or an `int`: ask `isinstance(value, Real)`, with `Real` from "
        "the module `numbers`.",
        "numpy-numbers-refused",
    )


# 3.2 SurveyProcessor.from_survey_name


def unknown(answer: Answer) -> bool:
    """Whether the factory says that there is no such survey."""
    return answer.raised is not None and answer.raised.is_a("ValueError")


def named(answer: Answer) -> Answer:
    """What the factory made, in words."""
    return Answer(f"a {answer.result['name']}") if answer.raised is None else answer


def message(answer: Answer) -> str:
    return answer.raised.message if answer.raised else ""


def expect_processor(answer: Answer, name: str, *mistakes: Mistake) -> None:
    """The factory's product is an object of the class `{name}Processor`."""
    fail_if_recognised(
        answer,
        *mistakes,
        Mistake(
            "config-argument-given",
            Raises("TypeError", "positional argument"),
            "The "
            f"processor cannot be made: {answer.raised}. Its `__init__` takes no arguments: "
            "call it by `found()`.",
        ),
        Mistake(
            "abstract-offered",
            Raises("TypeError", "abstract class"),
            "An abstract class was "
            f"to be made: {answer.raised}. Leave those out for which `inspect.isabstract(...)` "
            "is true.",
        ),
    )
    got = answer.value
    require(got["name"] != "NoneType", "The result is None. Did you forget a `return`?")
    require(
        not got["class"],
        f"The result is the class {got['name']} itself. Call it to make an object: `found()`.",
        "class-returned",
    )
    require(
        got["name"] == f"{name}Processor",
        f"The result is a {got['name']}; for this name it should be a {name}Processor. Compare the "
        "name asked for with the class's name without `Processor`.",
    )


@part("3.2")
def test_factory_finds(learner: Subject) -> None:
    """A survey is found, also one defined later; capital and small letters are the same"""
    answer = learner.made_by_name("SkyMapper")
    names = ["skymapper", "SKYMAPPER", "SkyMapp", "ATLAS", "ZTF"]
    missed = {name: unknown(learner.made_by_name(name)) for name in names}
    lost = unknown(answer)
    listed = "skymapper" in message(learner.made_by_name("Hubble")).lower()
    no_class = Raises("NameError", "Processor")
    found_else = not (missed["skymapper"] and missed["SKYMAPPER"])
    fixed = (
        "SkyMapperProcessor, which was defined a moment ago, is not found. Do not write the "
        "surveys into the method: go through `SurveyProcessor.__subclasses__()` each time."
    )
    expect_processor(
        answer,
        "SkyMapper",
        Mistake("surveys-fixed", no_class, fixed),
        Mistake(
            "suffix-stripped-by-letters",
            lost and not missed["SkyMapp"],
            "'SkyMapper' is not "
            "found, but 'SkyMapp' is: `strip` and `rstrip` take away letters, and here too "
            "many of them. Take away a word: `removesuffix('Processor')`.",
        ),
        Mistake(
            "first-survey-only",
            lost and listed and not missed["ZTF"] and missed["ATLAS"],
            "Only the first of the surveys is found. Is the `raise` inside of the loop? Look "
            "at all of them before you give up.",
        ),
        Mistake(
            "case-matters",
            lost and (listed or found_else),
            "'SkyMapper' is not found, though "
            "SkyMapperProcessor is there. Compare `.lower()` of both names, the one asked for "
            "and the one of the class.",
        ),
        Mistake("surveys-fixed", lost, fixed),
    )
    for name in ("skymapper", "SKYMAPPER"):
        says = f"'SkyMapper' is found, but {name!r} is not. Compare `.lower()` of both names."
        answer = learner.made_by_name(name)
        expect_processor(answer, "SkyMapper", Mistake("case-matters", unknown(answer), says))


@part("3.2")
def test_factory_spaces(learner: Subject) -> None:
    """Spaces around the name do not matter"""
    answer = learner.made_by_name("  ATLAS ")
    says = "'  ATLAS ' is not found because of the spaces. Take them away: `survey_name.strip()`."
    expect_processor(answer, "ATLAS", Mistake("spaces-matter", unknown(answer), says))


@part("3.2")
def test_factory_subclass_of_subclass(learner: Subject) -> None:
    """Subclasses of subclasses are found, whether others are built on them or not"""
    answer, deeper = learner.made_by_name("Gaia"), learner.made_by_name("GaiaNIR")
    expect_processor(
        answer,
        "Gaia",
        Mistake(
            "leaves-only",
            unknown(answer) and not unknown(deeper),
            "GaiaProcessor is not "
            "found, because GaiaNIRProcessor is built on it. A class with subclasses may "
            "belong to a survey all the same: collect it too, unless it is abstract.",
        ),
        Mistake(
            "direct-subclasses-only",
            unknown(answer),
            "GaiaProcessor is not found: it is "
            "built on OrbitalProcessor, an abstract subclass of SurveyProcessor. Look at the "
            "`__subclasses__()` of each subclass too, abstract or not.",
        ),
    )
    expect_processor(
        deeper,
        "GaiaNIR",
        Mistake(
            "two-levels-only",
            unknown(deeper),
            "GaiaNIRProcessor is not found. It is built on "
            "GaiaProcessor, which is built on OrbitalProcessor, which is built on "
            "SurveyProcessor: look at the `__subclasses__()` of every class you find.",
        ),
    )


@part("3.2")
def test_factory_makes_one(learner: Subject) -> None:
    """Each call makes one new object, of the class that was asked for"""
    for name in ("SkyMapper", "GaiaNIR"):
        answer = learner.made_again(name)
        if answer.raised is not None:
            continue  # another check speaks of that
        got = answer.value
        require(
            not got["same"],
            f"Asked for {name} twice, your code gives the same object twice, "
            "and whoever has it would share its counts. Make a new one each time: `found()`.",
            "same-object-again",
        )
        others = sorted(set(got["made"]) - {name})
        require(
            not others,
            f"To find {name}, your code makes objects of other classes too, here "
            f"{', '.join(others)}, and another one may be costly. The name is that of the "
            "class: compare `found.__name__`, and call one class only.",
            "others-made-too",
        )


@part("3.2")
def test_factory_unknown(learner: Subject) -> None:
    """An unknown name is a ValueError that lists the surveys there are"""
    answer = learner.made_by_name("Hubble")
    silent = "For an unknown survey the result is None, and nobody notices. Raise ValueError."
    expect_error(
        named(answer),
        "ValueError",
        "an unknown survey",
        Mistake("unknown-silent", "a NoneType", silent),
        Mistake(
            "key-error-for-unknown",
            Raises("KeyError"),
            "An unknown survey ends in a "
            "KeyError. Raise ValueError, with the names of the surveys that are known.",
        ),
    )
    said = message(answer).lower()
    for name in ("SkyMapper", "ATLAS", "Gaia"):
        require(
            name.lower() in said,
            f"The ValueError says {message(answer)!r}. It should list "
            f"the surveys there are, but {name} is not there.",
            "names-not-listed",
        )
    require(
        "orbital" not in said,
        "The ValueError offers Orbital, whose class is abstract: nobody "
        "can make such an object. Leave out what `inspect.isabstract(...)` says is abstract.",
        "abstract-offered",
    )


@part("3.2")
def test_factory_not_a_survey(learner: Subject) -> None:
    """An abstract subclass and a part of a name are unknown"""
    answer = learner.made_by_name("Orbital")
    abstract = (
        "OrbitalProcessor is abstract, and yet your code tries to make one. Leave such classes "
        "out: `inspect.isabstract(...)` tells."
    )
    offered = Mistake("abstract-offered", Raises("TypeError", "abstract"), abstract)
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
        found = Mistake(slug, "a SkyMapperProcessor", says)
        expect_error(named(learner.made_by_name(name)), "ValueError", what, found)


# 3.3 and 3.4: records in, light curves out

ZEROPOINTS = {"g": 26.325, "r": 26.275, "i": 25.660}
COLUMNS = ("mjd", "flux", "flux_err", "band")
ID_KEYS = {"ZTF": "objectId", "LSST": "diaObjectId"}
LIST_KEYS = {"ZTF": "candidates", "LSST": "diaSources"}


def detections(rng: Rng, n: int = 6) -> list[Entry]:
    """Valid detections of ZTF in no order, with times as `jd`."""
    times = 2460000.5 + rng.permutation(np.arange(3, 3 + 7 * n, 7)) + 0.12345
    if times[0] == times.min():
        times = times[::-1]
    return [
        {
            "candid": 2640000000015010000 + 17 * number,
            "jd": float(jd),
            "fid": 1 + number % 3,
            "magpsf": float(rng.uniform(17, 19.5)),
            "sigmapsf": float(rng.uniform(0.03, 0.2)),
            "isdiffpos": "t",
        }
        for number, jd in enumerate(times)
    ]


def sources(rng: Rng, n: int = 7) -> list[Entry]:
    """Valid measurements of LSST in no order, the second of them negative."""
    times = 60000 + rng.permutation(np.arange(3, 3 + 7 * n, 7)) + 0.12345
    if times[0] == times.min():
        times = times[::-1]
    return [
        {
            "midpointMjdTai": float(mjd),
            "band": "ugrizy"[number % 6],
            "psfFlux": float(rng.uniform(300, 900) * (-1 if number == 1 else 1)),
            "psfFluxErr": float(rng.uniform(20, 90)),
        }
        for number, mjd in enumerate(times)
    ]


ENTRIES = {"ZTF": detections, "LSST": sources}


def record(survey: str, entries: list[Entry]) -> Entry:
    identity: Any = "ZTF24aabcdef" if survey == "ZTF" else 5117830089179607748
    return {ID_KEYS[survey]: identity, LIST_KEYS[survey]: copy.deepcopy(entries)}


def columns_wanted(survey: str, entries: list[Entry]) -> dict[str, list]:
    """The columns of the light curve, in order of time."""
    if survey == "LSST":
        rows = [(e["midpointMjdTai"], e["psfFlux"], e["psfFluxErr"], e["band"]) for e in entries]
    else:
        rows = [(_mjd(e), *_flux(e), " gri"[e["fid"]]) for e in entries]
    return {name: [row[i] for row in sorted(rows)] for i, name in enumerate(COLUMNS)}


def _mjd(entry: Entry) -> float:
    return entry["mjd"] if "mjd" in entry else entry["jd"] - 2400000.5


def _flux(entry: Entry) -> tuple[float, float]:
    """Flux, and its error as half the difference between a bit brighter and a bit fainter."""
    zeropoint = ZEROPOINTS[" gri"[entry["fid"]]]
    bright, mean, faint = (
        100 ** ((zeropoint - entry["magpsf"] + step) / 5) for step in (1e-4, 0.0, -1e-4)
    )
    positive = entry["isdiffpos"] in ("t", "1", "+1", 1)
    error = (bright - faint) / 2e-4 * entry["sigmapsf"]
    return (mean if positive else -mean), error


def columns(answer: Answer) -> dict[str, list]:
    """The four columns of the light curve that came back. Raises `Failure` if there is none."""
    view = answer.value["curve"]
    want = "it should be a TransientLightCurve: `TransientLightCurve(data, object_id)`."
    if view["is"] == "other":
        slug = "plain-dataframe" if isinstance(view["value"], Table) else None
        raise Failure(f"The result is {kind_of(view['value'])}; {want}", misconception=slug)
    require(
        view["is"] == "TransientLightCurve",
        f"The result is a {view['is']}; {want}",
        "plain-light-curve",
    )
    table = view["data"]
    found = table.columns if isinstance(table, Table) else {}
    values = {
        name: [x.item() if isinstance(x, np.generic) else x for x in found[name]]
        for name in COLUMNS
        if name in found
    }
    numbers = [x for name in COLUMNS[:3] for x in values.get(name, [])]
    whole = len(values) == 4 and all(isinstance(x, float) for x in numbers)
    require(
        whole,
        "The table of the light curve is not what TransientLightCurve makes of a list "
        "of dictionaries. Leave it as it is made.",
    )
    return values


def expect_column(answer: Answer, name: str, want: list, *mistakes: Mistake) -> None:
    """Compare one column; times to a few seconds, errors to 0.1% (1.086 for ln(10)/2.5 is fine)."""
    rtol = {"mjd": 1e-9, "flux": 1e-6, "flux_err": 1e-3}.get(name, 0)
    unit = "days" if name == "mjd" else ""
    expect(
        Answer(columns(answer)[name]),
        want,
        *mistakes,
        what=f"the column `{name}`",
        unit=unit,
        rtol=rtol,
    )


def changed(values: list, factor: float = 1, plus: float = 0) -> list:
    return [factor * value + plus for value in values]


def rounded(answer: Answer, want: list[float]) -> Mistake:
    """Times that are off by up to a few hours, each by a different amount."""
    got = columns(answer)["mjd"]
    off = [abs(x - y) for x, y in zip(got, want, strict=True)] if len(got) == len(want) else [1.0]
    says = (
        f"The times are off by up to {86400 * max(off, default=0):.0f} s. They were rounded, or "
        "held as `float32`, whose steps are six minutes at an MJD and six hours at a JD. Keep all "
        "the digits."
    )
    return Mistake("times-rounded", 0 < max(off, default=0) < 0.2, says)


def check_second_record(learner: Subject, rng: Rng, survey: str) -> None:
    """A second record gives its own light curve; two of its entries are of the same time."""
    first, second = ENTRIES[survey](rng, 3), ENTRIES[survey](rng, 4)
    time = "jd" if survey == "ZTF" else "midpointMjdTai"
    for entry in first:
        entry[time] += 0.25
    second[2][time] = second[0][time]
    want = columns_wanted(survey, second)["mjd"]
    answer = learner.processed(survey, record(survey, first), record(survey, second))
    got = columns(answer)["mjd"]
    expect_column(
        answer,
        "mjd",
        want,
        Mistake(
            "light-curves-pile-up",
            set(want) < set(got),
            "The light curve of a second record "
            "holds the measurements of the first one, too. Begin with a new list at each call: "
            "in the method, neither as a default argument nor in `self`.",
        ),
        Mistake(
            "one-per-time",
            got == sorted(set(want)),
            "Of two measurements of the same time "
            "one is missing. A time is no key: append each measurement to a list.",
        ),
    )


def check_faint(learner: Subject, rng: Rng, survey: str) -> None:
    """A measurement whose flux is smaller than its error is kept."""
    entries = ENTRIES[survey](rng, 4)
    entries[2] |= {"sigmapsf": 1.5} if survey == "ZTF" else {"psfFlux": 4.0, "psfFluxErr": 60.0}
    want = columns_wanted(survey, entries)["mjd"]
    others = columns_wanted(survey, entries[:2] + entries[3:])["mjd"]
    says = (
        "A measurement whose flux is smaller than its error is left out. Faint ones are as good "
        "as others, and `validate_photometry` accepts them: ask for nothing else."
    )
    answer = learner.processed(survey, record(survey, entries))
    expect_column(answer, "mjd", want, Mistake("faint-dropped", others, says))


@part("3.3")
def test_ztf_second_record(learner: Subject, rng: Rng) -> None:
    """Each record has a light curve of its own, with all that was measured at the same time"""
    check_second_record(learner, rng, "ZTF")


@part("3.3")
def test_ztf_times(learner: Subject, rng: Rng) -> None:
    """Times are MJD, from `jd` or from `mjd`"""
    entries = detections(rng)
    want = columns_wanted("ZTF", entries)["mjd"]
    jd = "MJD = JD - 2400000.5; the constant `JD_TO_MJD` is there for it."
    answer = learner.processed("ZTF", record("ZTF", entries))
    fail_if_recognised(
        answer,
        Mistake(
            "jd-not-taken",
            Raises("KeyError", "mjd"),
            f"Your code wants `mjd`, but a broker may give `jd` alone. {jd}",
        ),
    )
    expect_column(
        answer,
        "mjd",
        want,
        Mistake(
            "jd-not-converted",
            changed(want, plus=2400000.5),
            f"The times are Julian Dates, not MJD. {jd}",
        ),
        Mistake("half-day-off", changed(want, plus=0.5), f"The times are half a day late. {jd}"),
        Mistake("half-day-off", changed(want, plus=-0.5), f"The times are half a day early. {jd}"),
        Mistake(
            "returns-in-loop",
            [_mjd(entries[0])],
            "Only the first detection is there. Is the `return` inside of the loop?",
        ),
        rounded(answer, want),
    )
    for entry in entries[::2]:
        entry["mjd"] = _mjd(entry)
        del entry["jd"]
    entries[1]["mjd"] = _mjd(entries[1])
    answer = learner.processed("ZTF", record("ZTF", entries))
    alone = "Your code wants `jd`, but a broker may give `mjd` alone. Take that as it is: "
    alone += "`if 'mjd' in candidate`."
    fail_if_recognised(answer, Mistake("mjd-not-taken", Raises("KeyError", "jd"), alone))
    got = columns(answer)["mjd"]
    again = Mistake(
        "mjd-converted-again",
        any(value < 0 for value in got),
        "A time that was given as `mjd` was converted once more. Take it as it is.",
    )
    expect_column(answer, "mjd", want, again)


@part("3.3")
def test_ztf_flux(learner: Subject, rng: Rng) -> None:
    """The flux follows from the magnitude and the zero point of the band"""
    entries = detections(rng)
    want = columns_wanted("ZTF", entries)
    answer = learner.processed("ZTF", record("ZTF", entries))
    magnitude = [entry["magpsf"] for entry in sorted(entries, key=_mjd)]
    numbers = [str(entry["fid"]) for entry in sorted(entries, key=_mjd)]
    named = Mistake(
        "band-as-number",
        numbers,
        "`band` holds the number `fid`. It should be the filter's name: `FILTERS[fid]`.",
    )
    orders = [dict(zip("gri", order, strict=True)) for order in permutations("gri")][1:]
    mixed_up = [[order[band] for band in want["band"]] for order in orders]
    fix = "The filters have changed places: 1 is g, 2 is r, 3 is i. Ask `FILTERS`."
    expect_column(
        answer,
        "band",
        want["band"],
        named,
        *(Mistake("filters-mixed-up", each, fix) for each in mixed_up),
    )

    def with_zeropoint(zeropoint: float) -> list[float]:
        return [10 ** (0.4 * (zeropoint - m)) for m in magnitude]

    one = "Each band has its own zero point: `self.config.zeropoints[band]`."
    expect_column(
        answer,
        "flux",
        want["flux"],
        *(
            Mistake(
                "zeropoint-of-one-band",
                with_zeropoint(zeropoint),
                f"All bands were converted with the zero point of {band}. {one}",
            )
            for band, zeropoint in ZEROPOINTS.items()
        ),
        Mistake(
            "zeropoint-fixed",
            with_zeropoint(25.0),
            "All bands were converted with a zero "
            f"point of 25.0, that of the earlier exercises. {one}",
        ),
        Mistake(
            "zeropoint-missing",
            with_zeropoint(0.0),
            f"The zero point is missing from the flux. {one}",
        ),
        Mistake(
            "exponent-sign",
            [1 / value for value in want["flux"]],
            "Fainter detections have "
            "got larger fluxes. Magnitudes run backwards: the exponent is "
            "`-0.4 * (magpsf - zeropoint)`.",
        ),
        Mistake(
            "magnitudes-kept",
            magnitude,
            "`flux` holds magnitudes. Convert them: `10 ** (-0.4 * (magpsf - zeropoint))`.",
        ),
    )


@part("3.3")
def test_ztf_recalibrated(learner: Subject, rng: Rng) -> None:
    """The zero points are those of the configuration, also if they are changed"""
    entries = detections(rng)
    shifted = {band: zeropoint + 0.5 for band, zeropoint in ZEROPOINTS.items()}
    old = columns_wanted("ZTF", entries)["flux"]
    says = (
        "The configuration was given new zero points, and the fluxes are the old ones. Do not "
        "write zero points into the method: ask `self.config.zeropoints[band]`."
    )
    answer = learner.recalibrated(record("ZTF", entries), shifted)
    written_in = Mistake("zeropoints-written-in", old, says)
    expect_column(answer, "flux", changed(old, 10**0.2), written_in)


@part("3.3")
def test_ztf_flux_err(learner: Subject, rng: Rng) -> None:
    """The error is converted from magnitudes to flux"""
    entries = detections(rng)
    want = columns_wanted("ZTF", entries)["flux_err"]
    sigma = [entry["sigmapsf"] for entry in sorted(entries, key=_mjd)]
    factor = math.log(10) / 2.5
    expect_column(
        learner.processed("ZTF", record("ZTF", entries)),
        "flux_err",
        want,
        Mistake(
            "magnitude-error-kept",
            sigma,
            "`flux_err` is still in magnitudes. Convert it: "
            "`abs(flux) * math.log(10) / 2.5 * sigmapsf`.",
        ),
        Mistake(
            "factor-missing",
            changed(want, 1 / factor),
            "The errors lack the factor ln(10) / 2.5, about 0.921; they are 8.6% too large.",
        ),
        Mistake(
            "factor-upside-down",
            changed(want, 1 / factor**2),
            "The factor is upside down: from magnitudes to flux it is ln(10) / 2.5, about 0.921.",
        ),
        Mistake(
            "common-logarithm",
            changed(want, 1 / math.log(10)),
            "The errors are 2.3 times too small: ln(10) is the natural logarithm, `math.log(10)`.",
        ),
    )


POSITIVE, NEGATIVE = ["t", "1", "+1", 1, True], ["f", "0", "-1", 0, -1, False]


@part("3.3")
def test_ztf_signs(learner: Subject, rng: Rng) -> None:
    """`isdiffpos` gives the flux its sign, however it is spelled; errors are positive"""
    entries = detections(rng, len(POSITIVE + NEGATIVE))
    for entry, spelling in zip(entries, POSITIVE + NEGATIVE, strict=True):
        entry["isdiffpos"] = spelling
    want = columns_wanted("ZTF", entries)
    answer = learner.processed("ZTF", record("ZTF", entries))
    got = columns(answer)
    spelled = [entry["isdiffpos"] for entry in sorted(entries, key=_mjd)]
    size = [abs(flux) for flux in want["flux"]]
    naive = [flux if mark else -flux for flux, mark in zip(size, spelled, strict=True)]
    lost = len(got["mjd"]) == len(POSITIVE) and min(got["flux"], default=0) > 0
    fail_if_recognised(
        Answer(got["flux"]),
        Mistake(
            "negatives-dropped",
            lost,
            "The negative detections are gone. They are as good as "
            "the others; mind that `flux_err` is made of `abs(flux)`, so that it is positive.",
        ),
        Mistake(
            "sign-ignored",
            size,
            "All fluxes are positive. Where `isdiffpos` says so, the "
            "object was fainter than in the reference image: the flux is negative.",
        ),
        Mistake(
            "sign-inverted",
            changed(want["flux"], -1),
            "The signs are the wrong way round: "
            "`isdiffpos` is true where the difference is positive.",
        ),
        Mistake(
            "text-taken-for-true",
            naive,
            "The flux is positive where `isdiffpos` is 'f' or "
            "'0': any text that is not empty counts as true. Compare it with the spellings.",
        ),
    )
    if len(got["flux"]) == len(size):
        wrong = [
            mark
            for mark, mine, flux in zip(spelled, got["flux"], want["flux"], strict=True)
            if isinstance(mine, float) and mine * flux < 0
        ]
        shown = ", ".join(sorted(set(map(repr, wrong))))
        require(
            not wrong,
            f"The sign is wrong where `isdiffpos` is {shown}. Brokers spell it in "
            "many ways; the docstring lists them, and `str(...)` makes text of them all.",
            "some-spellings-only",
        )
    expect_column(answer, "flux", want["flux"])
    expect_column(answer, "flux_err", want["flux_err"])


def non_detections(rng: Rng, entries: list[Entry]) -> list[Entry]:
    """What three kinds of broker write when nothing was found, in the nights after detections."""
    limit = round(rng.uniform(19.5, 20.5), 2)
    times = [entry["jd"] + 1.0 for entry in entries[:3]]
    missing = dict.fromkeys(("candid", "magpsf", "sigmapsf", "isdiffpos"))
    return [
        {"jd": times[0], "fid": 1, "diffmaglim": limit, "magpsf": limit},
        {"jd": times[1], "fid": 2, "diffmaglim": limit},
        missing | {"jd": times[2], "fid": 2, "diffmaglim": limit, "magpsf": limit},
    ]


@part("3.3")
def test_ztf_non_detections(learner: Subject, rng: Rng) -> None:
    """Non-detections are left out, with or without a `magpsf`"""
    entries = detections(rng)
    want = columns_wanted("ZTF", entries)["mjd"]
    for empty in non_detections(rng, entries):
        answer = learner.processed("ZTF", record("ZTF", [*entries[:2], empty, *entries[2:]]))
        check_left_out(answer, empty)
        stops = Mistake(
            "stops-at-non-detection",
            sorted(map(_mjd, entries[:2])),
            "The detections "
            "after a non-detection are missing. Go on with the next entry: `continue`, "
            "not `break` or `return`.",
        )
        expect_column(answer, "mjd", want, stops)


@part("3.3")
def test_ztf_candid_as_text(learner: Subject, rng: Rng) -> None:
    """A `candid` may be text"""
    entries = detections(rng)
    for entry in entries[::2]:
        entry["candid"] = str(entry["candid"])
    answer = learner.processed("ZTF", record("ZTF", entries))
    dropped = Mistake(
        "text-candid-dropped",
        columns_wanted("ZTF", entries[1::2])["mjd"],
        "Detections whose `candid` is text are missing. A non-detection has none, or "
        "None: ask `candidate.get('candid') is None`.",
    )
    expect_column(answer, "mjd", columns_wanted("ZTF", entries)["mjd"], dropped)


def check_left_out(answer: Answer, empty: Entry) -> None:
    """A non-detection does not stop the code and is not in the light curve."""
    says = f"A non-detection ({_listed(empty, 'diffmaglim', 'magpsf', 'candid')}) "
    tell = "It has no `candid`, or one that is None: ask `candidate.get('candid') is None`."
    crash = f"{says}makes your code stop with {answer.raised}. {tell}"
    keys = ("candid", "magpsf", "sigmapsf", "isdiffpos", "diffmaglim")
    crashes = [Raises("TypeError", "NoneType"), *(Raises("KeyError", key) for key in keys)]
    fail_if_recognised(answer, *(Mistake("non-detections-kept", kind, crash) for kind in crashes))
    got = columns(answer)
    fluxes = dict(zip(got["mjd"], got["flux"], strict=True))
    here = fluxes.get(_mjd(empty))
    require(
        here != 0,
        f"{says}became a flux of zero. Nobody measured that: leave it out. {tell}",
        "non-detections-as-zeros",
    )
    require(
        here is None,
        f"{says}is in the light curve as if it were a detection. {tell}",
        "non-detections-kept",
    )


def _listed(entry: Entry, *keys: str) -> str:
    return ", ".join(f"{key} = {entry[key]!r}" for key in keys if key in entry)


Fault = tuple[Entry, str, str]  # what is broken, the slug if it is kept, what to do
REFUSED = 'Leave out what `self.validate_photometry(...)` refuses. (Does `check("3.1")` pass?)'
NO_FILTER = "Leave it out: the survey has no such filter."
INVALID_DETECTIONS: list[Fault] = [
    ({"sigmapsf": math.nan}, "invalid-kept", REFUSED),
    ({"sigmapsf": 0.0}, "invalid-kept", REFUSED),
    ({"magpsf": math.nan}, "invalid-kept", REFUSED),
    (
        {"magpsf": -99.0},
        "invalid-kept",
        "As a magnitude it is a number like any other; its flux is "
        "absurd. Give flux and flux_err to `self.validate_photometry(...)`.",
    ),
    (
        {"sigmapsf": -99.0},
        "placeholder-kept",
        "Its error is negative, and `validate_photometry` "
        "refuses it. Take `abs(flux)` alone, not `abs` of the whole error.",
    ),
    ({"fid": 4}, "unknown-filter-kept", NO_FILTER),
]
INVALID_SOURCES: list[Fault] = [
    ({"psfFlux": None, "psfFluxErr": None}, "invalid-kept", REFUSED),
    ({"psfFlux": math.nan}, "invalid-kept", REFUSED),
    ({"psfFluxErr": 0.0}, "invalid-kept", REFUSED),
    ({"psfFlux": 1e30}, "invalid-kept", REFUSED),
    ({"band": "N708"}, "unknown-filter-kept", NO_FILTER),
    (
        {"band": "gr"},
        "part-of-bands-kept",
        "`in` with a text looks for a piece of it. "
        "`self.config.bands` is a list: ask whether the band is in that.",
    ),
    (
        {"band": "R"},
        "band-case-ignored",
        "R is another filter than r, that of Johnson and Cousins: compare the band as it is.",
    ),
]


def check_invalid(learner: Subject, rng: Rng, survey: str, broken: list[Fault]) -> None:
    """Each kind of broken measurement is left out and counted as rejected."""
    entries = ENTRIES[survey](rng)
    want = columns_wanted(survey, entries)["mjd"]
    sound = ENTRIES[survey](rng, len(broken))
    faulty = [new | fault for new, (fault, *_) in zip(sound, broken, strict=True)]
    for entry in faulty:
        entry["jd" if survey == "ZTF" else "midpointMjdTai"] += 0.5
    answer = learner.processed(survey, record(survey, entries + faulty))
    if answer.raised is None and answer.result["counts"] == [1, len(want), len(faulty)]:
        expect_column(answer, "mjd", want)
        return
    for fault, entry in zip(broken, faulty, strict=True):  # which of them is it?
        answer = learner.processed(survey, record(survey, [*entries[:2], entry, *entries[2:]]))
        check_refused(answer, fault, want)


def check_refused(answer: Answer, broken: Fault, want: list[float]) -> None:
    """A broken measurement does not stop the code, is left out and counts as rejected."""
    fault, slug, rule = broken
    kind = "unknown-filter" if "fid" in fault or "band" in fault else "invalid"
    says = f"A measurement with {_listed(fault, *fault)} "
    stops = "unknown-filter-crashes" if kind == "unknown-filter" else "invalid-kept"
    crash = f"{says}makes your code stop with {answer.raised}. {rule}"
    crashes = [
        Raises("KeyError", "4"),
        Raises("KeyError", "N708"),
        Raises("TypeError", "NoneType"),
        Raises("ValueError", "not a number"),
    ]
    fail_if_recognised(answer, *(Mistake(stops, error, crash) for error in crashes))
    got = columns(answer)
    require(
        0.0 not in got["flux"],
        "A missing flux became a flux of zero. Nobody measured that: "
        "leave it out, and count it as rejected.",
        "none-as-zero",
    )
    require(len(got["mjd"]) <= len(want), f"{says}is in the light curve. {rule}", slug)
    expect_column(answer, "mjd", want)
    require(
        answer.value["counts"] != [1, len(want), 0],
        f"{says}is left out, as it should be, but "
        "it does not count as rejected. Count those and give the number to `self._count(...)`.",
        f"{kind}-not-counted",
    )


@part("3.3")
def test_ztf_invalid(learner: Subject, rng: Rng) -> None:
    """Invalid detections and unknown filters are left out and counted as rejected"""
    check_invalid(learner, rng, "ZTF", INVALID_DETECTIONS)


def check_counts(learner: Subject, survey: str, records: list[Entry], counts: list[int]) -> None:
    """One light curve for each record, and all valid and invalid measurements."""
    n, accepted, rejected = counts
    empty = sum("diffmaglim" in entry for raw in records for entry in raw[LIST_KEYS[survey]])
    call = "Call `self._count(accepted, rejected)` once for each light curve, after the loop."
    answer = learner.processed(survey, *records)
    got = Answer(answer.value["counts"])
    whole = all(isinstance(count, int) for count in got.result)
    require(whole, f"The counts are {got.result}; they should be whole numbers. {call}")
    fail_if_recognised(
        got,
        Mistake("light-curve-not-counted", [0, 0, 0], f"Nothing was counted. {call}"),
        Mistake(
            "counted-per-detection",
            got.result[0] > n,
            f"After {n} records `processed_count` is {got.result[0]}. {call}",
        ),
        Mistake(
            "counts-swapped",
            [n, rejected, accepted],
            "Accepted and rejected have changed "
            "places. The call is `self._count(accepted, rejected)`.",
        ),
        Mistake(
            "non-detections-counted",
            rejected < got.result[2] <= rejected + empty,
            "Non-detections count as rejected. They are no bad measurements, they are none: "
            "leave them out of both numbers.",
        ),
        Mistake(
            "rejected-accepted-too",
            [n, accepted + rejected, rejected],
            "The rejected ones "
            "count among the accepted as well. Accepted are those that are in the light "
            "curve: `len(data)`.",
        ),
    )
    require(
        approx_equal(got.result, counts),
        f"After {n} records with {accepted} valid and {rejected} invalid measurements the counts "
        f"are {got.result[0]} light curves, {got.result[1]} accepted, {got.result[2]} rejected. "
        f"{call}",
    )


@part("3.3")
def test_ztf_counts(learner: Subject, rng: Rng) -> None:
    """Each light curve counts, with its valid and invalid detections"""
    first, second = detections(rng, 5), detections(rng, 6)
    first[1]["sigmapsf"] = math.nan
    second[3]["sigmapsf"] = 0.0
    second += non_detections(rng, second)
    check_counts(learner, "ZTF", [record("ZTF", first), record("ZTF", second)], [2, 9, 2])
    empty = {"jd": 2460001.5, "fid": 4, "diffmaglim": 20.1}
    answer = learner.processed("ZTF", record("ZTF", [*detections(rng, 3), empty]))
    fail_if_recognised(
        Answer(answer.value["counts"]),
        Mistake(
            "non-detections-counted",
            [1, 3, 1],
            "A non-detection in an unknown filter counts "
            "as rejected. It is no measurement: ask for its `candid` first of all.",
        ),
    )
    expect(Answer(answer.value["counts"]), [1, 3, 0], what="the list of the three counts")


def check_object(learner: Subject, rng: Rng, survey: str, want: str, *mistakes: Mistake) -> None:
    answer = learner.processed(survey, record(survey, ENTRIES[survey](rng, 4)))
    columns(answer)
    metadata = answer.value["curve"]["metadata"]
    expect(Answer(metadata.get("object_id")), want, *mistakes, what="`object_id`")
    kind = metadata.get("transient_type")
    require(
        kind is None,
        f"`transient_type` of the light curve is {kind!r}. Nobody has classified "
        "the object yet: give TransientLightCurve the data and the id alone.",
        "type-invented",
    )


@part("3.3")
def test_ztf_object(learner: Subject, rng: Rng) -> None:
    """The result is a TransientLightCurve with the object's id"""
    lost = Mistake(
        "object-id-lost",
        "unknown",
        "`object_id` is 'unknown'. Pass it on: `TransientLightCurve(data, raw_data['objectId'])`.",
    )
    check_object(learner, rng, "ZTF", "ZTF24aabcdef", lost)


def check_missing_keys(learner: Subject, rng: Rng, survey: str) -> None:
    """A record without one of its two keys is a ValueError that names it, and does not count."""
    entries = ENTRIES[survey](rng, 3)
    for key in (ID_KEYS[survey], LIST_KEYS[survey]):
        broken = record(survey, entries)
        del broken[key]
        answer = learner.processed(survey, broken)
        fix = f"Ask `if {key!r} not in raw_data`, and raise ValueError with the name of the key."
        expect_error(
            answer,
            "ValueError",
            f"a record without {key!r}",
            Mistake(
                "key-error-for-missing",
                Raises("KeyError"),
                f"A record without {key!r} ends in a KeyError from the lookup. {fix}",
            ),
            Mistake(
                "missing-key-accepted",
                answer.raised is None,
                f"A record without {key!r} is "
                f"accepted. It is broken, and somebody should know. {fix}",
            ),
        )
        require(
            key in message(answer),
            f"The ValueError says {message(answer)!r}. It should name "
            f"the key that is missing, {key!r}.",
            "key-not-named",
        )
        counts = learner.counts_of_broken(survey, broken).value
        require(
            counts == [0, 0, 0],
            "A record that ends in an error counts as processed. Count "
            "when the light curve is done, not before.",
            "broken-record-counted",
        )


@part("3.3")
def test_ztf_missing_key(learner: Subject, rng: Rng) -> None:
    """A record without `objectId` or `candidates` is a ValueError that names the key"""
    check_missing_keys(learner, rng, "ZTF")


def check_empty(learner: Subject, survey: str, entries: list[Entry]) -> None:
    """A record without valid measurements gives an empty light curve, and it counts."""
    answer = learner.processed(survey, record(survey, entries))
    says = "A record without detections is a result, too: an empty light curve. "
    refused = f"{says}Your code raised {answer.raised}."
    fail_if_recognised(answer, Mistake("empty-refused", Raises("ValueError"), refused))
    nothing = answer.value["curve"]["is"] == "other" and answer.value["curve"]["value"] is None
    require(not nothing, f"{says}Your code returned None.", "empty-refused")
    expect_column(answer, "mjd", [])
    expect(
        Answer(answer.value["counts"][0]),
        1,
        Mistake(
            "empty-not-counted",
            0,
            "An empty light curve is not counted. The record was "
            "processed: call `self._count(0, 0)`, too.",
        ),
        what="`processed_count` after an empty light curve",
    )


@part("3.3")
def test_ztf_empty(learner: Subject, rng: Rng) -> None:
    """No detections give an empty light curve"""
    check_empty(learner, "ZTF", [])
    check_empty(learner, "ZTF", non_detections(rng, detections(rng, 3)))


def check_input(learner: Subject, raw: Entry, survey: str) -> None:
    after = learner.processed(survey, raw).value["after"][0]
    require(
        approx_equal(after, raw),
        "The record that was given has changed. Read from it, but do not "
        "`sort`, `pop` or overwrite: somebody else may need it.",
        "input-changed",
    )


@part("3.3")
def test_ztf_leaves_input(learner: Subject, rng: Rng) -> None:
    """The record stays as it was"""
    entries = detections(rng)
    check_input(learner, record("ZTF", entries + non_detections(rng, entries)), "ZTF")


@part("3.3")
def test_ztf_faint(learner: Subject, rng: Rng) -> None:
    """Detections fainter than their error are valid"""
    check_faint(learner, rng, "ZTF")


# 3.4 LSSTProcessor


@part("3.4")
def test_lsst_config(learner: Subject) -> None:
    """The configuration is that of LSST"""
    answer = learner.configured()
    got = answer.value["config"]
    require(
        len(got) == 4 and answer.value["ready"],
        "The base class is not set up: `super().__init__(SurveyConfig(...))` is missing.",
        "super-not-called",
    )
    bands = list("ugrizy")
    another = f"The name in the configuration is {got['name']!r}; it should be 'LSST'."
    expect(
        Answer(got["name"]),
        "LSST",
        Mistake("config-name", isinstance(got["name"], str), another),
        what="`name`",
    )
    mine = sorted(map(str, got["bands"])) if isinstance(got["bands"], list) else []
    expect(
        Answer(got["bands"]),
        bands,
        Mistake(
            "bands-as-text",
            "ugrizy",
            "`bands` is one text; it should be a list of six: `list('ugrizy')`.",
        ),
        Mistake(
            "bands-order",
            mine == sorted(bands),
            f"The bands are {got['bands']}; in order of wavelength they are u, g, r, i, z, y.",
        ),
        Mistake(
            "bands-missing",
            bool(mine) and set(mine) < set(bands),
            f"The bands are {got['bands']}; LSST has six: u, g, r, i, z, y.",
        ),
        what="`bands`",
    )
    expect(
        Answer(got["zeropoints"]),
        dict.fromkeys(bands, 31.4),
        Mistake(
            "zeropoints-as-number",
            isinstance(got["zeropoints"], float),
            "`zeropoints` is one "
            "number; it should be a dictionary with a number for each band: "
            "`dict.fromkeys(bands, 31.4)`.",
        ),
        Mistake(
            "zeropoint-of-another",
            isinstance(got["zeropoints"], dict) and set(got["zeropoints"]) == set(bands),
            "The zero points are "
            f"{got['zeropoints']}. Fluxes are in nJy, and 1 nJy is magnitude 31.4 in every "
            "band.",
        ),
        what="`zeropoints`",
        unit="mag",
    )
    cadence = Mistake(
        "config-cadence",
        isinstance(got["cadence_days"], int | float),
        f"The cadence is {got['cadence_days']} days; it should be 3.0 days.",
    )
    expect(Answer(got["cadence_days"]), 3.0, cadence, what="`cadence_days`", unit="days")


@part("3.4")
def test_lsst_second_record(learner: Subject, rng: Rng) -> None:
    """Each record has a light curve of its own, with all that was measured at the same time"""
    check_second_record(learner, rng, "LSST")


@part("3.4")
def test_lsst_values(learner: Subject, rng: Rng) -> None:
    """Times, fluxes, errors and bands are taken as they are, negative fluxes too"""
    entries = sources(rng)
    want = columns_wanted("LSST", entries)
    flux = want["flux"]
    answer = learner.processed("LSST", record("LSST", entries))
    got = columns(answer)
    positive = [value for value in flux if value > 0]
    fail_if_recognised(
        Answer(got["flux"]),
        Mistake(
            "negatives-dropped",
            positive,
            "The negative flux is gone. It is a measurement like the others: keep it.",
        ),
        Mistake(
            "negatives-dropped",
            list(map(abs, flux)),
            "The negative flux has become positive. "
            "Keep its sign: the object was fainter than in the reference image.",
        ),
        Mistake(
            "magnitudes-made",
            [31.4 - 2.5 * math.log10(abs(value)) for value in flux],
            "`flux` holds magnitudes. A light curve has fluxes: keep them in nJy.",
        ),
        Mistake(
            "flux-rescaled",
            _rescaled(got["flux"], flux),
            "The fluxes were multiplied by a "
            "number. Keep them in nJy; that is what the zero point of 31.4 stands for.",
        ),
    )
    shifts = [
        Mistake(
            "tai-converted",
            changed(want["mjd"], plus=seconds / 86400),
            "The times are off by "
            "37 s, the difference between TAI and UTC. Take `midpointMjdTai` as it is.",
        )
        for seconds in (-37, 37)
    ]
    converted = Mistake(
        "time-converted",
        changed(want["mjd"], plus=-2400000.5),
        "The times are far in the past: `midpointMjdTai` is MJD already.",
    )
    expect_column(answer, "mjd", want["mjd"], converted, *shifts, rounded(answer, want["mjd"]))
    for name in ("flux", "flux_err", "band"):
        expect_column(answer, name, want[name])


def _rescaled(got: list, want: list) -> bool:
    """Whether all values are off by the same factor."""
    if len(got) != len(want) or not all(isinstance(value, float) for value in got):
        return False
    factors = [mine / value for mine, value in zip(got, want, strict=True)]
    return not approx_equal(factors[0], 1.0) and bool(np.ptp(factors) <= 1e-6 * abs(factors[0]))


@part("3.4")
def test_lsst_object(learner: Subject, rng: Rng) -> None:
    """The object id is text with all its digits"""
    identity = 5117830089179607748
    lost = "`object_id` has lost its last digits. A float holds about 16 of them: make text of the "
    near = str(identity)[:14]
    answer = learner.processed("LSST", record("LSST", sources(rng, 4)))
    got = answer.result["curve"].get("metadata", {}).get("object_id") if not answer.raised else None
    rounded = isinstance(got, str) and got != str(identity) and (got[:14] == near or "e+" in got)
    check_object(
        learner,
        rng,
        "LSST",
        str(identity),
        Mistake(
            "id-not-text",
            identity,
            "`object_id` is a number; it should be text, as with every survey: `str(...)`.",
        ),
        Mistake("id-digits-lost", rounded, lost + "integer: `str(raw_data['diaObjectId'])`."),
    )


@part("3.4")
def test_lsst_invalid(learner: Subject, rng: Rng) -> None:
    """Invalid measurements and unknown bands are left out and counted as rejected"""
    check_invalid(learner, rng, "LSST", INVALID_SOURCES)


@part("3.4")
def test_lsst_counts(learner: Subject, rng: Rng) -> None:
    """Each light curve counts, with its valid and invalid measurements"""
    first, second = sources(rng, 5), sources(rng, 6)
    first[1]["psfFluxErr"] = math.nan
    second[3]["psfFlux"] = None
    check_counts(learner, "LSST", [record("LSST", first), record("LSST", second)], [2, 9, 2])


@part("3.4")
def test_lsst_missing_key(learner: Subject, rng: Rng) -> None:
    """A record without `diaObjectId` or `diaSources` is a ValueError that names the key"""
    check_missing_keys(learner, rng, "LSST")


@part("3.4")
def test_lsst_empty_and_input(learner: Subject, rng: Rng) -> None:
    """No measurements give an empty light curve; the record stays as it was"""
    check_empty(learner, "LSST", [])
    check_input(learner, record("LSST", sources(rng)), "LSST")


@part("3.4")
def test_lsst_faint(learner: Subject, rng: Rng) -> None:
    """Measurements fainter than their error are valid"""
    check_faint(learner, rng, "LSST")


# 3.E1 observation_count, rejected_count and acceptance_rate


def statistic(
    learner: Subject, name: str, batches: Iterable[tuple[int, int]], peek: bool = False
) -> Answer:
    """The value of a property after these counts, seen for the first time or not."""
    answer = learner.statistic(name, [list(each) for each in batches], peek=peek)
    if answer.raised is None:
        require(
            not answer.value["called"],
            f"`{name}` is a method that has to be called. Put `@property` above it.",
            "method-not-property",
        )
        return Answer(answer.value["value"])
    return answer


@part("3.E1")
def test_statistics(learner: Subject, rng: Rng) -> None:
    """The three properties combine the counts of all light curves"""
    accepted, rejected = (int(rng.integers(low, low + 9)) for low in (40, 5))
    batches = [(accepted - 7, rejected - 2), (6, 0), (1, 2)]
    total = accepted + rejected
    expect(
        statistic(learner, "observation_count", batches),
        total,
        Mistake(
            "accepted-only",
            accepted,
            "`observation_count` leaves out the rejected ones. They were looked at too.",
        ),
        *(
            Mistake(
                "light-curves-counted",
                len(batches) + more,
                "`observation_count` counts light "
                "curves. Count the measurements in them: accepted and rejected together.",
            )
            for more in (0, rejected)
        ),
        Mistake(
            "difference-for-sum",
            accepted - rejected,
            "`observation_count` is accepted minus rejected. Both were looked at: add them.",
        ),
        what="`observation_count`",
    )
    expect(
        statistic(learner, "rejected_count", batches),
        rejected,
        Mistake(
            "accepted-for-rejected",
            accepted,
            "`rejected_count` is the number of accepted "
            "measurements. The rejected ones are in `self._rejected`.",
        ),
        what="`rejected_count`",
    )
    expect(
        statistic(learner, "acceptance_rate", batches),
        accepted / total,
        Mistake(
            "rejection-rate",
            rejected / total,
            "`acceptance_rate` is the fraction of rejected "
            "measurements. Divide the accepted ones by all.",
        ),
        Mistake(
            "percent",
            100 * accepted / total,
            "`acceptance_rate` is in percent. It should be a fraction from 0.0 to 1.0.",
        ),
        Mistake(
            "accepted-per-rejected",
            accepted / rejected,
            "`acceptance_rate` is accepted per rejected. Divide by all that were looked at.",
        ),
        Mistake(
            "accepted-per-light-curve",
            accepted / len(batches),
            "`acceptance_rate` is "
            "accepted per light curve. Divide by the measurements that were looked at.",
        ),
        Mistake(
            "rounded-down",
            accepted // total,
            "`acceptance_rate` is rounded down: `//` throws the fraction away. Divide with `/`.",
        ),
        *(
            Mistake(
                "rounded",
                round(accepted / total, digits),
                "`acceptance_rate` is rounded. Keep all digits; whoever prints it may round it.",
            )
            for digits in (1, 2, 3, 4)
        ),
        what="`acceptance_rate`",
    )


@part("3.E1")
@pytest.mark.parametrize("name", ["observation_count", "rejected_count", "acceptance_rate"])
def test_statistics_go_on(learner: Subject, name: str) -> None:
    """They follow the counts, also if they were looked at before"""
    batches = [(8, 2), (5, 3)]
    earlier, now = (
        {
            "observation_count": accepted + rejected,
            "rejected_count": rejected,
            "acceptance_rate": accepted / (accepted + rejected),
        }[name]
        for accepted, rejected in ((8, 2), (13, 5))
    )
    once = (
        f"`{name}` was looked at after one light curve, and keeps that value when a second one is "
        "counted. Compute it each time, and store nothing."
    )
    answer = statistic(learner, name, batches, peek=True)
    expect(answer, now, Mistake("computed-once", earlier, once), what=f"`{name}`")


@part("3.E1")
def test_statistics_of_a_perfect_night(learner: Subject) -> None:
    """If nothing was rejected the rate is 1.0"""
    answer = statistic(learner, "acceptance_rate", [(9, 0)])
    says = (
        "`acceptance_rate` is 0 if nothing was rejected. That is the best of nights, and the rate "
        "is 1.0. Only if nothing was looked at, neither accepted nor rejected, is it 0.0."
    )
    expect(answer, 1.0, Mistake("perfect-night-zero", 0.0, says), what="`acceptance_rate`")


@part("3.E1")
def test_statistics_of_nothing(learner: Subject) -> None:
    """Before anything was looked at the rate is 0.0"""
    for batches, when in (([], "before the first light curve"), ([(0, 0)], "after an empty one")):
        answer = statistic(learner, "acceptance_rate", batches)
        fix = "Return 0.0 if nothing was looked at."
        value = None if answer.raised else answer.result
        fail_if_recognised(
            answer,
            Mistake(
                "nothing-looked-at",
                Raises("ZeroDivisionError"),
                f"`acceptance_rate` {when} divides by zero. {fix}",
            ),
            Mistake(
                "nothing-looked-at",
                answer.raised is None and not approx_equal(value, 0.0),
                f"`acceptance_rate` {when} is {value!r}. {fix}",
            ),
        )
        expect(answer, 0.0, what=f"`acceptance_rate` {when}")
        answer = statistic(learner, "observation_count", batches)
        expect(answer, 0, what=f"`observation_count` {when}")


# 3.E2 SurveyProcessor.__enter__ and __exit__


def run_batch(learner: Subject, rng: Rng, fail: str = "") -> tuple[Answer, list[int]]:
    """A batch of three light curves, and its counts; before it there were others."""
    accepted, rejected = int(rng.integers(400, 500)), int(rng.integers(20, 90))
    inside = [[accepted - 30, rejected - 11], [29, 0], [1, 11]]
    answer = learner.batch([700, 600], inside, fail=fail)
    missing = Raises("TypeError", "__exit__() takes")
    fail_if_recognised(
        answer,
        Mistake(
            "exit-arguments",
            missing,
            "`__exit__` is called with three "
            "arguments besides `self`: the exception's class, the exception and its traceback. "
            "Keep them in the first line, even if you do not use them.",
        ),
    )
    return answer, [3, accepted, rejected]


@part("3.E2")
def test_batch_begins(learner: Subject, rng: Rng) -> None:
    """`with` gives the processor itself and starts counting afresh"""
    got = run_batch(learner, rng)[0].value
    another = got["kind"] == "SkyMapperProcessor"
    slugs = {"NoneType": "enter-returns-nothing", "SkyMapperProcessor": "other-object-entered"}
    what = "another processor" if another else f"an object of type {got['kind']}"
    require(
        got["entered"],
        f"`with processor as p` makes p {what}, not the processor itself. "
        "`__enter__` has to end with `return self`.",
        slugs.get(got["kind"], "enter-returns-true"),
    )
    require(
        got["in_batch"] is True,
        f"`in_batch` is {got['in_batch']!r} inside of the batch. Set "
        "`self.in_batch = True` in `__enter__`.",
        "not-in-batch",
    )
    require(
        approx_equal(got["at_start"], [0, 0, 0]),
        "When a batch begins the counts are those from before: {} light curves, {} accepted, "
        "{} rejected. Set all three to zero in `__enter__`.".format(*got["at_start"]),
        "counts-not-reset",
    )
    require(
        got["config_kept"],
        "When a batch begins, the processor gets a new configuration, and "
        "whatever was changed in it is lost. Set the three counts and `in_batch`, and do not "
        "call `__init__`.",
        "config-replaced",
    )


@part("3.E2")
@pytest.mark.parametrize("fail", ["", "Trouble", "ValueError", "KeyboardInterrupt"])
def test_batch_ends(learner: Subject, rng: Rng, fail: str) -> None:
    """At the end `in_batch` is False and one line tells the counts, also after an exception"""
    answer, counts = run_batch(learner, rng, fail)
    got = answer.value
    interrupted = fail == "KeyboardInterrupt"
    after = " after Ctrl-C (KeyboardInterrupt)" if interrupted else " after an exception"
    after = after if fail else ""
    require(
        bool(got["raised"]) or not fail,
        f"A {fail} in the batch disappears. `__exit__` "
        "swallows it if it returns something true: return nothing.",
        "exception-swallowed",
    )
    require(
        got["raised"] == fail,
        f"A {fail} in the batch arrives outside as a {got['raised']}. "
        "Let it go on as it is: raise nothing in `__exit__`.",
        "exception-replaced",
    )
    require(
        got["in_batch_after"] is False,
        f"`in_batch` is still {got['in_batch_after']!r} when "
        f"the batch is over{after}. Set `self.in_batch = False` in `__exit__`.",
        "still-in-batch",
    )
    lines = [line for line in answer.printed.splitlines() if line.strip()]
    silent = "silent-after-interruption" if interrupted else "silent-after-exception"
    silent = silent if fail else "nothing-printed"
    require(
        bool(lines),
        f"At the end of a batch{after} nothing is printed. `__exit__` has to "
        "print one line with the counts, in any case.",
        silent,
    )
    require(
        len(lines) == 1,
        f"At the end of a batch {len(lines)} lines are printed; it should be "
        "one. Put the numbers into one f-string.",
        "several-lines",
    )
    numbers = [int(number) for number in re.findall(r"(?<![\w.])\d+", lines[0])]
    require(
        numbers != [0, 0, 0],
        "The line tells zeros only. Print before you set counts to zero; "
        "in fact `__exit__` should leave them as they are.",
        "zeros-printed",
    )
    braces = " Is there an `f` before the quotes?" if "{" in lines[0] else ""
    for number, what in zip(
        counts, ("light curves", "accepted ones", "rejected ones"), strict=True
    ):
        require(
            number in numbers,
            f"The line printed is {lines[0][:120]!r}; it does not tell how "
            f"many {what} there were, {number}.{braces}",
            "number-not-told",
        )
    require(
        approx_equal(got["at_end"], counts),
        "After the batch the counts are gone. Leave them: whoever "
        "ran the batch may want to read them. The next `__enter__` sets them to zero.",
        "reset-at-the-end",
    )


@part("3.E2")
def test_batch_in_batch(learner: Subject) -> None:
    """A batch inside of a batch is a RuntimeError and changes nothing"""
    got = learner.nested([5, 2]).value
    require(
        bool(got["kinds"]),
        "A second `with` on the same processor is accepted while the first "
        "goes on, so that the counts are lost. Raise RuntimeError if `self.in_batch`.",
        "nested-allowed",
    )
    require(
        "RuntimeError" in got["kinds"],
        f"A batch inside of a batch raises {got['kinds'][0]}; it should be RuntimeError.",
        "value-error-for-nested",
    )
    require(
        approx_equal(got["counts"], [1, 5, 2]) and got["in_batch"] is True,
        "A second `with` was "
        "refused, but it has changed the batch that goes on. Ask for `self.in_batch` before "
        "you set anything.",
        "reset-before-refusal",
    )
