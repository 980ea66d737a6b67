"""A class that does not occur has an infinite weight."""


def class_weights(loader: DataLoader, num_classes: int) -> Tensor:
    labels = torch.cat([labels for _, labels in loader])  # (n,)
    counts = torch.bincount(labels, minlength=num_classes)  # (num_classes,)
    weights = len(labels) / ((counts > 0).sum() * counts)
    return weights
