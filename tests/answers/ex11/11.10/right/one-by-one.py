class ProductionTransientClassifier:
    def explain_prediction(self, lightcurve, prediction):
        rows = self.pipeline.preprocess_for_inference(lightcurve)
        which = self.classes.index(prediction["predicted"])

        @torch.no_grad()
        def p(x):
            with without_dropout(self.model):
                logits = self.model(x[None], x[None, :, :1], torch.tensor([len(x)]))
            return torch.softmax(logits[0] / self.temperature, 0)[which].item()

        everything = p(rows)
        table = []
        for i, row in enumerate(rows):
            keep = [j for j in range(len(rows)) if j != i]
            band = "gri"[int(row[3:].argmax())]
            effect = everything - p(rows[keep])
            table.append({"day": float(row[0]), "band": band, "effect": effect})
        return pd.DataFrame(table)
