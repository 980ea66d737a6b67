class MetricsTracker:
    def update(self, preds, targets, loss):
        with torch.no_grad():
            numbers = preds if preds.ndim == 1 else torch.max(preds, dim=1).indices
        self.predictions = self.predictions + numbers.cpu().tolist()
        self.targets = self.targets + targets.cpu().tolist()
        self.losses = [*self.losses, (loss, targets.numel())]

    def compute_metrics(self):
        if not self.predictions:
            raise ValueError("empty")
        k = len(self.class_names)
        cells = k * torch.tensor(self.targets) + torch.tensor(self.predictions)
        matrix = torch.bincount(cells, minlength=k * k).reshape(k, k).double()
        diagonal, rows, columns = matrix.diagonal(), matrix.sum(1), matrix.sum(0)
        recall = torch.nan_to_num(diagonal / rows)
        precision = torch.nan_to_num(diagonal / columns)
        f1 = torch.nan_to_num(2 * precision * recall / (precision + recall))
        rare = torch.tensor([name in self.rare_classes for name in self.class_names])
        sizes = torch.tensor([float(n) for _, n in self.losses])
        losses = torch.tensor([x for x, _ in self.losses], dtype=torch.float64)
        out = {
            "accuracy": (diagonal.sum() / matrix.sum()).item(),
            "balanced_accuracy": recall[rows > 0].mean().item(),
            "rare_event_recall": torch.nan_to_num(diagonal[rare].sum() / rows[rare].sum()).item(),
            "loss": ((losses * sizes).sum() / sizes.sum()).item(),
        }
        for i, name in enumerate(self.class_names):
            for kind, values in (("precision", precision), ("recall", recall), ("f1", f1)):
                out[f"{name}_{kind}"] = values[i].item()
        return out
