class ModelComparison:
    def train_and_evaluate_model(
        self, model_name, model_class, model_config, train_loader, val_loader, test_loader
    ):
        tracker = self.make_tracker(self.project_name)
        tracker.start_experiment(dict(model_config), model_name)
        try:
            torch.manual_seed(self.seed)
            untrained = model_class(**model_config)
            clock = time.perf_counter()
            model, _ = self.train(untrained, train_loader, val_loader)
            clock = time.perf_counter() - clock
            self.models[model_name] = model
            result = {"training_seconds": clock}
            result["parameters"] = int(np.sum([w.numel() for w in model.parameters()]))
            test = self.predictions[model_name] = predict(model, test_loader, self.n_samples)
            val = predict(model, val_loader, self.n_samples)
            guess = np.argmax(test.y_prob, axis=1)
            recalls, hits = [], guess == test.y_true
            for c in np.unique(test.y_true):
                recalls.append(hits[test.y_true == c].mean())
            found = ((guess == RARE) & (test.y_true == RARE)).sum()
            all_rare = (guess == RARE).sum() + (test.y_true == RARE).sum()
            T = UncertaintyCalibration.fit_temperature(val.y_true, val.y_prob)
            ece = UncertaintyCalibration.expected_calibration_error
            result |= {
                "test_accuracy": hits.mean().item(),
                "balanced_accuracy": float(np.mean(recalls)),
                "rare_event_f1": float(2 * found / all_rare) if all_rare else 0.0,
                "mean_uncertainty": float((test.epistemic + test.aleatoric).mean()),
                "calibration_error": ece(test.y_true, test.y_prob),
                "temperature": T,
                "scaled_calibration_error": ece(
                    test.y_true, UncertaintyCalibration.apply_temperature(test.y_prob, T)
                ),
                "inference_ms": test.seconds * 1000 / len(hits),
            }
            self.results[model_name] = result
            tracker.log_metrics(result)
        finally:
            tracker.finish_experiment()
        return result
