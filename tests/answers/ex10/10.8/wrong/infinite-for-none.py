def class_balanced_weights(counts, beta=0.999):
    weights = (1 - beta) / (1 - beta ** counts.double())
    return (weights * len(counts) / weights.sum()).float()
