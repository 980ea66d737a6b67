"""A shallow copy of the dictionary holds the same tensors."""


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
    history = {"train_loss": [], "val_loss": [], "val_accuracy": [], "learning_rate": []}
    best_loss, best_epoch, best_weights = None, 0, None
    for epoch in range(num_epochs):
        history["learning_rate"].append(optimizer.param_groups[0]["lr"])
        history["train_loss"].append(
            train_epoch(model, train_loader, optimizer, criterion, device)
        )
        loss, accuracy = evaluate_model(model, val_loader, criterion, device)
        history["val_loss"].append(loss)
        history["val_accuracy"].append(accuracy)
        if scheduler is not None:
            scheduler.step()
        if best_loss is None or loss < best_loss - min_delta:
            best_loss, best_epoch = loss, epoch
            best_weights = dict(model.state_dict())
        elif epoch - best_epoch >= patience:
            break
    model.load_state_dict(best_weights)
    return history
