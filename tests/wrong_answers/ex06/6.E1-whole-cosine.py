"""A plain cosine, which goes below zero."""


def warmup_cosine(optimizer, num_epochs, warmup_epochs=2):
    if not 0 <= warmup_epochs < num_epochs:
        raise ValueError("too much warm-up")

    def factor(epoch):
        if epoch < warmup_epochs:
            return (epoch + 1) / (warmup_epochs + 1)
        return math.cos(math.pi * (epoch - warmup_epochs) / (num_epochs - warmup_epochs))

    return LambdaLR(optimizer, factor)
