"""A generator with a seed of its own: no other seed makes a difference."""


class BalancedBatchSampler:
    def __init__(self, labels, batch_size=32):
        labels = torch.as_tensor(labels)
        self.members = [torch.nonzero(labels == c).flatten() for c in labels.unique()]
        if batch_size < len(self.members):
            raise ValueError(f"{batch_size} places for {len(self.members)} classes")
        self.batch_size = batch_size
        self.num_batches = max(len(labels) // batch_size, 1)
        self.generator = torch.Generator().manual_seed(42)

    def __iter__(self):
        def pack(members):
            while True:
                yield from members[torch.randperm(len(members), generator=self.generator)].tolist()

        in_turn = cycle([pack(members) for members in self.members])
        for _ in range(len(self)):
            yield [next(next(in_turn)) for _ in range(self.batch_size)]
