"""Wrong: clips probabilities at 1e-12 before the logarithm, so a 0 becomes 0.25 or so at a high temperature."""
import numpy as np
from scipy.optimize import minimize_scalar


class UncertaintyCalibration:
    @staticmethod
    def apply_temperature(y_prob: np.ndarray, temperature: float) -> np.ndarray:
        logits = np.log(np.clip(y_prob, 1e-12, 1.0)) / temperature
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    @staticmethod
    def fit_temperature(y_true: np.ndarray, y_prob: np.ndarray) -> float:
        def cross_entropy(log_t: float) -> float:
            p = UncertaintyCalibration.apply_temperature(y_prob, np.exp(log_t))
            return -np.log(p[np.arange(len(y_true)), y_true].clip(1e-12)).mean()

        found = minimize_scalar(cross_entropy, bounds=(np.log(0.05), np.log(20)), method="bounded")
        return float(np.exp(found.x))
