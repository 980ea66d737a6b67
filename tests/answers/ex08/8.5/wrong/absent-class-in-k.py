"""All classes count in k, also those that do not occur."""


def class_weights(loader: DataLoader, num_classes: int) -> Tensor:
    labels = torch.cat([labels for _, labels in loader])  # (n,)
    counts = torch.bincount(labels, minlength=num_classes)  # (num_classes,)
    weights = len(labels) / (num_classes * counts)
    return torch.where(counts > 0, weights, 1.0)
