"""Shuffled once, when the sampler is made: each pass is the same."""


class BalancedBatchSampler:
    def __init__(self, labels, batch_size=32):
        labels = torch.as_tensor(labels)
        self.members = []
        for c in labels.unique():
            mine = torch.nonzero(labels == c).flatten()
            self.members.append(mine[torch.randperm(len(mine))])
        if batch_size < len(self.members):
            raise ValueError(f"{batch_size} places for {len(self.members)} classes")
        self.batch_size = batch_size
        self.num_batches = max(len(labels) // batch_size, 1)

    def __iter__(self):
        packs = [cycle(mine.tolist()) for mine in self.members]
        in_turn = cycle(packs)
        for _ in range(len(self)):
            yield [next(next(in_turn)) for _ in range(self.batch_size)]
