"""The weights are the inverse counts."""


def class_weights(loader: DataLoader, num_classes: int) -> Tensor:
    labels = torch.cat([labels for _, labels in loader])  # (n,)
    counts = torch.bincount(labels, minlength=num_classes)  # (num_classes,)
    weights = 1.0 / counts
    return torch.where(counts > 0, weights, 1.0)
