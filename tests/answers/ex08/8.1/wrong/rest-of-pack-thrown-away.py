"""A pack that is too small for the whole batch is shuffled anew."""


class BalancedBatchSampler:
    def __init__(self, labels, batch_size=32):
        labels = torch.as_tensor(labels)
        self.members = [torch.nonzero(labels == c).flatten() for c in torch.unique(labels)]
        k = len(self.members)
        if batch_size < k:
            raise ValueError(f"batch_size {batch_size} is smaller than the number of classes, {k}")
        self.batch_size = batch_size
        self.num_objects = len(labels)

    def __len__(self):
        return max(self.num_objects // self.batch_size, 1)

    def __iter__(self):
        k = len(self.members)
        packs = [[] for _ in range(k)]
        for _ in range(len(self)):
            share, extra = divmod(self.batch_size, k)
            lucky = set(torch.randperm(k)[:extra].tolist())
            batch = []
            for c, members in enumerate(self.members):
                needed = share + (c in lucky)
                if len(packs[c]) < needed:  # not enough cards: shuffle again
                    packs[c] = members[torch.randperm(len(members))].tolist()
                    while len(packs[c]) < needed:
                        packs[c] += members[torch.randperm(len(members))].tolist()
                batch += packs[c][:needed]
                packs[c] = packs[c][needed:]
            yield batch
