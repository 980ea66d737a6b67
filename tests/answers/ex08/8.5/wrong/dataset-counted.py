"""Counts the dataset, not what the sampler makes of it."""


def class_weights(loader: DataLoader, num_classes: int) -> Tensor:
    labels = torch.stack([label for _, label in loader.dataset])  # (n,)
    counts = torch.bincount(labels, minlength=num_classes)  # (num_classes,)
    weights = len(labels) / ((counts > 0).sum() * counts)
    return torch.where(counts > 0, weights, 1.0)
