from collections.abc import Sequence
from typing import Any


class ProductionTransientClassifier:
    def _tempered(self, features, lengths):
        asked = self.model.forward_with_uncertainty(
            features, features[..., :1], lengths, n_samples=self.n_samples
        )
        samples = next(v for v in asked.values() if getattr(v, "ndim", 0) == 3).double()
        if samples.shape[0] != self.n_samples:
            samples = samples.transpose(0, 1)
        samples = samples.pow(1 / self.temperature)
        return samples / samples.sum(-1, keepdim=True)

    def classify_with_uncertainty(
        self, lightcurves: Sequence[TransientLightCurve]
    ) -> list[dict[str, Any]]:
        answers: dict[str, dict[str, Any]] = {}
        prepared = []
        for lightcurve in lightcurves:
            name = lightcurve.object_id
            try:
                prepared.append((name, self.pipeline.preprocess_for_inference(lightcurve)))
            except ValueError as reason:
                answers[name] = {"object_id": name, "refused": str(reason)}
        if prepared:
            samples = self._tempered(*padded([rows for _, rows in prepared]))
            mean = samples.mean(0)
            total = 1 - mean.square().sum(-1)
            aleatoric = 1 - samples.square().sum(-1).mean(0)
            for i, (name, _) in enumerate(prepared):
                probabilities = dict(zip(self.classes, mean[i].tolist()))
                predicted = max(probabilities, key=probabilities.get)
                answers[name] = {
                    "object_id": name,
                    "refused": "",
                    "probabilities": probabilities,
                    "predicted": predicted,
                    "confidence": probabilities[predicted],
                    "epistemic": (total[i] - aleatoric[i]).item(),
                    "aleatoric": aleatoric[i].item(),
                }
        return [answers[lightcurve.object_id] for lightcurve in lightcurves]
