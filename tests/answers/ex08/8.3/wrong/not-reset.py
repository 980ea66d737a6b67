"""A count of its own, of which reset knows nothing."""


class MetricsTracker:
    def update(self, preds, targets, loss):
        if not hasattr(self, "everything"):
            self.everything = ([], [], [])
        numbers = preds.argmax(dim=-1) if preds.ndim == 2 else preds
        self.everything[0].extend(numbers.tolist())
        self.everything[1].extend(targets.tolist())
        self.everything[2].append((loss, len(targets)))
        self.predictions, self.targets, self.losses = self.everything
