"""Probes of Exercise 10: tiny transformers are asked, and stand-ins for models are compared."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch._dynamo  # else the first optimizer does, and takes seconds of a time limit
from torch import nn

from grader.course.ex10.comparing import comparison_of, not_plain
from grader.course.ex10.panels import is_touched, other_figure, panel_of
from grader.course.ex10.replies import (
    Asked,
    Comparison,
    Crowd,
    Diagram,
    Dropped,
    Ensemble,
    EnsembleAnswer,
    Labelling,
    Late,
    Latency,
    Layer,
    Loss,
    Stream,
    Tool,
)
from grader.course.ex10.stand_ins import (
    Member,
    Oracle,
    Pool,
    counting_model,
    inputs_of,
    layers_of,
    nap,
    nest_dropout,
    sources_of_random_numbers,
    what_is_left,
)
from grader.course.seeds import seed_torch
from grader.runner import Learner
from grader.wire import Tensor

TINY = {"input_dim": 6, "d_model": 8, "nhead": 2, "time_embed_dim": 2, "num_classes": 3}


def dropped(learner: Learner, p: float, x: torch.Tensor, training: bool) -> Dropped:
    """What a dropout layer makes of an input, several times, and the input afterwards."""
    layer = learner.MonteCarloDropout(p).train(training)
    given = x.clone()
    seed_torch(1)
    first = layer(given)
    second = layer(x.clone())
    seed_torch(1)
    repeated = layer(x.clone())
    leaf = x.clone().requires_grad_()
    passed = layer(leaf * 1)
    if _any_flows([passed]):
        passed.sum().backward()
    return Dropped(first, second, Tensor.of(given.detach().numpy()), repeated, passed, leaf.grad)


def undropped(learner: Learner, inputs: Sequence[torch.Tensor]) -> list[Any]:
    """What a layer makes of inputs after its p was set to 0, in training and in evaluation mode."""
    layer = learner.MonteCarloDropout(0.7)
    layer.p = 0.0
    return [layer.train(i % 2 == 0)(x) for i, x in enumerate(inputs)]


def _model(learner: Learner, make: Any = None, **settings: Any) -> Any:
    """A new model, whose classifier lets everything through: a dead ReLU would hide differences."""
    seed_torch(2)
    model = (make or learner.BayesianTransformerEncoder)(**TINY | settings)
    model.classifier[0].bias.data += 3.0
    return model


def dropout_layers(learner: Learner, settings: dict[str, Any]) -> dict[str, Layer]:
    """The dropout layers of a new model by name."""
    return layers_of(learner, _model(learner, **settings))


def nested_dropout(learner: Learner, settings: dict[str, Any], rate: float) -> dict[str, Layer]:
    """The dropout layers, replaced again with nested ones, another rate, and more layers.

    One is new in the transformer; another one was there, and is to be changed as well.
    """
    model = _model(learner, **settings)
    nest_dropout(model)
    model.mc_dropout_rate = rate
    model.mc_layers += 2
    model._replace_dropout_layers()
    return layers_of(learner, model)


def summarised(learner: Learner, samples: torch.Tensor) -> Any:
    """The summary of some samples."""
    return learner.summarise(samples)


def asked(
    learner: Learner,
    settings: dict[str, Any],
    x: torch.Tensor,
    n_samples: int,
    training: bool = False,
    *,
    lengths: list[int] | None = None,
    again: bool = False,
    normed: bool = False,
) -> Asked:
    """The answer of a model with uncertainty, and what was seen of it on the way.

    If `normed`, the classifier begins with a batch normalisation, and the layers of the transformer
    are in training mode even if the model is not.
    """
    counting = counting_model(learner)
    model = _model(learner, counting, **settings)
    norm = nn.BatchNorm1d(8)
    model.classifier = nn.Sequential(norm, model.classifier) if normed else model.classifier
    model.train(training)
    model.transformer.train(training or normed)
    inputs = inputs_of(x.clone(), lengths)
    with what_is_left(model, inputs, inputs_of(x, lengths)) as left:
        answer = model.forward_with_uncertainty(*inputs, n_samples=n_samples)
    left += ["the batch normalisation"] if norm.num_batches_tracked else []
    flows = _any_flows(answer.values() if isinstance(answer, dict) else [answer])
    reply = Asked(answer, None, counting.n_calls, model.training, flows, left, counting.dropping)
    if again:
        with torch.no_grad():
            reply.again = model.forward_with_uncertainty(*inputs, n_samples=n_samples)
            left += ["no_grad"] if torch.is_grad_enabled() else []
    return reply


def _any_flows(values: Iterable[Any]) -> bool:
    """Whether gradients flow through any of the tensors."""
    return any(isinstance(each, torch.Tensor) and each.requires_grad for each in values)


def asked_one_by_one(
    learner: Learner,
    settings: dict[str, Any],
    x: torch.Tensor,
    lengths: list[int],
    padded: bool = False,
) -> Tensor:
    """The probabilities of each light curve by itself, without its padding, in evaluation mode.

    If `padded`, the padding counts as observations.
    """
    model = _model(learner, **settings).eval()
    answers = []
    with torch.no_grad():
        for one, length in zip(x, lengths, strict=True):
            alone = one[: len(one) if padded else max(length, 1)].unsqueeze(0)
            inputs = inputs_of(alone, [len(one) if padded else length])
            answers.append(model(*inputs).softmax(dim=-1))
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
    counting = counting_model(learner)
    model = _model(learner, counting, mc_layers=0, num_layers=1, dropout=0.0, mc_dropout_rate=p)
    last = nn.Linear(weight.shape[1], weight.shape[0])
    last.weight.data, last.bias.data = weight, bias
    narrow = nn.Linear(8, weight.shape[1], bias=False)
    narrow.weight.data = torch.eye(weight.shape[1], 8)
    model.classifier = nn.Sequential(narrow, learner.MonteCarloDropout(p), last)
    seed_torch(3)
    with what_is_left(model):
        answer = model.forward_with_uncertainty(*inputs_of(x), n_samples=n_samples)
    n_calls = counting.n_calls
    model.classifier = narrow
    with torch.no_grad():
        hidden = model.eval()(*inputs_of(x))
    return Crowd(answer, Tensor.of(hidden.numpy()), n_calls)


def tool(learner: Learner, name: str, *args: Any, **kwargs: Any) -> Tool:
    """Call one of the tools for calibration, and look whether the arguments stay as they are."""
    given = [each.copy() if isinstance(each, np.ndarray) else each for each in args]
    value = getattr(learner.UncertaintyCalibration, name)(*given, **kwargs)
    pairs = zip(args, given, strict=True)
    changed = any(isinstance(a, np.ndarray) and not np.array_equal(a, b) for a, b in pairs)
    return Tool(value, changed)


def diagram(
    learner: Learner, y_true: np.ndarray, y_prob: np.ndarray, uncertainty: np.ndarray, n_bins: int
) -> Diagram:
    """What can be read off a reliability diagram."""
    return diagrams(learner, [(y_true, y_prob, uncertainty)], n_bins)[0]


def diagrams(
    learner: Learner, sets: list[tuple[np.ndarray, np.ndarray, np.ndarray]], n_bins: int
) -> list[Diagram]:
    """What can be read off reliability diagrams of several sets, drawn one after another."""
    found: list[Diagram] = []
    figures: list[Any] = []
    with other_figure() as (other, shown, settings):
        for arrays in sets:
            given = [each.copy() for each in arrays]
            figure = learner.UncertaintyCalibration.reliability_diagram(*given, n_bins)
            touched = is_touched(other) or figure is other
            if not isinstance(figure, plt.Figure):
                return [Diagram(type(figure).__name__, [], touched)]
            panels = [panel_of(ax) for ax in figure.axes]
            new = all(figure is not each for each in figures)
            changed = not all(map(np.array_equal, given, arrays)), plt.rcParams != settings
            figures.append(figure)
            seen = touched, new, bool(shown), *changed, str(figure.get_label())
            found.append(Diagram("Figure", panels, *seen))
    return found


def compared(
    learner: Learner,
    untrained: torch.Tensor,
    trained: torch.Tensor,
    val: torch.Tensor,
    test: torch.Tensor,
    *,
    fails: str = "",
    crowd: bool = False,
    seconds: float = 0.0,
) -> Comparison:
    """A comparison of a model that is nothing but a table, which a training exchanges.

    If `crowd`, the training gives a Bayesian model instead. The table is asked for `seconds`, made
    in half of that and trained in a quarter. `fails` names the stage that raises an exception.
    """
    return comparison_of(
        learner, (untrained, trained), (val, test), fails=fails, crowd=crowd, seconds=seconds
    )


def balanced_weights(learner: Learner, counts: torch.Tensor, beta: float) -> Tool:
    """The weights of classes with these counts, and whether these were changed."""
    given = counts.clone()
    weights = learner.class_balanced_weights(given, beta)
    return Tool(weights, not torch.equal(given, counts))


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
    results: list[nn.Linear] = []

    def make() -> nn.Linear:
        model = nn.Linear(1, 1)
        made.append(model.weight.item())
        return model

    def train(model: nn.Linear) -> nn.Linear:
        trained.append(torch.rand(()).item())
        result = nn.Linear(1, 1)
        result.weight.data = model.weight.data + 100  # another object: who keeps the old one?
        results.append(result.train(len(results) % 2 == 0))
        return result

    members = learner.train_ensemble(make, train, n_members, seed)
    changed: list[str] = []
    if isinstance(members, Iterable) and not isinstance(members, Iterator):
        members = list(members)
        pairs = list(zip(members, results, strict=False))
        changed += ["copied"] if not all(m is result for m, result in pairs) else []
        modes = [getattr(m, "training", None) for m in members]
        changed += ["mode"] if modes != [i % 2 == 0 for i in range(len(modes))] else []
        frozen = not all(result.weight.requires_grad for result in results)
        changed += ["frozen"] if frozen else []
        members = [m.weight.item() if isinstance(m, nn.Linear) else None for m in members]
    return Ensemble(made, trained, members, changed)


def ensemble_answer(
    learner: Learner,
    logits: Sequence[torch.Tensor],
    x: torch.Tensor,
    modes: list[bool],
    *,
    quiet: bool = False,
) -> EnsembleAnswer:
    """What an ensemble says, and the modes of its members afterwards.

    If `quiet`, it is asked where gradients are off already.
    """
    members = [Member(each).train(mode) for each, mode in zip(logits, modes, strict=True)]
    given = x.clone()
    kept = what_is_left(nn.ModuleList(members), [given], [x])
    with kept as left, torch.set_grad_enabled(not quiet):
        answer = learner.ensemble_predict(members, given)
        left += ["no_grad"] if quiet and torch.is_grad_enabled() else []
        left += ["gradients"] if not quiet and not torch.is_grad_enabled() else []
    asked = [each for member in members for each in member.asked]
    left += [] if all(torch.equal(each, x) for each in asked) else ["features"]
    flows = _any_flows(answer if isinstance(answer, tuple | list) else [answer])
    return EnsembleAnswer(answer, [member.training for member in members], flows, left)


def labelled(
    learner: Learner, doubts: np.ndarray, settings: dict[str, Any], *, may_fit: bool = True
) -> Labelling:
    """Active learning with a model that is nothing but the objects that it was fitted to.

    Unless it `may_fit`, fitting a model raises an exception.
    """
    pool = Pool(doubts, may_fit)
    functions = pool.fit, pool.score, pool.uncertainty
    with sources_of_random_numbers() as used:
        curve = learner.active_learning(*functions, len(doubts), **settings)
    return Labelling(curve, pool.fitted, pool.candidates, pool.ages, pool.others, used)


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
        features_took.append(nap(0.0016))
        features: torch.Tensor = features_of(object_id)
        return features

    live.features_of = slow_features_of
    given = [(name, dict(observation)) for name, observation in stream]
    start = time.perf_counter()
    answers = [live.answer(name, observation) for name, observation in given]
    took = time.perf_counter() - start
    changed = [o for _, o in given] != [o for _, o in stream]
    first = live.observations.get(stream[0][0], [])
    kept = [dict(each) for each in first if isinstance(each, dict)]
    numbers = [
        {name: each[name] for name in ("probability", "uncertainty") if name in each}
        for each in answers
        if isinstance(each, dict)
    ]
    others = [pair for each in numbers for pair in not_plain(each).items()]
    features, model = ([min(each, default=0.0), sum(each)] for each in (features_took, oracle.took))
    times = list(live.seconds), features, model, took
    return Stream(answers, oracle.asked, *times, changed, kept, len(features_took), others)


def late_alert(
    learner: Learner,
    known: list[dict[str, Any]],
    observation: dict[str, Any],
    probabilities: list[float],
    class_names: list[str],
) -> Late:
    """The answer to an alert of an object of which these observations are known."""
    oracle = Oracle([probabilities])
    live = learner.LiveClassifier(oracle, class_names, n_samples=7)
    live.observations["A"] = [dict(each) for each in known]
    live.seconds = [0.25] * len(known)
    answer = live.answer("A", dict(observation))
    return Late(answer, [question.length for question in oracle.asked], len(live.seconds))


def latency(learner: Learner, seconds: list[float], *percentiles: list[float]) -> Latency:
    """The percentiles of the times [s] that answers took; the usual ones if none are given."""
    live = learner.LiveClassifier(None)
    live.seconds = list(seconds)
    found = live.latency_percentiles(*percentiles)
    return Latency(found, list(live.seconds))
