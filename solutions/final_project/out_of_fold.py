"""The ensemble asked about its own training objects, each by the one member that has not seen it.

The test part of a table holds few objects of the rare classes. Member `i` of the ensemble was
trained without fold `i`, so that its answers to that fold are honest as well, and there are five
times as many. They are not quite as good as those of the whole ensemble, and not quite untouched:
calibration and settings were chosen by them.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from solutions.final_project.classifier import ProductionTransientClassifier
from solutions.final_project.light_curve import LightCurve
from solutions.final_project.splits import folds
from solutions.final_project.uncertainty import decide, law_of_total_variance

BATCH = 64  # light curves that go through the networks at once


class OutOfFoldClassifier:
    """Answers like the classifier; objects for testing get the answer of all members."""

    def __init__(self, classifier: ProductionTransientClassifier) -> None:
        self.classifier = classifier
        self.manifest = classifier.manifest

    def classify_with_uncertainty(self, lightcurves: list[LightCurve]) -> list[dict[str, Any]]:
        """Return one answer or refusal for each light curve; there is no unknown score."""
        started = time.perf_counter()
        prepared = [self.classifier.prepare(lc) for lc in lightcurves]
        usable = [each for each in prepared if not isinstance(each, str)]
        batches = [usable[at : at + BATCH] for at in range(0, len(usable), BATCH)]
        samples = [self.classifier.samples(batch, 0, 0).swapaxes(0, 1) for batch in batches]
        of_each = (row for batch in samples for row in batch)  # (members, classes) each
        answers: list[dict[str, Any]] = []
        places = folds(lc.object_id for lc in lightcurves)
        for lc, each, fold in zip(lightcurves, prepared, places, strict=True):
            if isinstance(each, str):
                answers.append({"object_id": lc.object_id, "refused": each})
                continue
            mine = next(of_each)
            answers.append(self._answer(lc.object_id, mine[fold : fold + 1] if fold >= 0 else mine))
        share = (time.perf_counter() - started) / max(len(lightcurves), 1)
        return [answer | {"seconds": share} for answer in answers]

    def _answer(self, name: str, samples: np.ndarray) -> dict[str, Any]:
        mean, classes = samples.mean(axis=0), self.classifier.classes
        parts = law_of_total_variance(samples[:, None])
        settings = self.classifier.settings
        return {
            "object_id": name,
            "probabilities": dict(zip(classes, mean.tolist(), strict=True)),
            "predicted": classes[decide(mean, settings.prior, settings.balance)],
            "aleatoric": float(parts.aleatoric[0]),
            "epistemic": float(parts.epistemic[0]),
            "refused": "",
        }
