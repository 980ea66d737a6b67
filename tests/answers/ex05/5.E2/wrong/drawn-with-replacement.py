"""Classes made equally common by drawing again and again."""


from torch.utils.data import WeightedRandomSampler


def stratified_loader(dataset, batch_size=32):
    weights = 1.0 / torch.bincount(dataset.labels)[dataset.labels]
    sampler = WeightedRandomSampler(weights, len(dataset))
    return DataLoader(dataset, batch_size=batch_size, sampler=sampler)
