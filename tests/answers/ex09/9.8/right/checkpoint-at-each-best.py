def train_with_wandb(config=None, data=None, should_stop=None):
    settings = {**DEFAULTS, **(config or {})}
    with WandBExperimentTracker().start_experiment(settings) as tracker:
        run = tracker.run
        settings = run.config
        if reason := infeasible(settings):
            raise ValueError(reason)
        data = data or make_data(
            settings.n_objects, settings.max_sequence_length, seed=settings.seed
        )
        torch.manual_seed(settings.seed)
        model = build_model(settings, data.train.n_features)
        loaders = [DataLoader(data.train, settings.batch_size, shuffle=True)]
        loaders += [DataLoader(each, 32) for each in (data.val, data.test)]
        criterion, best = FocalLoss(1.0, settings.focal_loss_gamma), None
        optimizer = Adam(model.parameters(), settings.learning_rate)
        early_stopping = EarlyStopping(settings.patience)
        for epoch in range(settings.num_epochs):
            row = {
                "epoch": epoch,
                "train_loss": train_epoch(model, loaders[0], optimizer, criterion),
            }
            for name, value in evaluate(model, loaders[1], criterion)[0].items():
                row[f"val_{name}"] = value
            tracker.log_metrics(row, epoch)
            if best is None or row["val_loss"] < best["val_loss"]:
                best = row
                weights = {name: value.clone() for name, value in model.state_dict().items()}
                tracker.log_model_checkpoint(model, epoch, {"val_loss": row["val_loss"]})
            if early_stopping(row["val_loss"]):
                break
            if should_stop is not None and should_stop(epoch, row["val_f1_rare_events"]):
                break
        model.load_state_dict(weights)
        test, probabilities, labels = evaluate(model, loaders[2], criterion)
        tracker.log_confusion_matrix(labels, probabilities.argmax(1), CLASS_NAMES)
        tracker.log_light_curve_predictions(
            data.test_lightcurves, probabilities, labels, n_examples=3
        )
        result = {"best_epoch": best["epoch"]}
        result |= {name: value for name, value in best.items() if name.startswith("val")}
        result |= {"test_" + name: value for name, value in test.items()}
        run.log({}, commit=True)
        run.summary.update(result)
        return result
