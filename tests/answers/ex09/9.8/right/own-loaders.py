def train_with_wandb(
    config: Mapping[str, Any] | None = None,
    data: Data | None = None,
    should_stop: Callable[[int, float], bool] | None = None,
) -> dict[str, float]:
    with WandBExperimentTracker() as tracker:
        tracker.start_experiment({**DEFAULTS, **(config or {})})
        run = tracker._open_run()
        settings = run.config
        if reason := infeasible(dict(settings)):
            raise ValueError(reason)
        if data is None:
            data = make_data(settings.n_objects, settings.max_sequence_length, settings.seed)
        torch.manual_seed(settings.seed)
        model = build_model(dict(settings), data.train.n_features)
        train_loader = DataLoader(data.train, settings.batch_size, shuffle=True)
        val_loader, test_loader = (
            DataLoader(d, settings.batch_size) for d in (data.val, data.test)
        )
        criterion = FocalLoss(gamma=settings.focal_loss_gamma)
        optimizer = Adam(model.parameters(), lr=settings.learning_rate)
        early_stopping = EarlyStopping(patience=settings.patience)

        best: dict[str, float] = {}
        for epoch in range(settings.num_epochs):
            train_loss = train_epoch(model, train_loader, optimizer, criterion)
            val = {
                f"val_{name}": v for name, v in evaluate(model, val_loader, criterion)[0].items()
            }
            tracker.log_metrics({"epoch": epoch, "train_loss": train_loss, **val}, step=epoch)
            if not best or val["val_loss"] < best["val_loss"]:
                best = {"best_epoch": epoch, **val}
                weights = copy.deepcopy(model.state_dict())
            told = should_stop is not None and should_stop(epoch, val["val_f1_rare_events"])
            if early_stopping(val["val_loss"]) or told:
                break

        model.load_state_dict(weights)
        test, probabilities, labels = evaluate(model, test_loader, criterion)
        result = best | {f"test_{name}": value for name, value in test.items()}
        tracker.log_confusion_matrix(labels, probabilities.argmax(axis=1), CLASS_NAMES)
        tracker.log_light_curve_predictions(data.test_lightcurves, probabilities, labels, 5)
        run.log({}, commit=True)  # the last row is complete
        run.summary.update(result)
        tracker.log_model_checkpoint(model, int(best["best_epoch"]), result)
    return result
