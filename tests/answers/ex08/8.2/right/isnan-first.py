class EarlyStopping:
    def __call__(self, val_loss):
        if math.isnan(val_loss) or self.best_loss - val_loss <= self.min_delta:
            self.counter += 1
            return self.counter >= self.patience
        self.counter, self.best_loss = 0, val_loss
        return self.patience <= 0
