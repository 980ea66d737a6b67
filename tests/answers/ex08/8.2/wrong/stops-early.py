"""Compares before it counts, and counts the present loss twice."""


class EarlyStopping:
    def __call__(self, val_loss):
        if val_loss < self.best_loss - self.min_delta:
            self.best_loss = val_loss
            self.counter = 0
        else:
            self.counter += 1
        return self.counter + 1 >= self.patience
