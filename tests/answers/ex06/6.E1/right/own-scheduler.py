import torch.optim.lr_scheduler


class WarmupCosine(torch.optim.lr_scheduler.LRScheduler):
    def __init__(self, optimizer, num_epochs, warmup_epochs):
        self.num_epochs, self.warmup_epochs = num_epochs, warmup_epochs
        super().__init__(optimizer)

    def get_lr(self):
        return [rate * self.factor(self.last_epoch) for rate in self.base_lrs]

    def factor(self, epoch):
        if epoch < self.warmup_epochs:
            return (epoch + 1) / (self.warmup_epochs + 1)
        left = self.num_epochs - self.warmup_epochs
        return math.cos(math.pi / 2 * (epoch - self.warmup_epochs) / left) ** 2


def warmup_cosine(optimizer, num_epochs, warmup_epochs=2):
    if not 0 <= warmup_epochs < num_epochs:
        raise ValueError(f"warmup_epochs={warmup_epochs}, num_epochs={num_epochs}")
    return WarmupCosine(optimizer, num_epochs, warmup_epochs)
