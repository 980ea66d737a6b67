"""What the probes of Exercise 10 bring back. `Any` is a value of the learner's own."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from grader.wire import Tensor

Points = list[tuple[float, float]]


class Dropped(Struct):
    """Results of two calls of a dropout layer, and its input afterwards."""

    first: Any
    second: Any
    input: Tensor


class Layer(Struct):
    """A dropout layer of a model: is it a `MonteCarloDropout`, and its probability."""

    replaced: bool
    p: float


class Asked(Struct):
    """The answer of `forward_with_uncertainty`, and what was seen of the model on the way."""

    answer: Any
    n_calls: int
    training: bool
    gradients: bool


class Crowd(Struct):
    """The answer of a model with dropout before its last layer, and that layer's input."""

    answer: Any
    hidden: Tensor


class Tool(Struct):
    """What a calibration tool returned, and whether it changed its arguments."""

    value: Any
    changed: bool


class Text(Struct):
    """A text in a panel, and where it stands; NaN if that is not clear."""

    words: str
    x: float
    y: float


class Panel(Struct):
    """What is drawn in one panel of a figure; bars by their centre and height.

    `limits` are the smallest and the largest number on either axis.
    """

    lines: list[Points]
    scattered: list[Points]
    bars: Points
    texts: list[Text]
    labels: list[str]
    limits: Points


class Diagram(Struct):
    """The name of the result's type, its panels, and whether another figure was drawn into."""

    returned: str
    panels: list[Panel]
    touched_another: bool


class Start(Struct):
    """How a run of the tracker was started."""

    project: Any
    settings: list[str]
    name: Any


class Logged(Struct):
    """The names of the metrics in one call of `log_metrics`, and whether the run was open."""

    names: list[str]
    was_open: bool


class Run(Struct):
    """What the tracker was told."""

    starts: list[Start]
    logs: list[Logged]
    finished: bool


class Training(Struct):
    """What `train` was called with, the seed that the model was made with, and the time [s].

    `as_told` says whether the model was made with the settings of this very call.
    """

    loaders: list[str]
    as_told: bool
    seed: int | None
    seconds: float


class Kept(Struct):
    """What the comparison holds under the model's name; its time to predict is in seconds."""

    result: Any
    seconds: float | None
    n_predicted: int | None
    trained_model: bool
    earlier_result: bool


class Comparison(Struct):
    """The result of a comparison, and what happened on the way; no training if none was asked.

    `asked` has the `n_samples` of each question to a Bayesian model.
    """

    result: Any
    raised: bool
    run: Run
    training: Training | None
    kept: Kept
    asked: list[Any]


class Loss(Struct):
    """A loss, whether gradients flow through it, and its gradient by the logits."""

    value: Any
    flows: bool
    gradient: Any


class Ensemble(Struct):
    """First weights of the members made, random numbers of their trainings, and what came out."""

    made: list[float]
    trained: list[float]
    members: Any


class EnsembleAnswer(Struct):
    """What an ensemble says, the modes of its members afterwards, and whether gradients flow."""

    answer: Any
    modes: list[bool]
    gradients: bool


class Labelling(Struct):
    """A learning curve, and the objects that models were fitted to and asked about."""

    curve: Any
    fitted: list[list[int]]
    candidates: list[list[int]]


class Question(Struct):
    """What a model was asked: the times of the observations [days], and how many there are."""

    times: list[float]
    length: int
    n_samples: Any


class Stream(Struct):
    """The answers to a stream of alerts, and what was seen on the way; times in seconds.

    `kept` has the fluxes of the first object's observations, `features_took` and `model_took` the
    shortest and the whole time that an answer spent on either.
    """

    answers: list[Any]
    questions: list[Question]
    seconds: list[float]
    features_took: list[float]
    model_took: list[float]
    took: float
    changed: bool
    kept: list[Any]
