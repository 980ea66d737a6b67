import io


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
    best, saved = None, io.BytesIO()
    while len(history["val_loss"]) < num_epochs:
        history["learning_rate"] += [group["lr"] for group in optimizer.param_groups][:1]
        history["train_loss"].append(train_epoch(model, train_loader, optimizer, criterion, device))
        loss, accuracy = evaluate_model(model, val_loader, criterion, device)
        history["val_loss"].append(loss)
        history["val_accuracy"].append(accuracy)
        epoch = len(history["val_loss"]) - 1
        if best is None or loss < history["val_loss"][best] - min_delta:
            best = epoch
            saved = io.BytesIO()
            torch.save(model.state_dict(), saved)
        if scheduler is not None:
            scheduler.step()
        if epoch - best == patience:
            break
    saved.seek(0)
    model.load_state_dict(torch.load(saved))
    return history
