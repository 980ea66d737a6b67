"""A loss that is a little worse counts as an improvement."""


class EarlyStopping:
    def __call__(self, val_loss: float) -> bool:
        if val_loss < self.best_loss + self.min_delta:
            self.best_loss = val_loss
            self.counter = 0
        else:  # also if it is NaN
            self.counter += 1
        return self.counter >= self.patience
