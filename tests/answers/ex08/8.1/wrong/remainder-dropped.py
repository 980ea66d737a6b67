"""Only as many of each class as all of them get: batches are too small."""


class BalancedBatchSampler:
    def __iter__(self):
        def pack(members):
            while True:
                yield from members[torch.randperm(len(members))].tolist()

        packs = [pack(members) for members in self.members]
        each = self.batch_size // len(packs)
        for _ in range(len(self)):
            yield [next(one) for one in packs for _ in range(each)]
