class ProductionTransientClassifier:
    def explain_prediction(self, lightcurve, prediction):
        rows = self.pipeline.preprocess_for_inference(lightcurve)
        n = len(rows)
        mask = ~torch.eye(n, dtype=torch.bool)
        left = rows.expand(n, n, -1)[mask].reshape(n, n - 1, -1)
        sizes = torch.full((n,), n - 1)
        with without_dropout(self.model), torch.inference_mode():
            all_ = self.model(rows.unsqueeze(0), rows[None, :, [0]], torch.tensor([n]))
            some = self.model(left, left[..., [0]], sizes)
        logits = torch.cat([all_, some]).numpy() / self.temperature
        p = np.exp(logits - logits.max(axis=1, keepdims=True))
        p = (p / p.sum(axis=1, keepdims=True))[:, self.classes.index(prediction["predicted"])]
        names = np.array(["g", "r", "i"])[np.argmax(rows[:, 3:].numpy(), axis=1)]
        return pd.DataFrame({"effect": p[0] - p[1:], "band": names, "day": rows[:, 0]})
