def class_balanced_weights(counts, beta=0.999):
    weights = torch.where(counts > 0, 1 / counts.double(), 0.0)
    return (weights * len(counts) / weights.sum()).float()
