"""The batches are made once and used up in the first pass."""


class BalancedBatchSampler:
    def __init__(self, labels, batch_size=32):
        labels = torch.as_tensor(labels)
        members = [torch.nonzero(labels == c).flatten() for c in labels.unique()]
        if batch_size < len(members):
            raise ValueError(f"{batch_size} places for {len(members)} classes")
        self.num_batches = max(len(labels) // batch_size, 1)

        def pack(members):
            while True:
                yield from members[torch.randperm(len(members))].tolist()

        in_turn = cycle([pack(each) for each in members])
        self.batches = iter([
            [next(next(in_turn)) for _ in range(batch_size)] for _ in range(self.num_batches)
        ])

    def __iter__(self):
        return self.batches
