"""What the probes of the final project bring back. `Any` is a value of the learner's own."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from grader.wire import Tensor


class View(Struct):
    """A light curve as what it holds, or something else as it is."""

    kind: str
    """The name of its class; empty for what is not a light curve."""
    table: Any = None
    """Its attribute `data`."""
    metadata: dict[str, Any] = {}
    """Its other attributes."""
    value: Any = None
    """What it is, if not a light curve."""


class Read(Struct):
    """A light curve that was read, and the record it was read from as it is afterwards."""

    light_curve: View
    after: Any


class Source(Struct):
    """What a new pipeline holds."""

    data_source: Any
    folder: Any
    """Its folder; as a text, if it is a `Path`."""
    is_path: bool
    problems: Any


class Fetched(Struct):
    """What a fetch gave."""

    light_curves: list[View]
    problems: Any
    paths: list[str]
    """What was read: paths relative to the folder, in order."""
    other: Any = None
    """What it gave, if not a list."""


class Averaged(Struct):
    """What `nightly` made of a light curve, and that one as it is afterwards."""

    light_curve: View
    after: View


class Rows(Struct):
    """What was made of a light curve for a network, and that light curve as it is afterwards."""

    rows: Any
    after: View


class Kept(Struct):
    """What a function returned, and its arguments afterwards."""

    value: Any
    arguments: list[Any]


class Evaluated(Struct):
    """What `evaluate` returned, and the arrays of both sets afterwards."""

    value: Any
    arrays: list[Any]


class Loaded(Struct):
    """A classifier that was loaded: its attributes, and the weights that were in the file."""

    classes: Any
    temperature: Any
    n_samples: Any
    network: str
    """The name of the model's class."""
    pipeline: str
    """The name of the pipeline's class."""
    training: Any
    weights: Tensor
    saved: Tensor


class Question(Struct):
    """What a network was asked: features, times and lengths of a batch, and how many samples."""

    features: Any
    times: Any
    lengths: Any
    n_samples: Any


class Classified(Struct):
    """The answers of a classifier, and what it asked its network."""

    results: Any
    questions: list[Question]


class Call(Struct):
    """How a network was called: with how many light curves, at what dropout, with gradients?"""

    size: int
    dropout: float
    gradients: bool


class Explained(Struct):
    """An explanation, how the network was called for it, and the state that it was left in."""

    table: Any
    calls: list[Call]
    n_crowds: int
    """How often many networks were asked instead."""
    dropout: float
    training: bool


class Alerted(Struct):
    """The alerts of the last call, and the state of the system afterwards."""

    alerts: Any
    announced: Any
    same: bool
    """Whether each alert is the very object that is kept in `announced`."""
    waiting: Any
    n_sent: int
    results: list[Any]
    """The answers that were given to it, as they are afterwards."""


class System(Struct):
    """What an alert system holds."""

    alert_thresholds: Any
    announced: Any
    waiting: Any
    send: bool
    """Whether it is the function that was given."""
    log: bool


class Systems(Struct):
    """An alert system in use, and another one."""

    first: System
    second: System


class Processed(Struct):
    """What the last call returned, what was sent in all calls, and what is logged and waiting."""

    returned: Any
    sent: list[Any]
    """Names of the objects whose alerts were sent, in order."""
    tried: list[Any]
    """The same, also where the sending failed."""
    waiting: Any
    logs: list[Any]


class Aged(Struct):
    """A table of accuracies, what the classifier was asked, and the light curves afterwards."""

    table: Any
    asked: list[list[tuple[Any, list[float]]]]
    """For each call the light curves that it was given, by name and times."""
    after: list[list[float]]
