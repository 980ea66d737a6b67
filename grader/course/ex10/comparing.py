"""A comparison of models with stand-ins for the tracker, the training and the models."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import torch
from torch import nn

from grader.course.ex10.replies import Comparison, Kept, Logged, Run, Start, Training
from grader.course.ex10.stand_ins import nap
from grader.course.seeds import seed_torch
from grader.runner import Learner


class Recorder:
    """Stands in for a tracker, and notes what it is told. Its settings should be the `logits`."""

    def __init__(self, project_name: str, run: Run, logits: torch.Tensor, fails: str = "") -> None:
        self.run, self.project_name, self.fails = run, project_name, fails
        self.logits = logits

    def start_experiment(self, config: Any, experiment_name: str | None = None) -> Recorder:
        told = list(dict(config).items())
        as_told = [key for key, _ in told] == ["logits"] and same(told[0][1], self.logits)
        self.run.starts.append(Start(self.project_name, as_told, experiment_name))
        self.run.is_open = True
        return self

    def log_metrics(self, metrics: Any, step: int | None = None) -> None:
        if self.fails == "logging":
            raise ArithmeticError("no connection")
        self.run.logs.append(
            Logged({str(key): value for key, value in metrics.items()}, self.run.is_open)
        )

    def finish_experiment(self, exit_code: int = 0) -> None:
        self.run.finished = self.run.finished or self.run.is_open
        self.run.is_open = False

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        self.finish_experiment()


def same(value: Any, tensor: torch.Tensor) -> bool:
    """Whether a value is this tensor, or an equal one."""
    return isinstance(value, torch.Tensor) and torch.equal(value, tensor)


class Table(nn.Module):
    """Looks its logits up: in the row of a table that stands in the first column.

    With a run it notes there if it is asked while the run is not open.
    """

    def __init__(self, logits: torch.Tensor, seconds: float = 0.0) -> None:
        super().__init__()
        self.logits = nn.Parameter(logits.clone())  # (rows, num_classes)
        self.scale = nn.Parameter(torch.ones(()), requires_grad=False)
        self.register_buffer("years", torch.zeros(3))
        self.seconds = seconds
        self.made_with = torch.initial_seed()
        self.noted: list[Run] = []  # the run that it belongs to

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.seconds < 0:
            raise ArithmeticError("out of memory")
        for run in self.noted:
            run.note("asked")
        nap(self.seconds)
        return self.logits[x[:, 0, 0].long()] * self.scale


class Maker:
    """Makes a table, and notes the time [s] that it took, and whether the run was open."""

    def __init__(self, fails: str, run: Run) -> None:
        self.fails, self.seconds, self.took, self.run = fails, 0.0, 0.0, run

    def __call__(self, logits: torch.Tensor) -> Table:
        if self.fails == "making":
            raise ArithmeticError("a setting is wrong")
        self.run.note("made")
        self.took = nap(self.seconds)
        return Table(logits)


class Trainer:
    """Stands in for a training: exchanges the model, and notes what it is called with."""

    def __init__(
        self,
        untrained: torch.Tensor,
        trained: torch.Tensor,
        loaders: dict[str, list[Any]],
        make: Any,
        fails: str,
        run: Run,
    ) -> None:
        self.untrained, self.trained, self.make = untrained, trained, make
        self.fails, self.seconds, self.run = fails, 0.0, run
        self.names = {id(loader): name for name, loader in loaders.items()}
        self.seen: Training | None = None

    def __call__(self, model: nn.Module, *others: Any) -> tuple[nn.Module, dict[str, list[float]]]:
        start = time.perf_counter()
        names = [self.names.get(id(each), "another object") for each in others]
        as_told = same(getattr(model, "logits", None), self.untrained)
        self.run.note("trained")
        self.seen = Training(names, as_told, getattr(model, "made_with", None), 0.0)
        if self.fails == "training":
            raise ArithmeticError("the loss is NaN")
        nap(self.seconds / 4)
        seconds = -1.0 if self.fails == "asking" else self.seconds
        trained = self.make(self.trained, seconds=seconds)
        trained.noted = [self.run]
        self.seen.seconds = time.perf_counter() - start
        return trained, {"val_loss": [1.0]}


def crowd_table(learner: Learner, asked: list[Any]) -> Any:
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


def loader_of(labels: torch.Tensor, offset: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """A batch in which light curve i asks for the row `offset` + i of the table."""
    features = torch.zeros(len(labels), 2, 6)
    features[:, 0, 0] = torch.arange(len(labels)) + offset
    features[:, :, 3] = 1.0
    return [(features, labels)]


def kept_of(comparison: Any, trained: torch.Tensor, changed: bool) -> Kept:
    predictions, model = (x.get("a table") for x in (comparison.predictions, comparison.models))
    y_true = getattr(predictions, "y_true", None)
    return Kept(
        result=comparison.results.get("a table"),
        seconds=getattr(predictions, "seconds", None),
        n_predicted=len(y_true) if isinstance(y_true, np.ndarray) else None,
        y_prob=getattr(predictions, "y_prob", None),
        trained_model=isinstance(model, Table) and torch.equal(model.logits.cpu(), trained),
        lost=[
            n for n in ("results", "predictions", "models") if "earlier" not in vars(comparison)[n]
        ],
        settings_changed=changed,
    )


def not_plain(values: dict[Any, Any]) -> dict[str, str]:
    """The types of those values that are no plain numbers, by name."""
    return {
        str(name): type(value).__name__
        for name, value in values.items()
        if not isinstance(value, int | float) or isinstance(value, bool)
    }


def comparison_of(
    learner: Learner,
    logits: tuple[torch.Tensor, torch.Tensor],
    labels: tuple[torch.Tensor, torch.Tensor],
    *,
    fails: str,
    crowd: bool,
    seconds: float,
) -> Comparison:
    """What the probe `compared` brings back; the logits are those before and after the training."""
    (untrained, trained), (val, test) = logits, labels
    sets = {"training": loader_of(val, 0), "validation": loader_of(val, 0)}
    sets["test"] = loader_of(test, len(val))
    asked: list[Any] = []
    table, run = crowd_table(learner, asked) if crowd else Table, Run()
    make, train = Maker(fails, run), Trainer(untrained, trained, sets, table, fails, run)

    def make_tracker(name: str) -> Recorder:
        return Recorder(name, run, untrained, fails)

    comparison = learner.ModelComparison("a project", train, make_tracker, n_samples=7, seed=77)
    result, raised = None, False
    settings = {"logits": untrained}
    try:
        if not fails:
            seed_torch(5)
            comparison.train_and_evaluate_model(
                "earlier", make, {"logits": -untrained}, *sets.values()
            )
            comparison.results["a table"] = {"test_accuracy": -1.0}  # of an earlier try
        run = train.run = make.run = Run()
        train.seconds, make.seconds = seconds, seconds / 2
        seed_torch(6)
        result = comparison.train_and_evaluate_model("a table", make, settings, *sets.values())
    except ArithmeticError:
        raised = True
    changed = list(settings) != ["logits"] or settings["logits"] is not untrained
    kept = kept_of(comparison, trained, changed)
    others = not_plain(result) if isinstance(result, dict) else {}
    return Comparison(result, raised, run, train.seen, kept, asked, make.took, others)
