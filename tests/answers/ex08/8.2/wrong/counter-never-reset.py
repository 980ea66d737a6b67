"""All failures count together, not only those in a row."""


class EarlyStopping:
    def __call__(self, val_loss: float) -> bool:
        if val_loss < self.best_loss - self.min_delta:
            self.best_loss = val_loss
        else:  # also if it is NaN
            self.counter += 1
        return self.counter >= self.patience
