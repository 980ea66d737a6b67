from contextlib import ExitStack
from sklearn.metrics import precision_recall_fscore_support, recall_score


class ModelComparison:
    def _measures(self, val, test):
        guess = test.y_prob.argmax(-1)
        _, _, f1, _ = precision_recall_fscore_support(
            test.y_true, guess, labels=[RARE], zero_division=0
        )
        kept = UncertaintyCalibration.fit_temperature(val.y_true, val.y_prob)
        cooled = UncertaintyCalibration.apply_temperature(test.y_prob, kept)
        classes = np.unique(test.y_true)
        recall = recall_score(test.y_true, guess, labels=classes, average="macro", zero_division=0)
        error = UncertaintyCalibration.expected_calibration_error
        return dict(
            test_accuracy=float(np.mean(guess == test.y_true)),
            balanced_accuracy=float(recall),
            rare_event_f1=float(f1[0]),
            mean_uncertainty=float(np.mean(test.uncertainty)),
            calibration_error=float(error(test.y_true, test.y_prob)),
            temperature=float(kept),
            scaled_calibration_error=float(error(test.y_true, cooled)),
            inference_ms=float(1e3 * test.seconds / test.y_true.size),
        )

    def train_and_evaluate_model(
        self, model_name, model_class, model_config, train_loader, val_loader, test_loader
    ):
        with ExitStack() as stack:
            tracker = stack.enter_context(self.make_tracker(self.project_name))
            tracker.start_experiment(config=model_config, experiment_name=model_name)
            torch.manual_seed(self.seed)
            model = model_class(**model_config)
            before = time.perf_counter()
            trained = self.train(model, train_loader, val_loader)[0]
            after = time.perf_counter()
            predictions = [
                predict(trained, each, self.n_samples) for each in (val_loader, test_loader)
            ]
            result = self._measures(*predictions)
            result["parameters"] = sum(map(torch.numel, trained.parameters()))
            result["training_seconds"] = after - before
            tracker.log_metrics(result, step=0)
        self.results.update({model_name: result})
        self.predictions.update({model_name: predictions[1]})
        self.models.update({model_name: trained})
        return dict(result)
