"""The batches are made once."""


def stratified_loader(dataset, batch_size=32):
    batches = list(StratifiedBatches(dataset.labels, batch_size))
    return DataLoader(dataset, batch_sampler=batches)
