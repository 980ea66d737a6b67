"""What the probes of Exercise 3 bring back."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from grader.course.ex02.replies import LightCurveView


class Validity(Struct):
    """What `validate_photometry` returned."""

    value: Any
    type: str
    """The name of its type, with that of its module unless Python has it built in."""
    is_bool: bool


class Made(Struct):
    """What the factory made of a name."""

    name: str
    """The name of the class, or of the object's class."""
    is_class: bool
    is_old: bool
    """Whether it is a class of an earlier trial, which is no longer a processor."""
    kind: str
    """The class of what was returned."""


class MadeTwice(Struct):
    """What the factory made of the same name twice."""

    same: bool
    """Whether it is the same object."""
    made: list[str]
    """The surveys of which objects were made on the way."""
    of_unknown: list[str]
    """Those of which objects were made when it was asked for one that it does not know."""


class Configuration(Struct):
    """The configuration of `LSSTProcessor`."""

    set_up: bool
    """Whether the object has what the base class sets up."""
    complete: bool
    """Whether the configuration has all fields."""
    config: Any
    name: Any
    bands: Any
    zeropoints: Any
    cadence_days: Any


class Counts(Struct):
    """What a processor has counted; whole numbers, if the learner leaves them alone."""

    light_curves: Any
    accepted: Any
    rejected: Any

    def listed(self) -> list[Any]:
        return [self.light_curves, self.accepted, self.rejected]


class Processed(Struct):
    """The light curve of the last record, the counts after all, the records as they are now."""

    curve: LightCurveView
    counts: Counts
    after: list[Any]
    calls: list[list[Any]]
    """What `_count` was given, at each call."""


class Statistic(Struct):
    """A property of a processor."""

    callable: bool
    """Whether it is a method, which would have to be called."""
    value: Any


class Begun(Struct):
    """What a processor is like in a `with` statement, and what is left of it afterwards."""

    entered: bool
    """Whether `as` gives the processor itself."""
    kind: str
    """The class of what `as` gives."""
    in_batch: Any
    counts: Counts
    config_kept: bool
    note_kept: bool
    """Whether an attribute that somebody else has set is still there."""


class Batch(Struct):
    """The counts at the beginning of a `with` statement, and what is left when it is over."""

    at_start: Counts
    arrived: str
    """The class of the exception that arrives outside; empty if there is none."""
    in_batch_after: Any
    at_end: Counts


class Nested(Struct):
    """What a batch inside a batch raises, and the outer one afterwards."""

    kinds: list[str]
    counts: Counts
    in_batch: Any
