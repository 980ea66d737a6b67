"""Wrong: late observations, older than the newest one, are dropped as if they were copies."""
import copy
import time
from collections.abc import Sequence
from typing import Any

import numpy as np


class LiveClassifier:
    def answer(self, object_id: str, observation: Observation) -> dict[str, Any]:
        start = time.perf_counter()
        known = self.observations.setdefault(object_id, [])
        if not any(
            old["mjd"] >= observation["mjd"] and old["band"] == observation["band"]
            for old in known
        ):
            known.append(copy.copy(observation))
        features = self.features_of(object_id)
        said = self.model.forward_with_uncertainty(
            features, *unpack_batch(features), n_samples=self.n_samples
        )
        mean = said["predictions"][0]
        number = int(mean.argmax())
        total = said["epistemic_uncertainty"][0] + said["aleatoric_uncertainty"][0]
        result = {
            "object_id": object_id,
            "n_observations": len(known),
            "label": self.class_names[number],
            "probability": float(mean[number]),
            "uncertainty": float(total),
        }
        self.seconds.append(time.perf_counter() - start)
        return result

    def latency_percentiles(
        self, percentiles: Sequence[float] = (50, 90, 99)
    ) -> dict[float, float]:
        if not self.seconds:
            raise ValueError("there was no answer yet")
        return {q: 1000 * float(np.percentile(self.seconds, q)) for q in percentiles}
