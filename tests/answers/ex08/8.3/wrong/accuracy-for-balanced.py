"""The balanced accuracy is the plain one."""


class MetricsTracker:
    def compute_metrics(self) -> dict[str, float]:
        if not self.targets:
            raise ValueError("nothing to measure yet: call update first")
        numbers = range(len(self.class_names))
        counts = confusion_matrix(self.targets, self.predictions, labels=numbers)
        right, true, called = counts.diagonal(), counts.sum(axis=1), counts.sum(axis=0)
        recall, precision = right / true.clip(min=1), right / called.clip(min=1)
        f1 = 2 * right / (true + called).clip(min=1)  # the harmonic mean, without its 0/0
        rare = np.isin(self.class_names, self.rare_classes)
        measures = {
            "accuracy": right.sum() / true.sum(),
            "balanced_accuracy": right.sum() / true.sum(),
            "loss": sum(loss * size for loss, size in self.losses) / true.sum(),
            "rare_event_recall": right[rare].sum() / true[rare].sum().clip(min=1),
        }
        for name, *values in zip(self.class_names, precision, recall, f1, strict=True):
            keys = (f"{name}_precision", f"{name}_recall", f"{name}_f1")
            measures |= dict(zip(keys, values, strict=True))
        return {key: float(value) for key, value in measures.items()}
