"""What the probes of the final project use in place of pipelines, networks and senders."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from grader.course.ex11.replies import Call, Question


class Prepared:
    """Stands in for a pipeline: has the rows of each light curve by its type, or else its name.

    A text in the place of rows is the message of a ValueError.
    """

    def __init__(self, rows: Mapping[str, torch.Tensor | str]) -> None:
        self.rows = rows

    def preprocess_for_inference(self, lightcurve: Any) -> torch.Tensor:
        found = self.rows[lightcurve.transient_type or lightcurve.object_id]
        if isinstance(found, str):
            raise ValueError(found)
        return found.clone()


class Oracle(nn.Module):
    """Says what it is told to say of a light curve, whose number is the flux of its first row."""

    def __init__(self, samples: torch.Tensor) -> None:
        super().__init__()
        self.samples = nn.Parameter(samples, requires_grad=False)  # (n_samples, n, num_classes)
        self.asked: list[Question] = []

    def forward_with_uncertainty(
        self,
        features: torch.Tensor,
        times: torch.Tensor,
        lengths: torch.Tensor,
        *,
        n_samples: int = 100,
    ) -> dict[str, torch.Tensor]:
        self.asked.append(Question(features, times, lengths, n_samples))
        p = self.samples.data[:, features[:, 0, 1].long()]
        return {
            "predictions": p.mean(dim=0),
            "epistemic_uncertainty": p.var(dim=0, correction=0).sum(dim=-1),
            "aleatoric_uncertainty": (p * (1 - p)).sum(dim=-1).mean(dim=0),
            "prediction_samples": p,
        }


class Pooled(nn.Dropout):
    """A small network whose answers can be worked out by hand, with dropout that stays on.

    The rows of a light curve, with the time once more, are averaged, later ones with more weight.
    """

    def __init__(self, first: torch.Tensor, second: torch.Tensor, p: float) -> None:
        super().__init__(p)
        self.first, self.second = nn.Parameter(first), nn.Parameter(second)  # (7, h), (h, classes)
        self.calls: list[Call] = []
        self.n_crowds = 0

    def forward(  # type: ignore[override]
        self, features: torch.Tensor, times: torch.Tensor, lengths: torch.Tensor
    ) -> torch.Tensor:
        self.calls.append(Call(len(features), self.p, torch.is_grad_enabled()))
        number = torch.arange(features.shape[1])
        weight = (number < lengths[:, None]) * (1 + 0.25 * number)  # (batch, rows)
        rows = torch.cat([features, times], dim=-1) * weight[..., None]
        hidden = torch.tanh(rows.sum(dim=1) / lengths[:, None] @ self.first)
        return F.dropout(hidden, self.p, training=True) @ self.second

    def forward_with_uncertainty(
        self, *asked: torch.Tensor, n_samples: int = 100
    ) -> dict[str, torch.Tensor]:
        self.n_crowds += 1
        p = torch.stack([self(*asked).softmax(dim=-1).detach() for _ in range(n_samples)])
        return {"predictions": p.mean(dim=0), "prediction_samples": p}


class Sender:
    """Takes alerts, or raises an exception of the given name; None stands for success."""

    def __init__(self, outcomes: Sequence[str | None] = ()) -> None:
        self.outcomes = list(outcomes)
        self.tried: list[Any] = []
        self.sent: list[Any] = []

    def __call__(self, alert: Any) -> None:
        name = alert.get("object_id") if isinstance(alert, dict) else alert
        self.tried.append(name)
        error = self.outcomes.pop(0) if self.outcomes else None
        if error:
            raise getattr(builtins, error)("down")
        self.sent.append(name)


class Aging:
    """Stands in for a classifier: what it says depends on how many observations there are.

    Its answers are by name, and by the number of observations; None stands for a refusal, which is
    also what others than these get.
    """

    def __init__(self, answers: Mapping[str, Sequence[str | None]]) -> None:
        self.answers = answers
        self.asked: list[list[tuple[Any, list[float]]]] = []

    def classify_with_uncertainty(self, lightcurves: Sequence[Any]) -> list[dict[str, Any]]:
        self.asked.append([(lc.object_id, lc.data["mjd"].tolist()) for lc in lightcurves])
        results = []
        for lightcurve in lightcurves:
            said = self.answers.get(lightcurve.object_id, [None] * 99)[len(lightcurve)]
            result = {"object_id": lightcurve.object_id, "refused": "" if said else "too few"}
            results.append(result | ({"predicted": said} if said else {}))
        return results
