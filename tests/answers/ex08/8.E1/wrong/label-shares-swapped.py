"""In the labels the two shares are exchanged."""


def mixup_minority(features, labels, num_classes, minority, alpha=0.4):
    n = len(labels)
    b = torch.distributions.Beta(alpha, alpha).sample((n,))
    rare = torch.isin(labels, torch.tensor(list(minority)))
    share = torch.where(rare, torch.maximum(b, 1 - b), 1.0)
    partner = torch.randint(n, (n,))
    own = F.one_hot(labels, num_classes).float()
    soft = (1 - share)[:, None] * own + share[:, None] * own[partner]
    soft = torch.where(rare[:, None], soft, own)
    share = share[:, None, None]
    return share * features + (1 - share) * features[partner], soft
