"""Partners are read from the new batch, where some objects have been mixed."""


def mixup_minority(features, labels, num_classes, minority, alpha=0.4):
    new, soft = features.clone(), F.one_hot(labels, num_classes).float()
    beta = torch.distributions.Beta(alpha, alpha)
    for i, label in enumerate(labels.tolist()):
        if label in minority:
            b = float(beta.sample())
            share, j = max(b, 1 - b), int(torch.randint(len(labels), (1,)))
            new[i] = share * new[i] + (1 - share) * new[j]
            soft[i] = share * soft[i] + (1 - share) * soft[j]
    return new, soft
