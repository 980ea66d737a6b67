"""Probes of Exercise 10: tiny transformers are asked, and stand-ins for models are compared."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch._dynamo  # else the first optimizer does, and takes seconds of a time limit
from torch import nn

from grader.course.common_probes import Trouble
from grader.course.ex10.panels import panel_of
from grader.course.ex10.replies import (
    Asked,
    Comparison,
    Crowd,
    Diagram,
    Dropped,
    Ensemble,
    EnsembleAnswer,
    Kept,
    Labelling,
    Layer,
    Loss,
    Run,
    Stream,
    Tool,
)
from grader.course.ex10.stand_ins import Member, Oracle, Recorder, Table, Trainer, nap
from grader.course.seeds import seed_torch
from grader.runner import Learner
from grader.wire import Tensor

TINY = {"input_dim": 6, "d_model": 8, "nhead": 2, "time_embed_dim": 2, "num_classes": 3}


def dropped(learner: Learner, p: float, x: torch.Tensor, training: bool) -> Dropped:
    """What a dropout layer makes of an input, twice, and the input afterwards."""
    seed_torch(1)
    layer = learner.MonteCarloDropout(p).train(training)
    given = x.clone()
    return Dropped(layer(given), layer(given), Tensor.of(given.detach().numpy()))


def _model(learner: Learner, **settings: Any) -> Any:
    seed_torch(2)
    return learner.BayesianTransformerEncoder(**TINY | settings)


def _layers(learner: Learner, model: nn.Module) -> dict[str, Layer]:
    return {
        name: Layer(isinstance(layer, learner.MonteCarloDropout), layer.p)
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Dropout)
    }


def dropout_layers(learner: Learner, settings: dict[str, Any]) -> dict[str, Layer]:
    """The dropout layers of a new model by name."""
    return _layers(learner, _model(learner, **settings))


def nested_dropout(learner: Learner, settings: dict[str, Any], rate: float) -> dict[str, Layer]:
    """The dropout layers, replaced again with another classifier, a nested one, and rate."""
    model = _model(learner, **settings)
    inner = nn.Sequential(nn.Linear(8, 8), nn.Sequential(nn.Dropout(0.25), nn.ReLU()))
    model.classifier = nn.Sequential(inner, nn.Dropout(0.25), nn.Linear(8, 3))
    model.mc_dropout_rate = rate
    model._replace_dropout_layers()
    return _layers(learner, model)


def summarised(learner: Learner, samples: torch.Tensor) -> Any:
    """The summary of some samples."""
    return learner.summarise(samples)


def _counting(learner: Learner) -> Any:
    """The learner's class, which counts the calls of `forward`."""

    class Counting(learner.BayesianTransformerEncoder):  # type: ignore[name-defined]
        n_calls = 0

        def forward(self, *args: Any, **kwargs: Any) -> torch.Tensor:
            Counting.n_calls += 1
            return super().forward(*args, **kwargs)

    return Counting


def _inputs(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    return x, x[..., :1], (x[..., 3:] != 0).any(dim=-1).sum(dim=-1)


def asked(
    learner: Learner,
    settings: dict[str, Any],
    x: torch.Tensor,
    n_samples: int,
    training: bool = False,
) -> Asked:
    """The answer of a model with uncertainty, and what was seen of it on the way."""
    counting = _counting(learner)
    seed_torch(2)
    model = counting(**TINY | settings).train(training)
    answer = model.forward_with_uncertainty(*_inputs(x), n_samples=n_samples)
    parts = answer.values() if isinstance(answer, dict) else [answer]
    return Asked(answer, counting.n_calls, model.training, _any_flows(parts))


def _any_flows(values: Iterable[Any]) -> bool:
    """Whether gradients flow through any of the tensors."""
    return any(isinstance(each, torch.Tensor) and each.requires_grad for each in values)


def asked_one_by_one(
    learner: Learner, settings: dict[str, Any], x: torch.Tensor, padded: bool = False
) -> Tensor:
    """The probabilities of each light curve by itself, without its padding, in evaluation mode.

    If `padded`, the padding counts as observations.
    """
    model = _model(learner, **settings).eval()
    answers = []
    with torch.no_grad():
        for one, length in zip(x, _inputs(x)[2].tolist(), strict=True):
            alone = one[: len(one) if padded else max(length, 1)].unsqueeze(0)
            features, times, lengths = _inputs(alone)
            lengths = torch.tensor([len(one)]) if padded else lengths
            answers.append(model(features, times, lengths).softmax(dim=-1))
    return Tensor.of(torch.cat(answers).numpy())


def crowd(
    learner: Learner,
    p: float,
    weight: torch.Tensor,
    bias: torch.Tensor,
    x: torch.Tensor,
    n_samples: int,
) -> Crowd:
    """Samples of a model with dropout before a last layer only, and what that layer is given."""
    model = _model(learner, mc_layers=0, num_layers=1, dropout=0.0, mc_dropout_rate=p)
    last = nn.Linear(weight.shape[1], weight.shape[0])
    last.weight.data, last.bias.data = weight, bias
    narrow = nn.Linear(8, weight.shape[1], bias=False)
    narrow.weight.data = torch.eye(weight.shape[1], 8)
    model.classifier = nn.Sequential(narrow, learner.MonteCarloDropout(p), last)
    seed_torch(3)
    answer = model.forward_with_uncertainty(*_inputs(x), n_samples=n_samples)
    model.classifier = narrow
    with torch.no_grad():
        hidden = model.eval()(*_inputs(x))
    return Crowd(answer, Tensor.of(hidden.numpy()))


def tool(learner: Learner, name: str, *args: Any, **kwargs: Any) -> Tool:
    """Call one of the tools for calibration, and look whether the arguments stay as they are."""
    given = [each.copy() if isinstance(each, np.ndarray) else each for each in args]
    value = getattr(learner.UncertaintyCalibration, name)(*given, **kwargs)
    pairs = zip(args, given, strict=True)
    changed = any(isinstance(a, np.ndarray) and not np.array_equal(a, b) for a, b in pairs)
    return Tool(value, changed)


@contextmanager
def _figures_closed() -> Iterator[Any]:
    """Put a figure of somebody else's in front; close it, and all that come, at the end."""
    before = set(plt.get_fignums())
    try:
        yield plt.figure()
    finally:
        for number in set(plt.get_fignums()) - before:
            plt.close(number)


def diagram(
    learner: Learner, y_true: np.ndarray, y_prob: np.ndarray, uncertainty: np.ndarray, n_bins: int
) -> Diagram:
    """What can be read off a reliability diagram."""
    tools = learner.UncertaintyCalibration
    with _figures_closed() as other:
        figure = tools.reliability_diagram(y_true, y_prob, uncertainty, n_bins)
        if not isinstance(figure, plt.Figure):
            return Diagram(type(figure).__name__, [], False)
        panels = [panel_of(ax) for ax in figure.axes]
        return Diagram("Figure", panels, bool(other.axes) or figure is other)


def _loader(labels: torch.Tensor, offset: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """A batch in which light curve i asks for the row `offset` + i of the table."""
    features = torch.zeros(len(labels), 2, 6)
    features[:, 0, 0] = torch.arange(len(labels)) + offset
    features[:, :, 3] = 1.0
    return [(features, labels)]


def compared(
    learner: Learner,
    untrained: torch.Tensor,
    trained: torch.Tensor,
    val: torch.Tensor,
    test: torch.Tensor,
    *,
    fails: bool = False,
    crowd: bool = False,
    seconds: float = 0.0,
) -> Comparison:
    """A comparison of a model that is nothing but a table, which a training exchanges.

    If `crowd`, the training gives a Bayesian model instead. A table is asked for `seconds`, and
    trained for a quarter of that.
    """
    sets = {"training": _loader(val, 0), "validation": _loader(val, 0)}
    sets["test"] = _loader(test, len(val))
    asked: list[Any] = []
    make = _crowd_table(learner, asked) if crowd else Table
    train, run = Trainer(untrained, trained, sets, make, fails, seconds), Run([], [], False)
    comparison = learner.ModelComparison(
        "a project", train, lambda name: Recorder(name, run), n_samples=7, seed=77
    )
    result, raised = None, False
    seed_torch(5)
    try:
        comparison.train_and_evaluate_model(
            "earlier", Table, {"logits": -untrained}, *sets.values()
        )
        run = Run([], [], False)
        seed_torch(6)
        settings = {"logits": untrained}
        result = comparison.train_and_evaluate_model("a table", Table, settings, *sets.values())
    except ArithmeticError:
        raised = True
    return Comparison(result, raised, run, train.seen, _kept(comparison, trained), asked)


def _crowd_table(learner: Learner, asked: list[Any]) -> Any:
    """A Bayesian model that is nothing but a table, and notes how many networks are asked."""

    class CrowdTable(learner.BayesianTransformerEncoder):  # type: ignore[name-defined]
        def __init__(self, logits: torch.Tensor, seconds: float = 0.0) -> None:
            nn.Module.__init__(self)
            self.logits = nn.Parameter(logits.clone())  # (rows, num_classes)

        def forward_with_uncertainty(
            self, features: torch.Tensor, *_: Any, n_samples: int = 100
        ) -> dict[str, torch.Tensor]:
            asked.append(n_samples)
            p = self.logits.detach()[features[:, 0, 0].long()].softmax(dim=-1)
            return {
                "predictions": p,
                "epistemic_uncertainty": torch.full((len(p),), 0.25),
                "aleatoric_uncertainty": torch.full((len(p),), 0.5),
                "prediction_samples": p.unsqueeze(0),
            }

    return CrowdTable


def _kept(comparison: Any, trained: torch.Tensor) -> Kept:
    predictions, model = (x.get("a table") for x in (comparison.predictions, comparison.models))
    y_true = getattr(predictions, "y_true", None)
    return Kept(
        result=comparison.results.get("a table"),
        seconds=getattr(predictions, "seconds", None),
        n_predicted=len(y_true) if isinstance(y_true, np.ndarray) else None,
        trained_model=isinstance(model, Table) and torch.equal(model.logits.cpu(), trained),
        earlier_result="earlier" in comparison.results,
    )


def balanced_weights(learner: Learner, counts: torch.Tensor, beta: float) -> Any:
    """The weights of classes with these counts."""
    return learner.class_balanced_weights(counts, beta)


def smooth_loss(
    learner: Learner, settings: dict[str, float], inputs: torch.Tensor, targets: torch.Tensor
) -> Loss:
    """The loss and its gradient by the logits."""
    inputs.requires_grad_()
    loss = learner.SmoothFocalLoss(**settings)(inputs, targets)
    flows = isinstance(loss, torch.Tensor) and loss.requires_grad
    if flows and loss.ndim == 0:
        loss.backward()
    return Loss(loss, flows, inputs.grad)


def ensemble(learner: Learner, n_members: int, seed: int) -> Ensemble:
    """How the members of an ensemble come into being."""
    torch.seed()
    made: list[float] = []
    trained: list[float] = []

    def make() -> nn.Linear:
        model = nn.Linear(1, 1)
        made.append(model.weight.item())
        return model

    def train(model: nn.Linear) -> nn.Linear:
        trained.append(torch.rand(()).item())
        result = nn.Linear(1, 1)
        result.weight.data = model.weight.data + 100  # another object: who keeps the old one?
        return result

    members = learner.train_ensemble(make, train, n_members, seed)
    if isinstance(members, Iterable):
        members = [m.weight.item() if isinstance(m, nn.Linear) else None for m in members]
    return Ensemble(made, trained, members)


def ensemble_answer(
    learner: Learner, logits: Sequence[torch.Tensor], x: torch.Tensor, modes: list[bool]
) -> EnsembleAnswer:
    """What an ensemble says, and the modes of its members afterwards."""
    members = [Member(each).train(mode) for each, mode in zip(logits, modes, strict=True)]
    answer = learner.ensemble_predict(members, x)
    flows = _any_flows(answer if isinstance(answer, tuple | list) else [answer])
    return EnsembleAnswer(answer, [member.training for member in members], flows)


def labelled(
    learner: Learner, doubts: np.ndarray, settings: dict[str, Any], *, may_fit: bool = True
) -> Labelling:
    """Active learning with a model that is nothing but the objects that it was fitted to.

    Unless it `may_fit`, fitting a model raises an exception.
    """
    fitted: list[list[int]] = []
    candidates: list[list[int]] = []

    def fit(numbers: Any) -> dict[str, int]:
        if not may_fit:
            raise Trouble("a model is fitted")
        fitted.append([int(number) for number in numbers])
        return {"round": len(fitted)}

    def score(model: dict[str, int]) -> float:
        return model["round"] / 10

    def uncertainty(model: dict[str, int], numbers: Any) -> np.ndarray:
        candidates.append([int(number) for number in numbers])
        return doubts[np.asarray(numbers, dtype=int)]

    curve = learner.active_learning(fit, score, uncertainty, len(doubts), **settings)
    return Labelling(curve, fitted, candidates)


def alerts(
    learner: Learner,
    stream: list[tuple[str, dict[str, Any]]],
    probabilities: list[list[float]],
    class_names: list[str],
) -> Stream:
    """The answers to a stream of alerts."""
    oracle = Oracle(probabilities)
    features_took: list[float] = []
    live = learner.LiveClassifier(oracle, class_names, n_samples=7)
    features_of = live.features_of

    def slow_features_of(object_id: str) -> torch.Tensor:
        features_took.append(nap(0.002))
        features: torch.Tensor = features_of(object_id)
        return features

    live.features_of = slow_features_of
    given = [(name, dict(observation)) for name, observation in stream]
    start = time.perf_counter()
    answers = [live.answer(name, observation) for name, observation in given]
    took = time.perf_counter() - start
    changed = [o for _, o in given] != [o for _, o in stream]
    first = live.observations.get(stream[0][0], [])
    kept = [each.get("flux") for each in first if isinstance(each, dict)]
    features, model = ([min(each, default=0.0), sum(each)] for each in (features_took, oracle.took))
    return Stream(answers, oracle.asked, list(live.seconds), features, model, took, changed, kept)


def latency(learner: Learner, seconds: list[float], *percentiles: list[float]) -> Any:
    """The percentiles of the times [s] that answers took; the usual ones if none are given."""
    live = learner.LiveClassifier(None)
    live.seconds = list(seconds)
    return live.latency_percentiles(*percentiles)
