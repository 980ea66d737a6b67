class Stopper:
    def __init__(self, patience, min_delta):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.weights, self.bad = float("inf"), None, 0

    def __call__(self, loss, model):
        if self.best - loss > self.min_delta:
            self.best, self.bad = loss, 0
            self.weights = {name: value.clone() for name, value in model.state_dict().items()}
        else:
            self.bad += 1
        return self.bad >= self.patience


def fit(
    model,
    train_loader,
    val_loader,
    optimizer,
    criterion,
    num_epochs,
    patience=5,
    min_delta=0.0,
    scheduler=None,
    device="auto",
):
    stop = Stopper(patience, min_delta)
    rows = []
    for epoch in range(num_epochs):
        row = {"learning_rate": optimizer.param_groups[0]["lr"]}
        row["train_loss"] = train_epoch(model, train_loader, optimizer, criterion, device)
        row["val_loss"], row["val_accuracy"] = evaluate_model(model, val_loader, criterion, device)
        rows.append(row)
        if scheduler:
            scheduler.step()
        if stop(row["val_loss"], model):
            break
    model.load_state_dict(stop.weights)
    return {name: [row[name] for row in rows] for name in rows[0]}
