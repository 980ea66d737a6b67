"""Any change is taken for an improvement, also one for the worse."""


class EarlyStopping:
    def __call__(self, val_loss: float) -> bool:
        if abs(self.best_loss - val_loss) > self.min_delta:
            self.best_loss = val_loss
            self.counter = 0
        else:  # also if it is NaN
            self.counter += 1
        return self.counter >= self.patience
