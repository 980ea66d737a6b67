"""Every scheduler gets the validation loss."""


def train_with_imbalance_handling(
    model: nn.Module,
    train_loader: DataLoader,
    val_loader: DataLoader,
    num_epochs: int = 100,
    device: str = "auto",
    *,
    loss: str = "weighted_ce",
    learning_rate: float = 1e-3,
    weight_decay: float = 1e-4,
    patience: int = 15,
    make_scheduler: Callable[[Optimizer], LRScheduler] | None = None,
    checkpoint_path: str | Path | None = None,
    progress: bool = True,
) -> tuple[nn.Module, dict[str, Any]]:
    if loss not in ("weighted_ce", "focal"):
        raise ValueError(f'loss={loss!r}: it should be "weighted_ce" or "focal"')
    num_classes = count_logits(model, train_loader, device)
    criterion: nn.Module = FocalLoss()
    if loss == "weighted_ce":
        criterion = nn.CrossEntropyLoss(weight=class_weights(train_loader, num_classes))
    tracker = MetricsTracker([str(number) for number in range(num_classes)])
    optimizer = Adam(model.parameters(), lr=learning_rate, weight_decay=weight_decay)
    plateau = ReduceLROnPlateau(optimizer, patience=5, factor=0.5)
    scheduler = make_scheduler(optimizer) if make_scheduler else None
    early_stopping = EarlyStopping(patience)
    series = ("train_loss", "val_loss", "train_acc", "val_acc", "val_balanced_acc")
    history: dict[str, Any] = {name: [] for name in (*series, "learning_rates")}
    best_loss, best_weights = math.inf, model.state_dict()

    epochs = tqdm(range(num_epochs), desc="epochs", disable=not progress)
    for epoch in epochs:
        history["learning_rates"].append(optimizer.param_groups[0]["lr"])
        train = run_epoch(model, train_loader, criterion, tracker, optimizer, device)
        val = run_epoch(model, val_loader, criterion, tracker, device=device)
        values = (train["loss"], val["loss"], train["accuracy"], val["accuracy"])
        for name, value in zip(series, (*values, val["balanced_accuracy"]), strict=True):
            history[name].append(value)
        epochs.set_postfix(loss=f"{train['loss']:.3f}", val_loss=f"{val['loss']:.3f}")
        if val["loss"] < best_loss:
            best_loss, history["best_epoch"] = val["loss"], epoch
            best_weights = copy.deepcopy(model.state_dict())  # its tensors go on changing
            if checkpoint_path is not None:
                torch.save(best_weights, checkpoint_path)
        if early_stopping(val["loss"]):
            break
        if scheduler is not None:
            scheduler.step(val["loss"])
        else:
            plateau.step(val["loss"])
    model.load_state_dict(best_weights)
    return model, history
