class MetricsTracker:
    def update(self, preds, targets, loss):
        for row, truth in zip(preds.tolist(), targets.tolist()):
            answer = row.index(max(row)) if isinstance(row, list) else row
            self.predictions.append(answer)
            self.targets.append(truth)
        self.losses.append((loss, len(targets)))

    def compute_metrics(self):
        total = len(self.targets)
        if total == 0:
            raise ValueError("compute_metrics before update")
        pairs = list(zip(self.targets, self.predictions))
        metrics, recalls, rare_found, rare_total = {}, [], 0, 0
        for number, name in enumerate(self.class_names):
            hits = pairs.count((number, number))
            there, called = self.targets.count(number), self.predictions.count(number)
            recall = hits / there if there else 0.0
            precision = hits / called if called else 0.0
            both = precision + recall
            metrics[f"{name}_recall"], metrics[f"{name}_precision"] = recall, precision
            metrics[f"{name}_f1"] = 2 * precision * recall / both if both else 0.0
            if there:
                recalls.append(recall)
            if name in self.rare_classes:
                rare_found, rare_total = rare_found + hits, rare_total + there
        metrics["accuracy"] = sum(t == p for t, p in pairs) / total
        metrics["balanced_accuracy"] = sum(recalls) / len(recalls)
        metrics["rare_event_recall"] = rare_found / rare_total if rare_total else 0.0
        metrics["loss"] = sum(loss * size / total for loss, size in self.losses)
        metrics["objects"] = float(total)
        return metrics
