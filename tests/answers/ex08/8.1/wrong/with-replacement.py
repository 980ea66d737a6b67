"""Some rare objects come often in one pass, and others never."""


class BalancedBatchSampler:
    def __iter__(self):
        in_turn = cycle(self.members)
        for _ in range(len(self)):
            chosen = islice(in_turn, self.batch_size)
            yield [int(m[torch.randint(len(m), ())]) for m in chosen]
