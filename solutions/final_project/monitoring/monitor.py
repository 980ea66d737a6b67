"""A run of Weights & Biases with one row for each night or batch, offline unless told otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import wandb

from solutions.ex09_experiment_tracking import wandb_mode
from solutions.final_project.answers import labels_of
from solutions.final_project.light_curve import LightCurve
from solutions.final_project.metrics import CLASSES, calibration_error, numbers_of
from solutions.final_project.monitoring.drift import Drift, compare
from solutions.final_project.monitoring.features import features_of
from solutions.final_project.monitoring.reference import Reference

if TYPE_CHECKING:
    from solutions.final_project.classifier import ProductionTransientClassifier

PROJECT = "astro-transient-monitoring"
MOST = 500  # objects of a batch whose inputs are compared: more say hardly more, and take time
Row = dict[str, Any]


class Monitor:
    """Notes what is answered, what it is answered to, and how long that takes.

    Use it as a context manager, so that the run is finished.

    Attributes:
        reference: what inputs are compared with.
        run: of W&B.
        last: the last row.
    """

    def __init__(
        self,
        folder: str | Path,
        classifier: ProductionTransientClassifier,
        reference: Reference | None = None,
    ) -> None:
        """Open a run.

        Args:
            folder: where offline runs lie, in `folder/wandb`.
            classifier: measures the inputs.
            reference: by default that of the shipped weights.

        Raises:
            ValueError: the reference is of other features than the classifier has.
        """
        self.classifier = classifier
        self.reference = reference or Reference.load()
        if self.reference.names != classifier.settings.feature_names:
            raise ValueError(
                "the reference is of other features than this model has: make one with "
                "`monitor-reference`"
            )
        Path(folder).mkdir(parents=True, exist_ok=True)
        self.last: Row = {}
        self.run = wandb.init(
            project=PROJECT,
            job_type="monitor",
            mode=wandb_mode(),
            dir=folder,
            config={"reference": self.reference.about, "objects": self.reference.objects},
            settings=wandb.Settings(silent=True, console="off", x_disable_stats=True),
            reinit="create_new",
        )
        self.run.define_metric("mjd")
        self.run.define_metric("*", step_metric="mjd")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish the run, as failed if an exception comes through."""
        self.run.finish(exit_code=0 if kind is None else 1)

    def record(
        self,
        results: Sequence[Mapping[str, Any]],
        light_curves: Sequence[LightCurve],
        mjd: float,
        alerts: int = 0,
    ) -> Row:
        """Write the row of a batch and return it.

        Args:
            results: answers of the classifier.
            light_curves: what was classified, in the same order; labels in their metadata are
                compared with the answers. If empty, neither drift nor performance is known.
            mjd: time of the batch.
            alerts: how many were raised.
        """
        given = [each for each in results if not each.get("refused")]
        row: Row = {"mjd": mjd, "objects": len(results), "alerts": alerts}
        row["refused"] = len(results) - len(given)
        row |= answers_row(given) | drift_row(self._drift(light_curves))
        row |= performance_row(results, light_curves)
        self.run.log(row)
        self.last = row
        return row

    def _drift(self, light_curves: Sequence[LightCurve]) -> Drift:
        rng = np.random.default_rng(0)
        some = rng.permutation(len(light_curves))[:MOST]
        chosen = [light_curves[int(i)] for i in some]
        return compare(self.reference, features_of(self.classifier, chosen))


def answers_row(given: Sequence[Mapping[str, Any]]) -> Row:
    """Return shares of the classes, confidence, uncertainty and latency of answers."""
    if not given:
        return {}
    predicted = np.array([each["predicted"] for each in given])
    seconds = np.array([each["seconds"] for each in given])
    row: Row = {f"share/{name}": float((predicted == name).mean()) for name in CLASSES}
    for name in ("confidence", "total", "epistemic", "unknown"):
        row[f"mean/{name}"] = float(np.mean([each[name] for each in given]))
    row["latency/median_ms"] = float(1000 * np.median(seconds))
    row["latency/p95_ms"] = float(1000 * np.quantile(seconds, 0.95))
    return row


def drift_row(drift: Drift) -> Row:
    """Return the PSI of each feature, the largest one, and how many have drifted."""
    if not drift.psi:
        return {}
    row: Row = {f"psi/{name}": value for name, value in drift.psi.items()}
    return row | {
        "drift/largest_psi": drift.largest,
        "drift/features": len(drift.drifted),
        "drift/names": ", ".join(drift.drifted),
    }


def performance_row(
    results: Sequence[Mapping[str, Any]], light_curves: Sequence[LightCurve]
) -> Row:
    """Return accuracy, recall of each class and calibration error on labelled objects."""
    if not light_curves:
        return {}
    labels = labels_of(light_curves)["label"].to_numpy(dtype=str)
    known = [
        (label, each)
        for label, each in zip(labels, results, strict=True)
        if label in CLASSES and not each.get("refused")
    ]
    if not known:
        return {}
    truth = numbers_of(np.array([label for label, _ in known]))
    predicted = numbers_of(np.array([each["predicted"] for _, each in known]))
    p = np.array([[each["probabilities"][name] for name in CLASSES] for _, each in known])
    row: Row = {"labelled": len(known), "accuracy": float((predicted == truth).mean())}
    row["ece"] = float(calibration_error(truth, p))
    for number, name in enumerate(CLASSES):
        if (truth == number).any():
            row[f"recall/{name}"] = float((predicted[truth == number] == number).mean())
    return row
