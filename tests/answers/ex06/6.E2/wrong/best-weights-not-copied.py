"""`state_dict` is no copy: it changes with the weights."""


def fit(model, train_loader, val_loader, optimizer, criterion, num_epochs, patience=5,
        min_delta=0.0, scheduler=None, device="auto"):
    history = {"train_loss": [], "val_loss": [], "val_accuracy": [], "learning_rate": []}
    best_loss, best_weights, waited = math.inf, model.state_dict(), 0
    for _ in range(num_epochs):
        history["learning_rate"].append(optimizer.param_groups[0]["lr"])
        history["train_loss"].append(train_epoch(model, train_loader, optimizer, criterion, device))
        val_loss, accuracy = evaluate_model(model, val_loader, criterion, device)
        history["val_loss"].append(val_loss)
        history["val_accuracy"].append(accuracy)
        if scheduler is not None:
            scheduler.step()
        if best_weights is None or val_loss < best_loss - min_delta:
            best_loss, best_weights, waited = val_loss, model.state_dict(), 0
        else:
            waited += 1
            if waited >= patience:
                break
    model.load_state_dict(best_weights)
    return history
