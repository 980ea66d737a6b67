"""Compares with the loss before, not with the best one."""


class EarlyStopping:
    def __call__(self, val_loss):
        better = val_loss < self.best_loss - self.min_delta
        self.best_loss = val_loss
        self.counter = 0 if better else self.counter + 1
        return self.counter >= self.patience
