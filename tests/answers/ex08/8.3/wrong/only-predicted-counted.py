"""A class that is only predicted counts with a recall of 0."""


class MetricsTracker:
    def compute_metrics(self):
        if not self.targets:
            raise ValueError("nothing was added")
        k = len(self.class_names)
        cm = confusion_matrix(self.targets, self.predictions, labels=list(range(k)))
        right, true, called = cm.diagonal(), cm.sum(axis=1), cm.sum(axis=0)
        recall = right / np.maximum(true, 1)
        precision = right / np.maximum(called, 1)
        f1 = 2 * right / np.maximum(true + called, 1)
        rare = [i for i, name in enumerate(self.class_names) if name in self.rare_classes]
        n_rare = int(true[rare].sum())
        losses, sizes = np.array(self.losses, dtype=float).T
        metrics = {
            "accuracy": float(right.sum() / cm.sum()),
            "balanced_accuracy": float(recall[(true > 0) | (called > 0)].mean()),
            "loss": float((losses * sizes).sum() / sizes.sum()),
            "rare_event_recall": float(right[rare].sum() / n_rare if n_rare else 0),
        }
        for i, name in enumerate(self.class_names):
            metrics[f"{name}_precision"] = float(precision[i])
            metrics[f"{name}_recall"] = float(recall[i])
            metrics[f"{name}_f1"] = float(f1[i])
        return metrics
