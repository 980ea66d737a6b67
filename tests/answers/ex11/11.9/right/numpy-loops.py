class ProductionTransientClassifier:
    def classify_with_uncertainty(self, lightcurves):
        prepared, reasons = {}, {}
        for i, lc in enumerate(lightcurves):
            try:
                prepared[i] = self.pipeline.preprocess_for_inference(lc)
            except ValueError as e:
                reasons[i] = e.args[0]
        said = {}
        if prepared:
            longest = max(map(len, prepared.values()))
            x = torch.zeros(len(prepared), longest, 6)
            for k, rows in enumerate(prepared.values()):
                x[k, : len(rows)] = rows
            n = torch.tensor([len(rows) for rows in prepared.values()])
            answer = self.model.forward_with_uncertainty(
                x, x[:, :, 0:1], n, n_samples=self.n_samples
            )
            p = answer["prediction_samples"].numpy().astype(float)
            p = np.exp(np.log(p + 1e-30) / self.temperature)
            p /= p.sum(axis=2, keepdims=True)
            mean = p.mean(axis=0)
            for k, i in enumerate(prepared):
                best = int(mean[k].argmax())
                said[i] = {
                    "refused": "",
                    "probabilities": {c: float(v) for c, v in zip(self.classes, mean[k])},
                    "predicted": self.classes[best],
                    "confidence": float(mean[k, best]),
                    "epistemic": float(p[:, k].var(axis=0).sum()),
                    "aleatoric": float((p[:, k] * (1 - p[:, k])).sum(axis=1).mean()),
                }
        return [
            {"object_id": lc.object_id, **said.get(i, {"refused": reasons.get(i)})}
            for i, lc in enumerate(lightcurves)
        ]
