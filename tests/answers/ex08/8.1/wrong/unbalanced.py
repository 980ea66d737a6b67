"""Weights make the classes alike on average, but not in each batch."""


class BalancedBatchSampler:
    def __init__(self, labels, batch_size=32):
        labels = torch.as_tensor(labels)
        numbers, self.place, counts = labels.unique(return_inverse=True, return_counts=True)
        if batch_size < len(numbers):
            raise ValueError(f"{batch_size} places for {len(numbers)} classes")
        self.weights = 1.0 / counts[self.place]
        self.batch_size = batch_size
        self.num_batches = max(len(labels) // batch_size, 1)

    def __iter__(self):
        for _ in range(len(self)):
            yield torch.multinomial(self.weights, self.batch_size).tolist()
