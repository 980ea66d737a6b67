"""The first epoch has a rate of 0 and is wasted."""


def warmup_cosine(optimizer, num_epochs, warmup_epochs=2):
    if not 0 <= warmup_epochs < num_epochs:
        raise ValueError("too much warm-up")

    def factor(epoch):
        if epoch < warmup_epochs:
            return epoch / warmup_epochs
        done = (epoch - warmup_epochs) / (num_epochs - warmup_epochs)
        return (1 + math.cos(math.pi * done)) / 2

    return LambdaLR(optimizer, factor)
