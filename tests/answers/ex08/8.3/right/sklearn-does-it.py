from sklearn.metrics import accuracy_score, precision_recall_fscore_support


class MetricsTracker:
    def update(self, preds, targets, loss):
        if preds.dim() > 1:
            preds = preds.detach().cpu().softmax(dim=1).argmax(dim=1)
        self.predictions.extend(int(p) for p in preds)
        self.targets.extend(int(t) for t in targets)
        self.losses.append((float(loss), int(targets.shape[0])))

    def compute_metrics(self):
        if len(self.targets) == 0:
            raise ValueError("no predictions")
        numbers = list(range(len(self.class_names)))
        precision, recall, f1, support = precision_recall_fscore_support(
            self.targets, self.predictions, labels=numbers, zero_division=0
        )
        result = {"accuracy": accuracy_score(self.targets, self.predictions)}
        result["balanced_accuracy"] = float(np.mean([r for r, n in zip(recall, support) if n]))
        losses, sizes = zip(*self.losses)
        result["loss"] = float(np.average(losses, weights=sizes))
        rare = [i for i in numbers if self.class_names[i] in self.rare_classes]
        hits = [p == t for p, t in zip(self.predictions, self.targets) if t in rare]
        result["rare_event_recall"] = sum(hits) / len(hits) if hits else 0.0
        for i, name in enumerate(self.class_names):
            result[name + "_precision"] = precision[i]
            result[name + "_recall"] = recall[i]
            result[name + "_f1"] = f1[i]
        return result
