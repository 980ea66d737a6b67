"""One of each class in turn, until a class runs out."""


class StratifiedBatches:
    def __iter__(self):
        order = torch.randperm(len(self.labels))
        of_class = [order[self.labels[order] == number] for number in range(5)]
        turns = [(turn, number) for numbers in of_class for turn, number in enumerate(numbers.tolist())]
        in_turn = [number for _, number in sorted(turns, key=lambda each: each[0])]
        size = -(-len(in_turn) // self.n_batches)
        for i in range(self.n_batches):
            yield in_turn[i * size : (i + 1) * size]
