"""Wrong: the mean uncertainty is the epistemic part only."""
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from sklearn.metrics import f1_score
from torch import nn
from torch.utils.data import DataLoader


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
            tracker.start_experiment(dict(model_config), model_name)
            torch.manual_seed(self.seed)
            model = model_class(**model_config)
            start = time.perf_counter()
            model, _ = self.train(model, train_loader, val_loader)
            training_seconds = time.perf_counter() - start
            val = predict(model, val_loader, self.n_samples)
            test = predict(model, test_loader, self.n_samples)
            said = test.y_prob.argmax(axis=1)
            right = said == test.y_true
            recalls = [right[test.y_true == c].mean() for c in np.unique(test.y_true)]
            f1 = f1_score(test.y_true == RARE, said == RARE, zero_division=0.0)
            temperature = tools.fit_temperature(val.y_true, val.y_prob)
            scaled = tools.apply_temperature(test.y_prob, temperature)
            result = {
                "test_accuracy": float(right.mean()),
                "balanced_accuracy": float(np.mean(recalls)),
                "rare_event_f1": float(f1),
                "mean_uncertainty": float(test.epistemic.mean()),
                "calibration_error": float(
                    tools.expected_calibration_error(test.y_true, test.y_prob)
                ),
                "temperature": float(temperature),
                "scaled_calibration_error": float(
                    tools.expected_calibration_error(test.y_true, scaled)
                ),
                "parameters": sum(p.numel() for p in model.parameters()),
                "training_seconds": float(training_seconds),
                "inference_ms": float(1000 * test.seconds / len(test.y_true)),
            }
            tracker.log_metrics(result)
        self.results[model_name] = result
        self.predictions[model_name] = test
        self.models[model_name] = model
        return result
