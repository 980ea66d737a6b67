"""A pass that never ends."""


class BalancedBatchSampler:
    def __iter__(self):
        def pack(members):
            while True:
                yield from members[torch.randperm(len(members))].tolist()

        in_turn = cycle([pack(members) for members in self.members])
        while True:
            yield [next(next(in_turn)) for _ in range(self.batch_size)]
