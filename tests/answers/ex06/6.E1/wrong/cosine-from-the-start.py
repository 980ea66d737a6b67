"""The cosine counts from epoch 0, so that the rate jumps down after the warm-up."""


def warmup_cosine(optimizer, num_epochs, warmup_epochs=2):
    if not 0 <= warmup_epochs < num_epochs:
        raise ValueError("too much warm-up")

    def factor(epoch):
        if epoch < warmup_epochs:
            return (epoch + 1) / (warmup_epochs + 1)
        return (1 + math.cos(math.pi * epoch / num_epochs)) / 2

    return LambdaLR(optimizer, factor)
