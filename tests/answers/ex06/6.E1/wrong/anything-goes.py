"""More warm-up than epochs is let through."""


def warmup_cosine(optimizer, num_epochs, warmup_epochs=2):
    def factor(epoch):
        if epoch < warmup_epochs:
            return (epoch + 1) / (warmup_epochs + 1)
        done = (epoch - warmup_epochs) / max(1, num_epochs - warmup_epochs)
        return (1 + math.cos(math.pi * done)) / 2

    return LambdaLR(optimizer, factor)
