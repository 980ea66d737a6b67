def mixup_minority(features, labels, num_classes, minority, alpha=0.4):
    beta = torch.distributions.beta.Beta(torch.tensor(float(alpha)), torch.tensor(float(alpha)))
    new, soft = [], []
    for own, label in zip(features, labels):
        truth = torch.zeros(num_classes)
        truth[label] = 1.0
        if int(label) in minority:
            j = int(torch.randint(0, len(labels), (1,)))
            other = F.one_hot(labels[j], num_classes)
            b = beta.sample().item()
            share = b if b > 0.5 else 1 - b
            own, truth = (
                torch.lerp(features[j], own, share),
                torch.lerp(other.float(), truth, share),
            )
        new.append(own)
        soft.append(truth)
    return torch.stack(new), torch.stack(soft)
