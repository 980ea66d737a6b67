"""One position at a time, as of a sampler that is none of batches."""


class BalancedBatchSampler:
    def __iter__(self):
        def pack(members):
            while True:
                yield from members[torch.randperm(len(members))].tolist()

        in_turn = cycle([pack(members) for members in self.members])
        for _ in range(len(self) * self.batch_size):
            yield next(next(in_turn))
