"""`LambdaLR` multiplies by the initial rate itself."""


def warmup_cosine(optimizer, num_epochs, warmup_epochs=2):
    if not 0 <= warmup_epochs < num_epochs:
        raise ValueError("too much warm-up")
    full = optimizer.param_groups[0]["lr"]

    def rate(epoch):
        if epoch < warmup_epochs:
            return full * (epoch + 1) / (warmup_epochs + 1)
        done = (epoch - warmup_epochs) / (num_epochs - warmup_epochs)
        return full * (1 + math.cos(math.pi * done)) / 2

    return LambdaLR(optimizer, rate)
