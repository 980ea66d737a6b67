"""Probes of Exercise 10: tiny transformers are asked, and stand-ins for models are compared."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch._dynamo  # else the first optimizer does, and takes seconds of a time limit
from torch import Tensor, nn

from grader.runner import Learner

TINY = {"input_dim": 6, "d_model": 8, "nhead": 2, "time_embed_dim": 2, "num_classes": 3}


def dropped(learner: Learner, p: float, x: Tensor, training: bool, calls: int = 1) -> dict:
    """What a layer of dropout makes of an input, several times, and the input afterwards."""
    torch.manual_seed(1)
    layer = learner.MonteCarloDropout(p).train(training)
    given = x.clone()
    return {"results": [layer(given) for _ in range(calls)], "input": given}


def _model(learner: Learner, **settings: Any) -> Any:
    torch.manual_seed(2)
    return learner.BayesianTransformerEncoder(**TINY | settings)


def _dropout_layers(learner: Learner, model: nn.Module) -> dict:
    """By name, for each layer of dropout: is it of the learner's kind, and its probability."""
    return {
        name: [isinstance(layer, learner.MonteCarloDropout), layer.p]
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Dropout)
    }


def dropout_layers(learner: Learner, settings: dict) -> dict:
    """The layers of dropout of a new model."""
    return _dropout_layers(learner, _model(learner, **settings))


def nested_dropout(learner: Learner, settings: dict, rate: float) -> dict:
    """The layers of dropout, replaced again with another classifier, a nested one, and rate."""
    model = _model(learner, **settings)
    inner = nn.Sequential(nn.Linear(8, 8), nn.Sequential(nn.Dropout(0.25), nn.ReLU()))
    model.classifier = nn.Sequential(inner, nn.Dropout(0.25), nn.Linear(8, 3))
    model.mc_dropout_rate = rate
    model._replace_dropout_layers()
    return _dropout_layers(learner, model)


def summarised(learner: Learner, samples: Tensor) -> Any:
    """The summary of some samples."""
    return learner.summarise(samples)


def _counting(learner: Learner, seen: list) -> Any:
    """The learner's class, in which each call of `forward` is noted."""

    class Counting(learner.BayesianTransformerEncoder):  # type: ignore[name-defined]
        def forward(self, *args: Any, **kwargs: Any) -> Tensor:
            seen.append([self.training, torch.is_grad_enabled()])
            return super().forward(*args, **kwargs)

    return Counting


def _inputs(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return x, x[..., :1], (x[..., 3:] != 0).any(dim=-1).sum(dim=-1)


def asked(
    learner: Learner, settings: dict, x: Tensor, n_samples: int, training: bool = False
) -> dict:
    """The answer of a model with uncertainty, and what was seen of it on the way."""
    calls: list[list[bool]] = []
    torch.manual_seed(2)
    model = _counting(learner, calls)(**TINY | settings).train(training)
    answer = model.forward_with_uncertainty(*_inputs(x), n_samples=n_samples)
    tensors = answer.values() if isinstance(answer, dict) else [answer]
    return {
        "answer": answer,
        "calls": calls,
        "training": model.training,
        "gradients": any(isinstance(t, Tensor) and t.requires_grad for t in tensors),
    }


def asked_one_by_one(learner: Learner, settings: dict, x: Tensor) -> Any:
    """The probabilities of each light curve by itself, without its padding, in evaluation mode."""
    model = _model(learner, **settings).eval()
    answers = []
    with torch.no_grad():
        for one, length in zip(x, _inputs(x)[2].tolist(), strict=True):
            alone = one[: max(length, 1)].unsqueeze(0)
            answers.append(model(*_inputs(alone)).softmax(dim=-1))
    return torch.cat(answers)


def crowd(
    learner: Learner, p: float, weight: Tensor, bias: Tensor, x: Tensor, n_samples: int
) -> dict:
    """Samples of a model with dropout before a last layer only, and what that layer is given."""
    model = _model(learner, mc_layers=0, num_layers=1, dropout=0.0, mc_dropout_rate=p)
    last = nn.Linear(weight.shape[1], weight.shape[0])
    last.weight.data, last.bias.data = weight, bias
    narrow = nn.Linear(8, weight.shape[1], bias=False)
    narrow.weight.data = torch.eye(weight.shape[1], 8)
    model.classifier = nn.Sequential(narrow, learner.MonteCarloDropout(p), last)
    torch.manual_seed(3)
    answer = model.forward_with_uncertainty(*_inputs(x), n_samples=n_samples)
    model.classifier = narrow
    with torch.no_grad():
        hidden = model.eval()(*_inputs(x))
    return {"answer": answer, "hidden": hidden}


def tool(learner: Learner, name: str, *args: Any, **kwargs: Any) -> Any:
    """Call one of the tools for calibration, and look whether the arguments stay as they are."""
    given = [each.copy() if isinstance(each, np.ndarray) else each for each in args]
    value = getattr(learner.UncertaintyCalibration, name)(*given, **kwargs)
    pairs = zip(args, given, strict=True)
    changed = any(isinstance(a, np.ndarray) and not np.array_equal(a, b) for a, b in pairs)
    return {"value": value, "changed": changed}


@contextmanager
def _figures_closed() -> Iterator[Any]:
    """Put a figure of somebody else's in front; close it, and all that come, at the end."""
    before = set(plt.get_fignums())
    try:
        yield plt.figure()
    finally:
        for number in set(plt.get_fignums()) - before:
            plt.close(number)


def diagram(learner: Learner, *args: Any) -> dict:
    """What can be read off a reliability diagram."""
    with _figures_closed() as other:
        figure = learner.UncertaintyCalibration.reliability_diagram(*args)
        if not isinstance(figure, plt.Figure):
            return {"is": figure if figure is None else type(figure).__name__}
        touched = bool(other.axes) or figure is other
        return {"is": "figure", "touched": touched, "axes": [_panel(ax) for ax in figure.axes]}


def _panel(ax: Any) -> dict:
    points = [scatter.get_offsets() for scatter in ax.collections if len(scatter.get_offsets())]
    return {
        "lines": [np.column_stack(line.get_data()).astype(float) for line in ax.lines],
        "points": [np.asarray(each, dtype=float) for each in points],
        "bars": [[bar.get_x() + bar.get_width() / 2, bar.get_height()] for bar in ax.patches
                 if hasattr(bar, "get_height")],
        "texts": [text.get_text() for text in ax.texts],
        "labels": [ax.get_xlabel(), ax.get_ylabel()],
    }  # fmt: skip


class Recorder:
    """Stands in for a tracker, and notes what it is told."""

    def __init__(self, project_name: str, events: list) -> None:
        self.events, self.project_name = events, project_name
        self.open = False

    def start_experiment(self, config: Any, experiment_name: str | None = None) -> Recorder:
        self.events.append(["start", self.project_name, dict(config), experiment_name])
        self.open = True
        return self

    def log_metrics(self, metrics: Any, step: int | None = None) -> None:
        self.events.append(["log", dict(metrics), self.open])

    def finish_experiment(self, exit_code: int = 0) -> None:
        if self.open:
            self.events.append(["finish"])
        self.open = False

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        self.finish_experiment()


class Table(nn.Module):
    """Looks its logits up: in the row of a table that stands in the first column."""

    def __init__(self, logits: Tensor, seconds: float = 0.0) -> None:
        super().__init__()
        self.logits = nn.Parameter(logits.clone())  # (rows, num_classes)
        self.scale = nn.Parameter(torch.ones(()), requires_grad=False)
        self.seconds = seconds
        self.made_with = torch.initial_seed()

    def forward(self, x: Tensor) -> Tensor:
        time.sleep(self.seconds)
        return self.logits[x[:, 0, 0].long()] * self.scale


def _loader(labels: Tensor, offset: int) -> list:
    """A batch in which light curve i asks for the row `offset` + i of the table."""
    features = torch.zeros(len(labels), 2, 6)
    features[:, 0, 0] = torch.arange(len(labels)) + offset
    features[:, :, 3] = 1.0
    return [(features, labels)]


def compared(
    learner: Learner,
    untrained: Tensor,
    trained: Tensor,
    val: Tensor,
    test: Tensor,
    fails: bool = False,
) -> dict:
    """A comparison of a model that is nothing but a table, which a training exchanges."""
    events: list[list[Any]] = []
    loaders = [_loader(val, 0), _loader(val, 0), _loader(test, len(val))]
    names = dict(zip(map(id, loaders), ("training", "validation", "test"), strict=True))
    seen: dict[str, Any] = {}

    def train(model: nn.Module, *others: Any) -> tuple[nn.Module, dict]:
        seen["loaders"] = [names.get(id(each), "another object") for each in others]
        seen["seed"] = getattr(model, "made_with", None)
        if fails:
            raise ArithmeticError("the loss is NaN")
        start = time.perf_counter()
        time.sleep(0.01)
        seen["training"] = time.perf_counter() - start
        return Table(trained, seconds=0.04), {"val_loss": [1.0]}

    comparison = learner.ModelComparison(
        "a project", train, lambda name: Recorder(name, events), seed=77
    )
    config = {"logits": untrained}
    torch.manual_seed(5)
    got: dict[str, Any] = {"raised": False, "result": None}
    try:
        comparison.train_and_evaluate_model("earlier", Table, config, *loaders)
        events.clear()
        torch.manual_seed(6)
        got["result"] = comparison.train_and_evaluate_model("a table", Table, config, *loaders)
    except ArithmeticError:
        got["raised"] = True
    kept, model = (each.get("a table") for each in (comparison.predictions, comparison.models))
    return got | {
        "events": events,
        "seen": seen,
        "kept": comparison.results,
        "seconds": getattr(kept, "seconds", None),
        "asked": getattr(kept, "y_true", None),
        "model": isinstance(model, Table) and torch.equal(model.logits.cpu(), trained),
    }


def balanced_weights(learner: Learner, counts: Tensor, *beta: float) -> Any:
    return learner.class_balanced_weights(counts, *beta)


def smooth_loss(learner: Learner, settings: dict, inputs: Tensor, targets: Tensor) -> dict:
    """The loss and its gradient by the logits."""
    inputs.requires_grad_()
    loss = learner.SmoothFocalLoss(**settings)(inputs, targets)
    flows = isinstance(loss, Tensor) and loss.requires_grad
    if flows and loss.ndim == 0:
        loss.backward()
    return {"loss": loss, "flows": flows, "gradient": inputs.grad}


def ensemble(learner: Learner, n_members: int, seed: int) -> dict:
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
    kinds = [m.weight.item() if isinstance(m, nn.Linear) else None for m in members]
    return {"made": made, "trained": trained, "members": kinds, "is": type(members).__name__}


class Member(nn.Module):
    """Gives its logits, and in training mode others."""

    def __init__(self, logits: Tensor) -> None:
        super().__init__()
        self.logits = nn.Parameter(logits)  # (batch, num_classes)

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        return self.logits + (5.0 * torch.arange(self.logits.shape[1]) if self.training else 0.0)


def ensemble_answer(learner: Learner, logits: list, x: Tensor, modes: list) -> dict:
    """What an ensemble says, and the modes of its members afterwards."""
    members = [Member(each).train(mode) for each, mode in zip(logits, modes, strict=True)]
    answer = learner.ensemble_predict(members, x)
    parts = answer if isinstance(answer, tuple | list) else [answer]
    return {
        "answer": answer,
        "modes": [member.training for member in members],
        "gradients": any(isinstance(part, Tensor) and part.requires_grad for part in parts),
    }


def labelled(learner: Learner, doubts: np.ndarray, settings: dict) -> dict:
    """Active learning with a model that is nothing but the objects that it was fitted to."""
    fitted: list[list[int]] = []
    candidates: list[list[int]] = []
    doubts_by_models: list[int] = []

    def fit(numbers: Any) -> dict:
        fitted.append([int(number) for number in numbers])
        return {"round": len(fitted)}

    def score(model: dict) -> float:
        return model["round"] / 10

    def uncertainty(model: dict, numbers: Any) -> np.ndarray:
        candidates.append([int(number) for number in numbers])
        doubts_by_models.append(model["round"])
        return doubts[np.asarray(numbers, dtype=int)]

    curve = learner.active_learning(fit, score, uncertainty, len(doubts), **settings)
    return {"curve": curve, "fitted": fitted, "candidates": candidates, "by": doubts_by_models}


class Oracle:
    """Stands in for a model: says what it is told, and notes what it is asked."""

    def __init__(self, learner: Learner, probabilities: list) -> None:
        self.probabilities = probabilities
        self.asked: list[list[Any]] = []

    def forward_with_uncertainty(
        self, features: Tensor, times: Tensor, lengths: Tensor, *, n_samples: int = 100
    ) -> dict:
        self.asked.append([features, times, lengths, n_samples])
        time.sleep(0.002)
        p = torch.tensor([self.probabilities[len(self.asked) - 1]])  # (1, num_classes)
        return {
            "predictions": p,
            "epistemic_uncertainty": torch.tensor([0.25]),
            "aleatoric_uncertainty": torch.tensor([0.5]),
            "prediction_samples": p.unsqueeze(0),
        }


def alerts(learner: Learner, stream: list, probabilities: list, class_names: list) -> dict:
    """The answers to a stream of alerts."""
    oracle = Oracle(learner, probabilities)
    live = learner.LiveClassifier(oracle, class_names, n_samples=7)
    given = [(name, dict(observation)) for name, observation in stream]
    answers = []
    start = time.perf_counter()
    for name, observation in given:
        answers.append(live.answer(name, observation))
    return {
        "answers": answers,
        "asked": oracle.asked,
        "known": {name: [dict(o) for o in each] for name, each in live.observations.items()},
        "seconds": list(live.seconds),
        "took": time.perf_counter() - start,
        "changed": [[name, o] for name, o in given] != [[name, o] for name, o in stream],
    }


def latency(learner: Learner, seconds: list, *percentiles: Any) -> Any:
    live = learner.LiveClassifier(None)
    live.seconds = list(seconds)
    return live.latency_percentiles(*percentiles)
