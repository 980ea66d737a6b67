def class_balanced_weights(counts, beta=0.999):
    effective = (1 - beta ** counts.double()) / (1 - beta)
    return (effective * len(counts) / effective.sum()).float()
