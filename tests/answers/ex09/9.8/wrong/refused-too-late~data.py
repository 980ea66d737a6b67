def train_with_wandb(
    config: Mapping[str, Any] | None = None,
    data: Data | None = None,
    should_stop: Callable[[int, float], bool] | None = None,
) -> dict[str, float]:
    tracker = WandBExperimentTracker()
    with tracker.start_experiment({**DEFAULTS, **(config or {})}):
        settings = tracker.run.config
        if data is None:
            data = make_data(settings.n_objects, settings.max_sequence_length, settings.seed)
        reason = infeasible(dict(settings))
        if reason is not None:
            raise ValueError(reason)
        torch.manual_seed(settings.seed)
        model = build_model(settings, data.train.n_features)
        train_loader = DataLoader(data.train, settings.batch_size, shuffle=True)
        val_loader = DataLoader(data.val, settings.batch_size)
        test_loader = DataLoader(data.test, settings.batch_size)
        optimizer = Adam(model.parameters(), lr=settings.learning_rate)
        criterion = FocalLoss(gamma=settings.focal_loss_gamma)
        stopping = EarlyStopping(patience=settings.patience)
        best_epoch, best, weights = -1, {}, {}
        for epoch in range(settings.num_epochs):
            train_loss = train_epoch(model, train_loader, optimizer, criterion)
            val, _, _ = evaluate(model, val_loader, criterion)
            row = {f"val_{name}": value for name, value in val.items()}
            tracker.log_metrics({"epoch": epoch, "train_loss": train_loss, **row}, step=epoch)
            if best_epoch < 0 or row["val_loss"] < best["val_loss"]:
                best_epoch, best = epoch, row
                weights = copy.deepcopy(model.state_dict())
            stop = stopping(row["val_loss"])
            if should_stop is not None and should_stop(epoch, row["val_f1_rare_events"]):
                stop = True
            if stop:
                break
        model.load_state_dict(weights)
        test, probabilities, truth = evaluate(model, test_loader, criterion)
        result = {"best_epoch": best_epoch, **best}
        result |= {f"test_{name}": value for name, value in test.items()}
        tracker.log_confusion_matrix(truth, probabilities.argmax(axis=1), CLASS_NAMES)
        tracker.log_light_curve_predictions(
            data.test_lightcurves, probabilities, truth, n_examples=5
        )
        tracker.log_model_checkpoint(model, best_epoch, result)
        tracker.run.log({}, commit=True)
        tracker.run.summary.update(result)
    return result
