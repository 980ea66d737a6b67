"""Probes of Exercise 10: tiny transformers are asked, and stand-ins for models are compared."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch._dynamo  # else the first optimizer does, and takes seconds of a time limit
from torch import nn

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
    Run,
    Stream,
    Tool,
)
from grader.course.ex10.stand_ins import (
    Maker,
    Member,
    Oracle,
    Pool,
    Recorder,
    Table,
    Trainer,
    counting_model,
    crowd_table,
    inputs_of,
    kept_of,
    layers_of,
    loader_of,
    nap,
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


def _model(learner: Learner, make: Any = None, **settings: Any) -> Any:
    seed_torch(2)
    return (make or learner.BayesianTransformerEncoder)(**TINY | settings)


def dropout_layers(learner: Learner, settings: dict[str, Any]) -> dict[str, Layer]:
    """The dropout layers of a new model by name."""
    return layers_of(learner, _model(learner, **settings))


def nested_dropout(learner: Learner, settings: dict[str, Any], rate: float) -> dict[str, Layer]:
    """The dropout layers, replaced again with nested ones, another rate, and one layer more."""
    model = _model(learner, **settings)
    inner = nn.Sequential(nn.Linear(8, 8), nn.Sequential(nn.Dropout(0.25), nn.ReLU()))
    model.classifier = nn.Sequential(inner, nn.Dropout(0.25), nn.Linear(8, 3))
    last = model.transformer.layers[-1]
    last.linear1 = nn.Sequential(last.linear1, nn.Sequential(nn.Dropout(0.25)))
    model.input_projection = nn.Sequential(model.input_projection, nn.Dropout(0.25))
    model.mc_dropout_rate = rate
    model.mc_layers += 1
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

    If `normed`, the classifier begins with a batch normalisation.
    """
    counting = counting_model(learner)
    model = _model(learner, counting, **settings)
    norm = nn.BatchNorm1d(8)
    model.classifier = nn.Sequential(norm, model.classifier) if normed else model.classifier
    model.train(training)
    inputs = inputs_of(x.clone(), lengths)
    with what_is_left(model, inputs[0], x) as left:
        answer = model.forward_with_uncertainty(*inputs, n_samples=n_samples)
    left += ["the batch normalisation"] if norm.num_batches_tracked else []
    parts = answer.values() if isinstance(answer, dict) else [answer]
    reply = Asked(answer, None, counting.n_calls, model.training, _any_flows(parts), left)
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
    with what_is_left(model, x, x):
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
            found.append(Diagram("Figure", panels, touched, new, bool(shown), *changed))
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
    sets = {"training": loader_of(val, 0), "validation": loader_of(val, 0)}
    sets["test"] = loader_of(test, len(val))
    asked: list[Any] = []
    make = crowd_table(learner, asked) if crowd else Table
    train, run = Trainer(untrained, trained, sets, make, fails), Run([], [], False)
    comparison = learner.ModelComparison(
        "a project", train, lambda name: Recorder(name, run, fails), n_samples=7, seed=77
    )
    result, raised, made = None, False, Maker(fails)
    settings = {"logits": untrained}
    try:
        if not fails:
            seed_torch(5)
            comparison.train_and_evaluate_model(
                "earlier", made, {"logits": -untrained}, *sets.values()
            )
            comparison.results["a table"] = {"test_accuracy": -1.0}  # of an earlier try
        run, train.seconds, made.seconds = Run([], [], False), seconds, seconds / 2
        seed_torch(6)
        result = comparison.train_and_evaluate_model("a table", made, settings, *sets.values())
    except ArithmeticError:
        raised = True
    changed = list(settings) != ["logits"] or settings["logits"] is not untrained
    kept = kept_of(comparison, trained, changed)
    return Comparison(result, raised, run, train.seen, kept, asked, made.took)


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
    given = x.clone()
    with what_is_left(nn.ModuleList(members), given, x) as left:
        answer = learner.ensemble_predict(members, given)
    flows = _any_flows(answer if isinstance(answer, tuple | list) else [answer])
    return EnsembleAnswer(answer, [member.training for member in members], flows, left)


def labelled(
    learner: Learner, doubts: np.ndarray, settings: dict[str, Any], *, may_fit: bool = True
) -> Labelling:
    """Active learning with a model that is nothing but the objects that it was fitted to.

    Unless it `may_fit`, fitting a model raises an exception.
    """
    pool = Pool(doubts, may_fit)
    np.random.seed(1)
    curve = learner.active_learning(pool.fit, pool.score, pool.uncertainty, len(doubts), **settings)
    used = bool(np.random.random() != np.random.RandomState(1).random())
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
    answer = live.answer("A", dict(observation))
    return Late(answer, [question.length for question in oracle.asked])


def latency(learner: Learner, seconds: list[float], *percentiles: list[float]) -> Latency:
    """The percentiles of the times [s] that answers took; the usual ones if none are given."""
    live = learner.LiveClassifier(None)
    live.seconds = list(seconds)
    found = live.latency_percentiles(*percentiles)
    return Latency(found, list(live.seconds))
