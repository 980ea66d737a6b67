"""The batches are made once, and only their order changes."""


class StratifiedBatches:
    def __init__(self, labels, batch_size):
        self.n_batches = -(-len(labels) // batch_size)
        order = torch.randperm(len(labels))
        order = order[torch.argsort(labels[order], stable=True)]
        self.batches = [order[i :: self.n_batches].tolist() for i in range(self.n_batches)]

    def __iter__(self):
        for i in torch.randperm(self.n_batches).tolist():
            yield self.batches[i]
