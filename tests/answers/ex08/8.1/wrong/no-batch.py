"""A set smaller than a batch gives no batch at all."""


class BalancedBatchSampler:
    def __init__(self, labels: Sequence[int] | Tensor, batch_size: int = 32) -> None:
        labels = torch.as_tensor(labels)
        members = [torch.nonzero(labels == c).flatten() for c in labels.unique()]
        if batch_size < len(members):
            raise ValueError(f"a batch of {batch_size} has no room for {len(members)} classes")
        self.members = members
        self.batch_size = batch_size
        self.num_batches = len(labels) // batch_size
