from collections.abc import Sequence
from typing import Any

import numpy as np


class ProductionTransientClassifier:
    def _rows_or_reason(self, lightcurve):
        try:
            return self.pipeline.preprocess_for_inference(lightcurve), ""
        except ValueError as error:
            return None, str(error)

    def _samples(self, rows) -> np.ndarray:
        """Return (n_samples, batch, classes) at the temperature."""
        features, lengths = padded(rows)
        asked = self.model.forward_with_uncertainty(
            features, features[..., :1], lengths, n_samples=self.n_samples
        )
        p = next(v for v in asked.values() if getattr(v, "ndim", 0) == 3).detach().double().numpy()
        if p.shape[0] != self.n_samples:
            p = np.moveaxis(p, 1, 0)
        p = p ** (1 / self.temperature)
        return p / p.sum(axis=2, keepdims=True)

    def classify_with_uncertainty(
        self, lightcurves: Sequence[TransientLightCurve]
    ) -> list[dict[str, Any]]:
        tried = [(lc.object_id, *self._rows_or_reason(lc)) for lc in lightcurves]
        asked = [rows for _, rows, _ in tried if rows is not None]
        samples = self._samples(asked) if asked else np.empty((1, 0, len(self.classes)))
        each_network = iter(np.swapaxes(samples, 0, 1))  # (n_samples, classes) of one object

        def answer(object_id, rows, reason):
            said = {"object_id": object_id, "refused": reason}
            if rows is None:
                return said
            p = next(each_network)
            mean = p.mean(axis=0)
            best = int(mean.argmax())
            return said | {
                "probabilities": {name: float(mean[k]) for k, name in enumerate(self.classes)},
                "predicted": self.classes[best],
                "confidence": float(mean[best]),
                "epistemic": float(p.var(axis=0).sum()),
                "aleatoric": float((p - p**2).sum(axis=1).mean()),
            }

        return [answer(*each) for each in tried]
