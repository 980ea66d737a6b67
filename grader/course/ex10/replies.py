"""What the probes of Exercise 10 bring back. `Any` is a value of the learner's own."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from grader.wire import Tensor

Points = list[tuple[float, float]]


class Dropped(Struct):
    """Results of two calls of a dropout layer, and its input afterwards.

    `repeated` is a third result, after the seed of the first one. `gradient` is that of the sum of
    a result, `passed`, by the input; None if there is none.
    """

    first: Any
    second: Any
    input: Tensor
    repeated: Any
    passed: Any
    gradient: Any


class Layer(Struct):
    """A dropout layer of a model: is it a `MonteCarloDropout`, and its probability.

    An attention with dropout of its own counts as one, too.
    """

    replaced: bool
    p: float


class Asked(Struct):
    """The answer of `forward_with_uncertainty`, and what was seen of the model on the way.

    `again` is a second answer, if one was asked for. `left` names what the call has left changed,
    `dropping` the kinds of layers whose ordinary dropout was on.
    """

    answer: Any
    again: Any
    n_calls: int
    training: bool
    gradients: bool
    left: list[str]
    dropping: list[str]


class Crowd(Struct):
    """The answer of a model with dropout before its last layer, and that layer's input."""

    answer: Any
    hidden: Tensor
    n_calls: int


class Tool(Struct):
    """What a tool returned, and whether it changed its arguments."""

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
    """The name of the result's type, its panels, and what else happened.

    `new` says whether the figure is another one than those drawn before, `changed` whether the
    arguments were changed. `name` is that of the figure, if it has one.
    """

    returned: str
    panels: list[Panel]
    touched_another: bool
    new: bool = True
    shown: bool = False
    changed: bool = False
    settings_changed: bool = False
    name: str = ""


class Start(Struct):
    """How a run of the tracker was started; `as_told` if with the settings of this very call."""

    project: Any
    as_told: bool
    name: Any


class Logged(Struct):
    """The metrics in one call of `log_metrics`, and whether the run was open."""

    metrics: dict[str, Any]
    was_open: bool


class Run(Struct):
    """What the tracker was told. `outside` names what was done while no run was open."""

    starts: list[Start] = []
    logs: list[Logged] = []
    finished: bool = False
    is_open: bool = False
    outside: list[str] = []

    def note(self, what: str) -> None:
        """Note what is done, unless a run is open."""
        if not self.is_open and what not in self.outside:
            self.outside.append(what)


class Training(Struct):
    """What `train` was called with, the seed that the model was made with, and the time [s].

    `as_told` says whether the model was made with the settings of this very call.
    """

    loaders: list[str]
    as_told: bool
    seed: int | None
    seconds: float


class Kept(Struct):
    """What the comparison holds under the model's name; its time to predict is in seconds.

    `lost` names the attributes that have lost what an earlier call has kept in them.
    """

    result: Any
    seconds: float | None
    n_predicted: int | None
    y_prob: Any
    trained_model: bool
    lost: list[str]
    settings_changed: bool


class Comparison(Struct):
    """The result of a comparison, and what happened on the way; no training if none was asked.

    `asked` has the `n_samples` of each question to a Bayesian model. `making` is the time [s] that
    it took to make the model. `others` are the kinds of what is no plain number in the result.
    """

    result: Any
    raised: bool
    run: Run
    training: Training | None
    kept: Kept
    asked: list[Any]
    making: float
    others: dict[str, str]


class Loss(Struct):
    """A loss, whether gradients flow through it, and its gradient by the logits."""

    value: Any
    flows: bool
    gradient: Any


class Ensemble(Struct):
    """First weights of the members made, random numbers of their trainings, and what came out.

    `changed` names in what the members differ from what the training has returned.
    """

    made: list[float]
    trained: list[float]
    members: Any
    changed: list[str]


class EnsembleAnswer(Struct):
    """What an ensemble says, the modes of its members afterwards, and whether gradients flow.

    `left` names what the call has left changed.
    """

    answer: Any
    modes: list[bool]
    gradients: bool
    left: list[str]


class Labelling(Struct):
    """A learning curve, and the objects that models were fitted to and asked about.

    `ages` says for each question about uncertainty how many models were fitted after the one that
    was asked. `others` are the kinds of what came in place of an array of whole numbers, by the
    function that was called with it. `generators` names the sources of random numbers.
    """

    curve: Any
    fitted: list[list[int]]
    candidates: list[list[int]]
    ages: list[int]
    others: list[tuple[str, str]]
    generators: list[str]


class Question(Struct):
    """What a model was asked: the times of the observations [days], and how many there are."""

    times: list[float]
    length: int
    n_samples: Any


class Stream(Struct):
    """The answers to a stream of alerts, and what was seen on the way; times in seconds.

    `kept` has the first object's observations, `features_took` and `model_took` the shortest and
    the whole time that an answer spent on either. `n_features` says how often the features were
    asked for, `others` what is no plain number in an answer, by name and type.
    """

    answers: list[Any]
    questions: list[Question]
    seconds: list[float]
    features_took: list[float]
    model_took: list[float]
    took: float
    changed: bool
    kept: list[Any]
    n_features: int
    others: list[tuple[str, str]]


class Latency(Struct):
    """The percentiles of the times of some answers, and those times afterwards."""

    percentiles: Any
    seconds: list[float]


class Late(Struct):
    """The answer to an alert of an object of which much is known, and what the model was given.

    `n_times` says how many times are kept, of this answer and of those before.
    """

    answer: Any
    lengths: list[int]
    n_times: int
