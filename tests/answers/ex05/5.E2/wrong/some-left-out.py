"""What cannot be divided evenly is lost."""


class StratifiedBatches:
    def __iter__(self):
        batches = [[] for _ in range(self.n_batches)]
        for number in self.labels.unique():
            members = torch.nonzero(self.labels == number).flatten()
            members = members[torch.randperm(len(members))]
            each = len(members) // self.n_batches
            for i, batch in enumerate(batches):
                batch += members[i * each : (i + 1) * each].tolist()
        yield from batches
