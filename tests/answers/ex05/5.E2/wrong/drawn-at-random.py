"""Shuffled, and left to chance."""


def stratified_loader(dataset, batch_size=32):
    return DataLoader(dataset, batch_size=batch_size, shuffle=True)
