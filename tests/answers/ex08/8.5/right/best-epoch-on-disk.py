import tempfile


def train_with_imbalance_handling(
    model,
    train_loader,
    val_loader,
    num_epochs=100,
    device="auto",
    *,
    loss="weighted_ce",
    learning_rate=1e-3,
    weight_decay=1e-4,
    patience=15,
    make_scheduler=None,
    checkpoint_path=None,
    progress=True,
):
    names = {"weighted_ce", "focal"}
    if loss not in names:
        raise ValueError(f"{loss!r} is none of {names}")
    k = count_logits(model, train_loader, device)
    criterion = (
        FocalLoss() if loss == "focal" else nn.CrossEntropyLoss(class_weights(train_loader, k))
    )
    optimizer = Adam(model.parameters(), lr=learning_rate, weight_decay=weight_decay)
    scheduler = (make_scheduler or (lambda o: ReduceLROnPlateau(o, factor=0.5, patience=5)))(
        optimizer
    )
    tracker = MetricsTracker(list(map(str, range(k))))
    stop, rates, trained, validated = EarlyStopping(patience), [], [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(checkpoint_path or Path(folder) / "best.pt")
        for _ in tqdm(range(num_epochs), disable=not progress):
            rates += [group["lr"] for group in optimizer.param_groups][:1]
            trained.append(run_epoch(model, train_loader, criterion, tracker, optimizer, device))
            validated.append(run_epoch(model, val_loader, criterion, tracker, None, device))
            losses = [m["loss"] for m in validated]
            if losses[-1] < np.nanmin([np.inf, *losses[:-1]]):
                torch.save(model.state_dict(), path)
            if stop(losses[-1]):
                break
            scheduler.step(*([losses[-1]] if make_scheduler is None else []))
        model.load_state_dict(torch.load(path, weights_only=True))
    return model, {
        "train_loss": [m["loss"] for m in trained],
        "val_loss": losses,
        "train_acc": [m["accuracy"] for m in trained],
        "val_acc": [m["accuracy"] for m in validated],
        "val_balanced_acc": [m["balanced_accuracy"] for m in validated],
        "learning_rates": rates,
        "best_epoch": int(np.nanargmin(losses)),
    }
