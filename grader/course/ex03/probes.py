"""Probes of Exercise 3: processors of surveys, and the surveys that are made up for a trial."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np

from grader.course.common_probes import Trouble, kinds_of
from grader.course.ex02.probes import seen
from grader.course.ex03.replies import (
    Batch,
    Begun,
    Configuration,
    Counts,
    Made,
    MadeTwice,
    Nested,
    Processed,
    Statistic,
    Validity,
)
from grader.runner import Learner


class _Retired(ABC):  # noqa: B024
    """The new base of a trial's classes when it is over."""

    def __init__(self, *config: Any) -> None:
        """Keep what a processor is given, as an answer may have kept the class."""
        self.config = config


@contextmanager
def surveys(learner: Learner, log: list[str] | None = None) -> Iterator[Any]:
    """Five surveys on the learner's base class, gone afterwards; gives the first processor.

    Gaia's processor is built on an abstract one, OrbitalProcessor, and GaiaNIR's on Gaia's. The
    names of those of which objects are made are appended to `log`.
    """
    objects = [] if log is None else log
    aside = _set_aside(learner.SurveyProcessor)

    class SkyMapperProcessor(learner.SurveyProcessor):  # type: ignore[name-defined]
        def __init__(self) -> None:
            objects.append(type(self).__name__.removesuffix("Processor"))
            super().__init__(learner.SurveyConfig("SkyMapper", ["g"], {"g": 25.0}, 4.0))

        def process_lightcurve(self, raw_data: dict[str, Any]) -> Any:
            return raw_data

    class ATLASProcessor(learner.SurveyProcessor):  # type: ignore[name-defined]
        def __init__(self) -> None:
            objects.append("ATLAS")
            super().__init__(learner.SurveyConfig("ATLAS", ["o"], {"o": 23.9}, 2.0))

        def process_lightcurve(self, raw_data: dict[str, Any]) -> Any:
            return raw_data

    class chimeProcessor(learner.SurveyProcessor):  # type: ignore[name-defined]
        def __init__(self) -> None:
            objects.append("chime")
            super().__init__(learner.SurveyConfig("CHIME", ["g"], {"g": 25.0}, 1.0))

        def process_lightcurve(self, raw_data: dict[str, Any]) -> Any:
            return raw_data

    class OrbitalProcessor(learner.SurveyProcessor):  # type: ignore[name-defined]
        @abstractmethod
        def orbit(self) -> str: ...

        def process_lightcurve(self, raw_data: dict[str, Any]) -> Any:
            return raw_data

    class GaiaProcessor(OrbitalProcessor):
        def __init__(self) -> None:
            objects.append(type(self).__name__.removesuffix("Processor"))
            super().__init__(learner.SurveyConfig("Gaia", ["G"], {"G": 25.7}, 30.0))

        def orbit(self) -> str:
            return "L2"

    class GaiaNIRProcessor(GaiaProcessor):
        pass

    try:
        yield SkyMapperProcessor
    finally:  # otherwise they would stay in the learner's `SurveyProcessor.__subclasses__()`
        for made in (SkyMapperProcessor, ATLASProcessor, chimeProcessor, OrbitalProcessor):
            made.__bases__ = (_Retired,)
        for own, bases in aside.items():
            own.__bases__ = bases


def _set_aside(base: Any) -> dict[Any, tuple[type, ...]]:
    """Take surveys of the notebook that are called like those of a trial from their base class.

    Gives their own bases.
    """
    names = {f"{name}Processor" for name in ("SkyMapper", "ATLAS", "chime", "Orbital", "Gaia")}
    bases = {own: own.__bases__ for own in base.__subclasses__() if own.__name__ in names}
    for own in bases:
        with suppress(TypeError):  # of a class of another layout, such as one with slots
            own.__bases__ = (_Retired,)
    return bases


NUMPY = {"float32, int64": (np.float32, np.int64), "int64, float32": (np.int64, np.float32)}


def validated(learner: Learner, flux: Any, flux_err: Any, how: str = "class") -> Validity:
    """`validate_photometry` called on the class, on an object, or with NumPy's numbers."""
    if how in NUMPY:
        of_flux, of_error = NUMPY[how]
        flux, flux_err = of_flux(flux), of_error(flux_err)
    if how == "object":
        with surveys(learner) as processor_class:
            value = processor_class().validate_photometry(flux, flux_err)
    else:
        value = learner.SurveyProcessor.validate_photometry(flux, flux_err)
    module, name = type(value).__module__, type(value).__name__
    kind = name if module == "builtins" else f"{module}.{name}"
    return Validity(value, kind, isinstance(value, bool))


def made_by_name(learner: Learner, name: str, on: str = "", among: str = "") -> Made:
    """What the factory makes of a name, when there are more surveys than in the notebook.

    With `on` it is called on the processor of that survey and not on the base class. The surveys
    are defined anew each time, so that an answer may hold classes of an earlier trial. Asked for
    SkyMapperNIR, there is a processor of that name, built on SkyMapper's. `among` names the survey
    that matters, for whoever is to see it.
    """
    with surveys(learner) as current:
        deeper = type(f"{name}Processor", (current,), {}) if name == "SkyMapperNIR" else None
        owner = {"SkyMapper": current, "": learner.SurveyProcessor}[on]
        value = owner.from_survey_name(name)
        found = value if isinstance(value, type) else type(value)
        del deeper  # it was there to be found
        old = issubclass(found, _Retired)
        return Made(found.__name__, isinstance(value, type), old, type(value).__name__)


def made_twice(learner: Learner, name: str) -> MadeTwice:
    """Whether the factory makes the same object twice, and of which surveys objects were made.

    Before that it is asked for one that it does not know.
    """
    made: list[str] = []
    with surveys(learner, made):
        with suppress(ValueError):
            learner.SurveyProcessor.from_survey_name("Hubble")
        of_unknown = list(made)
        made.clear()
        first, second = (learner.SurveyProcessor.from_survey_name(name) for _ in range(2))
        is_object = first is not None and not isinstance(first, type)
        return MadeTwice(is_object and first is second, made, of_unknown)


def configured(learner: Learner) -> Configuration:
    """The configuration of `LSSTProcessor`, and whether the base class was set up."""
    processor = learner.LSSTProcessor()
    config = getattr(processor, "config", None)
    fields = ("name", "bands", "zeropoints", "cadence_days")
    own = ("_processed_count", "_accepted", "_rejected", "in_batch", "config")
    complete = all(hasattr(config, name) for name in fields)
    set_up = all(hasattr(processor, name) for name in own)
    return Configuration(
        set_up, complete, config, *(getattr(config, name, None) for name in fields)
    )


def _counts(processor: Any) -> Counts:
    return Counts(processor._processed_count, processor._accepted, processor._rejected)


def processed(
    learner: Learner,
    survey: str,
    *records: dict[str, Any],
    zeropoints: dict[str, float] | None = None,
    bands: list[str] | None = None,
) -> Processed:
    """What a survey's processor makes of records, with other zero points or bands if given."""
    processor = getattr(learner, f"{survey}Processor")()
    if zeropoints is not None:
        processor.config.zeropoints = zeropoints
    if bands is not None:
        processor.config.bands = bands
    count, calls = processor._count, list[list[Any]]()

    def noting(accepted: Any, rejected: Any) -> None:
        calls.append([accepted, rejected])
        count(accepted, rejected)

    processor._count = noting
    curves = [processor.process_lightcurve(record) for record in records]
    return Processed(seen(learner, curves[-1]), _counts(processor), list(records), calls)


def counts_of_broken(learner: Learner, survey: str, broken: dict[str, Any]) -> Counts:
    """The counts after a record that cannot be processed."""
    processor = getattr(learner, f"{survey}Processor")()
    with suppress(ValueError):
        processor.process_lightcurve(broken)
    return _counts(processor)


def statistic(
    learner: Learner, name: str, batches: list[tuple[int, int]], peek: bool = False
) -> Statistic:
    """A property of a processor that has counted, and whether it is one that must be called.

    With `peek` it is looked at after each count. Another processor has counted before.
    """
    with surveys(learner) as processor_class:
        other, processor = processor_class(), processor_class()
        if batches:
            other._count(1000, 500)
        for accepted, rejected in batches:
            processor._count(accepted, rejected)
            if peek:
                getattr(processor, name)
        value = getattr(processor, name)
    return Statistic(callable(value), None if callable(value) else value)


KINDS: list[type[BaseException]] = [Trouble, ValueError, KeyError, KeyboardInterrupt, SystemExit]
TROUBLES = {each.__name__: each for each in KINDS}


def begun(learner: Learner, before: tuple[int, int]) -> Begun:
    """What a processor is like in a `with` statement, and what is left of it afterwards."""
    with surveys(learner) as processor_class:
        processor = processor_class()
        processor.config = config = copy.copy(processor.config)
        processor.note, as_it_was = "kept", copy.deepcopy(config)
        processor._count(*before)
        with processor as entered:
            is_processor, kind = entered is processor, type(entered).__name__
            in_batch, counts = processor.in_batch, _counts(processor)
        config_kept = processor.config is config and config == as_it_was
        note_kept = getattr(processor, "note", "") == "kept"
        return Begun(is_processor, kind, in_batch, counts, config_kept, note_kept)


def batch(
    learner: Learner, before: tuple[int, int], inside: list[tuple[int, int]], fail: str = ""
) -> Batch:
    """What happens in a `with` statement, and as what an exception in it arrives outside."""
    with surveys(learner) as processor_class:
        processor = processor_class()
        processor._count(*before)
        trouble, arrived = TROUBLES[fail]("the disk is full") if fail else None, ""
        try:
            with processor:
                at_start = _counts(processor)
                for accepted, rejected in inside:
                    processor._count(accepted, rejected)
                if trouble:
                    raise trouble
        except BaseException as error:
            if trouble is None or trouble not in (error, error.__context__):
                raise
            arrived = type(error).__name__
        return Batch(at_start, arrived, processor.in_batch, _counts(processor))


def failed_batches(
    learner: Learner, before: tuple[int, int], inside: list[tuple[int, int]], fails: list[str]
) -> list[Batch]:
    """What happens in `with` statements that end in different exceptions, each by itself."""
    return [batch(learner, before, inside, fail) for fail in fails]


def nested(learner: Learner, *inside: tuple[int, int]) -> Nested:
    """A second `with` on a processor that is in a batch already, and may have counted."""
    with surveys(learner) as processor_class:
        processor = processor_class()
        with processor:
            for counts in inside:
                processor._count(*counts)
            try:
                processor.__enter__()
                kinds = []
            except Exception as error:
                kinds = kinds_of(error)
            return Nested(kinds, _counts(processor), processor.in_batch)
