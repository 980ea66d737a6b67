class EarlyStopping:
    def __call__(self, val_loss):
        improved = bool(val_loss + self.min_delta < self.best_loss)
        self.best_loss = val_loss if improved else self.best_loss
        self.counter = (not improved) * (self.counter + 1)
        return not self.counter < self.patience
