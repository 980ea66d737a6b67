import random


class BalancedBatchSampler:
    def __init__(self, labels, batch_size=32):
        self.groups = {}
        for place, label in enumerate(labels):
            self.groups.setdefault(int(label), []).append(place)
        if batch_size < len(self.groups):
            raise ValueError(f"{batch_size} places, {len(self.groups)} classes")
        self.size, self.count = (
            batch_size,
            max(sum(map(len, self.groups.values())) // batch_size, 1),
        )

    def __len__(self):
        return self.count

    def __iter__(self):
        chance = random.Random(int(torch.randint(2**31, (1,))))
        waiting = {number: [] for number in self.groups}
        turn = list(self.groups)
        position = 0
        for _ in range(self.count):
            batch = []
            while len(batch) < self.size:
                number = turn[position % len(turn)]
                position += 1
                if not waiting[number]:
                    waiting[number] = chance.sample(self.groups[number], len(self.groups[number]))
                batch.append(waiting[number].pop())
            yield batch
