class ModelComparison:
    def train_and_evaluate_model(
        self,
        model_name: str,
        model_class: Callable[..., nn.Module],
        model_config: Mapping[str, Any],
        train_loader: DataLoader,
        val_loader: DataLoader,
        test_loader: DataLoader,
    ) -> dict[str, float]:
        tools = UncertaintyCalibration
        with self.make_tracker(self.project_name) as tracker:
            tracker.start_experiment(model_config, model_name)
            torch.manual_seed(self.seed)
            model = model_class(**model_config)
            start = time.perf_counter()
            model, _ = self.train(model, train_loader, val_loader)
            training_seconds = time.perf_counter() - start
            val = predict(model, val_loader, self.n_samples)
            test = predict(model, test_loader, self.n_samples)
            guess = test.y_prob.argmax(axis=1)
            temperature = tools.fit_temperature(val.y_true, val.y_prob)
            scaled = tools.apply_temperature(test.y_prob, temperature)
            rare_f1 = f1_score(test.y_true == RARE, guess == RARE, zero_division=0.0)
            result = {
                "test_accuracy": float((guess == test.y_true).mean()),
                "balanced_accuracy": float(balanced_accuracy_score(test.y_true, guess)),
                "rare_event_f1": float(rare_f1),
                "mean_uncertainty": float(test.uncertainty.mean()),
                "calibration_error": tools.expected_calibration_error(test.y_true, test.y_prob),
                "temperature": temperature,
                "scaled_calibration_error": tools.expected_calibration_error(test.y_true, scaled),
                "parameters": sum(weights.numel() for weights in model.parameters()),
                "training_seconds": training_seconds,
                "inference_ms": 1000 * test.seconds / len(test.y_true),
            }
            tracker.log_metrics(result)
        self.results[model_name] = result
        self.predictions[model_name], self.models[model_name] = test, model
        return result
