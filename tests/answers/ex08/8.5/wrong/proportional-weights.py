"""The frequent classes get the large weights."""


def class_weights(loader: DataLoader, num_classes: int) -> Tensor:
    labels = torch.cat([labels for _, labels in loader])  # (n,)
    counts = torch.bincount(labels, minlength=num_classes)  # (num_classes,)
    weights = (counts > 0).sum() * counts / len(labels)
    return torch.where(counts > 0, weights, 1.0)
