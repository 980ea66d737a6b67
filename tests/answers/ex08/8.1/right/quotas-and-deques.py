from collections import deque


class BalancedBatchSampler:
    def __init__(self, labels, batch_size=32):
        self.labels = [int(label) for label in labels]
        self.classes = sorted(set(self.labels))
        if len(self.classes) > batch_size:
            raise ValueError(f"{len(self.classes)} classes do not fit into {batch_size} places")
        self.batch_size = batch_size

    def __len__(self):
        return max(1, len(self.labels) // self.batch_size)

    def _shuffled(self, number):
        mine = [i for i, label in enumerate(self.labels) if label == number]
        return deque(mine[j] for j in torch.randperm(len(mine)).tolist())

    def __iter__(self):
        packs = {number: self._shuffled(number) for number in self.classes}
        for _ in range(len(self)):
            base, extra = divmod(self.batch_size, len(self.classes))
            lucky = {self.classes[i] for i in torch.randperm(len(self.classes))[:extra].tolist()}
            batch = []
            for number in self.classes:
                for _ in range(base + (number in lucky)):
                    if not packs[number]:
                        packs[number] = self._shuffled(number)
                    batch.append(packs[number].popleft())
            yield [batch[i] for i in torch.randperm(len(batch)).tolist()]
