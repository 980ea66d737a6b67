class ProductionTransientClassifier:
    def _rows(self, lightcurve):
        try:
            return self.pipeline.preprocess_for_inference(lightcurve), ""
        except ValueError as error:
            return None, str(error)

    def _answer(self, name, samples):
        mean = samples.mean(dim=0)
        confidence, number = mean.max(dim=0)
        return {
            "object_id": name,
            "refused": "",
            "probabilities": dict(zip(self.classes, mean.tolist())),
            "predicted": self.classes[number],
            "confidence": confidence.item(),
            "epistemic": ((samples - mean) ** 2).mean(dim=0).sum().item(),
            "aleatoric": (samples * (1 - samples)).mean(dim=0).sum().item(),
        }

    def classify_with_uncertainty(self, lightcurves):
        pairs = [self._rows(lc) for lc in lightcurves]
        rows = [r for r, _ in pairs if r is not None]
        samples = iter(())
        if rows:
            x, n = padded(rows)
            said = self.model.forward_with_uncertainty(x, x[..., [0]], n, n_samples=self.n_samples)
            logits = said["prediction_samples"].clamp_min(1e-30).log() / self.temperature
            samples = iter(torch.softmax(logits, dim=-1).unbind(dim=1))
        return [
            {"object_id": lc.object_id, "refused": why}
            if r is None
            else self._answer(lc.object_id, next(samples))
            for lc, (r, why) in zip(lightcurves, pairs)
        ]
