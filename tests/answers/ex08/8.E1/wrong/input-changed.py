"""The batch that was handed over is changed."""


def mixup_minority(features, labels, num_classes, minority, alpha=0.4):
    soft = F.one_hot(labels, num_classes).float()
    old, hard = features.clone(), soft.clone()
    for i in range(len(labels)):
        if int(labels[i]) in set(minority):
            b = float(torch.distributions.Beta(alpha, alpha).sample())
            share, j = max(b, 1 - b), int(torch.randint(len(labels), ()))
            features[i] = share * old[i] + (1 - share) * old[j]
            soft[i] = share * hard[i] + (1 - share) * hard[j]
    return features, soft
