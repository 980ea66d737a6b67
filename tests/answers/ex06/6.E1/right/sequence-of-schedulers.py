from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR


def warmup_cosine(optimizer, num_epochs, warmup_epochs=2):
    if warmup_epochs < 0 or warmup_epochs >= num_epochs:
        raise ValueError("warmup_epochs must be at least 0 and less than num_epochs")
    cosine = CosineAnnealingLR(optimizer, T_max=num_epochs - warmup_epochs)
    if warmup_epochs == 0:
        return cosine
    warmup = LinearLR(optimizer, start_factor=1 / (warmup_epochs + 1), total_iters=warmup_epochs)
    return SequentialLR(optimizer, [warmup, cosine], milestones=[warmup_epochs])
