"""The number of batches rounded down."""


class StratifiedBatches:
    def __init__(self, labels, batch_size):
        self.labels = labels
        self.n_batches = len(labels) // batch_size
