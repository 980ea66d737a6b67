def class_balanced_weights(counts, beta=0.999):
    effective = (1 - beta ** counts.double()) / (1 - beta)
    weights = torch.where(counts > 0, 1 / effective, 0.0)
    return (weights / weights.sum()).float()
