def mixup_minority(features, labels, num_classes, minority, alpha=0.4):
    new = features.clone()
    soft = F.one_hot(labels, num_classes).to(torch.float32)
    rare = [i for i, label in enumerate(labels.tolist()) if label in set(minority)]
    if rare:
        share = torch.distributions.Beta(alpha, alpha).sample((len(rare),))
        share = share.where(share > 0.5, 1 - share)
        partner = torch.randint(high=len(labels), size=(len(rare),))
        new[rare] = torch.einsum("b,bsf->bsf", share, features[rare]) + torch.einsum(
            "b,bsf->bsf", 1 - share, features[partner]
        )
        soft[rare] = share[:, None] * soft[rare] + (1 - share)[:, None] * soft[partner].clone()
    return new, soft
