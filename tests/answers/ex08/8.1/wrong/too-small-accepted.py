"""A batch with fewer places than classes always lacks the same class."""


class BalancedBatchSampler:
    def __init__(self, labels: Sequence[int] | Tensor, batch_size: int = 32) -> None:
        labels = torch.as_tensor(labels)
        members = [torch.nonzero(labels == c).flatten() for c in labels.unique()]
        self.members = members
        self.batch_size = batch_size
        self.num_batches = max(len(labels) // batch_size, 1)
