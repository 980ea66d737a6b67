"""What the probes of Exercise 8 bring back."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

OLD, EMPTY, FIGURE = "old figure", "empty figure", "new figure"
"""What a function may have drawn; otherwise the type of its result, such as `NoneType`."""


class Dealt(Struct):
    """The length of a sampler, and the batches of some passes."""

    length: int
    passes: list[list[Any]]


class Told(Struct):
    """The answers of an early stopping, and its attributes at the end."""

    answers: list[Any]
    best: Any
    counter: Any


class MeasuredTwice(Struct):
    """What a tracker keeps of its batches, and what measuring gives the first and the second time.

    `kept` says whether the lists are the same after measuring, `unchanged` whether the tensors that
    it was given are.
    """

    predictions: list[Any]
    targets: list[Any]
    losses: list[Any]
    kept: bool
    once: Any
    again: Any
    unchanged: bool


class Tick(Struct):
    """A name on an axis, and where it stands, in pixels from the left or from below."""

    name: str
    place: float


class Written(Struct):
    """A text in the axes, and where it stands, in pixels."""

    text: str
    x: float
    y: float


class Cell(Struct):
    """A coloured cell: its value, and where its centre is, in pixels."""

    value: float
    x: float
    y: float


class Matrix(Struct):
    """What can be read off the figure of a confusion matrix; had an earlier call returned it?"""

    kind: str
    across: str = ""
    down: str = ""
    columns: list[Tick] = []
    rows: list[Tick] = []
    texts: list[Written] = []
    cells: list[Cell] = []
    limits: list[float] = []
    used_again: bool = False


class Line(Struct):
    """The points of a line, and its name in a legend."""

    x: list[float]
    y: list[float]
    name: str


class Panel(Struct):
    """What one pair of axes shows; `marks` are places along the horizontal axis."""

    across: str
    up: str
    scale: str
    lines: list[Line]
    marks: list[float]


class History(Struct):
    """What can be read off the figure of a history, and the history afterwards.

    `used_again` says whether an earlier call had returned the same figure.
    """

    kind: str
    axes: list[Panel] = []
    history: Any = None
    used_again: bool = False


class Mode(Struct):
    """How a model was asked: in training mode, and with gradients?"""

    training: bool
    gradients: bool


class Event(Struct):
    """A call of a tracker's method: `reset`, `update` with what it was given, or `compute`."""

    kind: str
    preds: Any = None
    targets: Any = None
    loss: float = 0.0
    loss_type: str = ""


class Epoch(Struct):
    """What `run_epoch` returned, told the tracker, and did to the model."""

    returned: Any
    told: list[Event]
    asked: list[Mode]
    shift: Any
    gradients_on: bool
    """Whether gradients are computed afterwards, as before."""


class Training(Struct):
    """A training by script: what came back, and what was saved.

    `result` and `model` name the types of what was returned. `steps` and `walker` are those of the
    model that came back; `file` is the number of steps of the one in the checkpoint, or a word.
    `optimizer` and `decay` are the type and the weight decay of what a scheduler was made of. `bar`
    says whether a progress bar was shown.
    """

    cut: bool = False
    result: str = ""
    model: str = ""
    history: Any = None
    steps: int = 0
    walker: float = 0.0
    file: int | str = "missing"
    confused: list[str] = []
    loaded: int = 0
    optimizer: str = ""
    decay: float = 0.0
    bar: bool = False


class Mixed(Struct):
    """A batch after mixup, and whether the given tensors were left alone."""

    result: Any
    unchanged: bool


class Sampled(Struct):
    """Mean and spread, and what became of the model and of the fast path."""

    result: Any
    modes_before: list[bool]
    modes_after: list[bool]
    same: bool
    flows: bool
    fast_path_kept: bool
    gradients_on: bool
    """Whether gradients are computed afterwards, as before."""
    weights_free: bool
    """Whether the weights that were to be trained still are, and no others."""
