"""The best loss follows every small step, so that slow progress never counts."""


class EarlyStopping:
    def __call__(self, val_loss):
        self.counter = 0 if val_loss < self.best_loss - self.min_delta else self.counter + 1
        if val_loss < self.best_loss:
            self.best_loss = val_loss
        return self.counter >= self.patience
