def train_with_wandb(config=None, data=None, should_stop=None):
    tracker = WandBExperimentTracker()
    tracker.start_experiment(dict(DEFAULTS, **(config or {})))
    try:
        result = _train(tracker, data, should_stop)
    except BaseException:
        tracker.finish_experiment(exit_code=1)
        raise
    tracker.finish_experiment()
    return result


def _train(tracker, data, should_stop):
    settings = dict(tracker.run.config)
    reason = infeasible(settings)
    if reason is not None:
        raise ValueError("refused: " + reason)
    if data is None:
        names = ("n_objects", "max_sequence_length", "seed")
        data = make_data(**{name: settings[name] for name in names})
    torch.manual_seed(settings["seed"])
    model = build_model(settings, data.train.n_features)
    batch = settings["batch_size"]
    train = DataLoader(data.train, batch_size=batch, shuffle=True)
    val = DataLoader(data.val, batch_size=batch)
    loss_of = FocalLoss(gamma=settings["focal_loss_gamma"])
    optimizer = Adam(model.parameters(), lr=settings["learning_rate"])
    patience = EarlyStopping(settings["patience"])
    history = []
    with tempfile.TemporaryDirectory() as folder:
        for epoch in range(settings["num_epochs"]):
            model.train()
            total = 0.0
            for features, labels in train:
                optimizer.zero_grad()
                logits = forward_batch(model, features)
                loss = loss_of(logits, labels.to(logits.device))
                loss.backward()
                optimizer.step()
                total += loss.item() * len(labels)
            metrics, _, _ = evaluate(model, val, loss_of)
            row = {
                "epoch": epoch,
                "train_loss": total / len(data.train),
                "val_loss": metrics["loss"],
                "val_accuracy": metrics["accuracy"],
                "val_f1_rare_events": metrics["f1_rare_events"],
            }
            tracker.log_metrics(row, step=epoch)
            history.append(row)
            if row["val_loss"] == min(old["val_loss"] for old in history):
                torch.save(model.state_dict(), f"{folder}/best.pt")
            stop = patience(row["val_loss"])
            if should_stop and should_stop(epoch, row["val_f1_rare_events"]):
                stop = True
            if stop:
                break
        model.load_state_dict(torch.load(f"{folder}/best.pt", weights_only=True))
    best = min(history, key=lambda row: row["val_loss"])
    test, probabilities, truth = evaluate(model, DataLoader(data.test, batch_size=64), loss_of)
    result = {"best_epoch": best["epoch"]}
    for name in ("loss", "accuracy", "f1_rare_events"):
        result["val_" + name] = best["val_" + name]
        result["test_" + name] = test[name]
    tracker.log_confusion_matrix(truth, np.argmax(probabilities, axis=1), CLASS_NAMES)
    tracker.log_light_curve_predictions(data.test_lightcurves[:5], probabilities[:5], truth[:5])
    tracker.log_model_checkpoint(model, best["epoch"], result)
    tracker.run.log({}, commit=True)
    for name, value in result.items():
        tracker.run.summary[name] = value
    return result
