"""Python's own random numbers: torch.manual_seed does not make them repeatable."""

import random


class BalancedBatchSampler:
    def __iter__(self):
        def pack(members):
            while True:
                yield from random.sample(members.tolist(), len(members))

        in_turn = cycle([pack(members) for members in self.members])
        for _ in range(len(self)):
            yield [next(next(in_turn)) for _ in range(self.batch_size)]
