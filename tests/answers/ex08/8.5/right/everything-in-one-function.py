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
    place = resolve_device(device)
    model.to(place)
    size = count_logits(model, train_loader, device)
    if loss == "weighted_ce":
        weight = class_weights(train_loader, size).to(place)
        loss_of = lambda logits, labels: F.cross_entropy(logits, labels, weight=weight)
    elif loss == "focal":
        loss_of = FocalLoss().to(place)
    else:
        raise ValueError(f"unknown loss {loss}")
    optimizer = torch.optim.Adam(model.parameters(), learning_rate, weight_decay=weight_decay)
    if make_scheduler is None:
        scheduler = ReduceLROnPlateau(optimizer, mode="min", factor=0.5, patience=5)
    else:
        scheduler = make_scheduler(optimizer)
    stopper = EarlyStopping(patience=patience)
    rows = []
    best = None
    for epoch in tqdm(range(num_epochs), disable=not progress):
        rate = scheduler.get_last_lr()[0]
        results = []
        for loader, training in ((train_loader, True), (val_loader, False)):
            model.train(training)
            tracker = MetricsTracker([f"class {i}" for i in range(size)], [])
            for features, labels in loader:
                features, labels = features.to(place), labels.to(place)
                with torch.set_grad_enabled(training):
                    logits = forward_batch(model, features)
                    value = loss_of(logits, labels)
                if training:
                    model.zero_grad()
                    value.backward()
                    optimizer.step()
                tracker.update(logits.argmax(dim=1), labels, value.item())
            results.append(tracker.compute_metrics())
        train, val = results
        rows.append(
            {
                "train_loss": train["loss"],
                "val_loss": val["loss"],
                "train_acc": train["accuracy"],
                "val_acc": val["accuracy"],
                "val_balanced_acc": val["balanced_accuracy"],
                "learning_rates": rate,
            }
        )
        if not math.isnan(val["loss"]) and (best is None or val["loss"] < best[0]):
            weights = {name: value.clone() for name, value in model.state_dict().items()}
            best = (val["loss"], epoch, weights)
            if checkpoint_path:
                torch.save(weights, str(checkpoint_path))
        if isinstance(scheduler, ReduceLROnPlateau):
            scheduler.step(val["loss"])
        else:
            scheduler.step()
        if stopper(val["loss"]):
            break
    if best is not None:
        model.load_state_dict(best[2])
    history = pd.DataFrame(rows).to_dict("list")
    history["best_epoch"] = best[1] if best is not None else None
    return model, history
