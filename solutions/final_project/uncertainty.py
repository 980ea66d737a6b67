"""How sure, and why not: the law of total variance, and calibration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.special import log_softmax, softmax


@dataclass(frozen=True)
class Uncertainty:
    """Parts of the variance of the (one-hot) class, summed over the classes; arrays (n,).

    Var(class) = E[Var(class | model)] + Var(E[class | model]): what no model could know (aleatoric)
    and what the models do not agree on (epistemic). They add up to `total`, which is 0 if all
    models are sure of the same class, and at most 1 - 1 / number of classes.
    """

    aleatoric: np.ndarray
    epistemic: np.ndarray
    total: np.ndarray


def law_of_total_variance(samples: np.ndarray) -> Uncertainty:
    """Split the variance of the class.

    Args:
        samples: probabilities, (models or Monte Carlo samples, n, classes).
    """
    mean = samples.mean(axis=0)
    aleatoric = (samples * (1 - samples)).sum(axis=-1).mean(axis=0)
    epistemic = samples.var(axis=0).sum(axis=-1)
    return Uncertainty(aleatoric, epistemic, (mean * (1 - mean)).sum(axis=-1))


@dataclass(frozen=True)
class Calibration:
    """From the scores of network and trees to log-likelihoods of the classes.

    log L = network * network scores + trees * tree scores + bias. Fitted with equal weight for each
    class, so that no prior is in it. The posterior is then sharpened, p ** sharpness, so that its
    confidence is right for a sample in which most objects are of the common classes.
    """

    network: float
    trees: float
    bias: tuple[float, ...]
    sharpness: float = 1.0

    def apply(self, network: np.ndarray, trees: np.ndarray) -> np.ndarray:
        """Return log-likelihoods (..., classes), up to a constant."""
        return self.network * network + self.trees * trees + np.asarray(self.bias)


def balanced_weights(labels: np.ndarray, classes: int) -> np.ndarray:
    """Return weights (n,) with which every class that occurs counts the same; their mean is 1."""
    counts = np.bincount(labels, minlength=classes)
    return len(labels) / ((counts > 0).sum() * counts[labels])


def fit_calibration(network: np.ndarray, trees: np.ndarray, labels: np.ndarray) -> Calibration:
    """Fit the weights and biases by the balanced cross-entropy.

    Args:
        network, trees: scores of objects that these models have not seen, (n, classes).
        labels: class numbers (n,).
    """
    classes = network.shape[1]
    weights = balanced_weights(labels, classes)

    def loss(x: np.ndarray) -> float:
        scores = x[0] * network + x[1] * trees + x[2:]
        chosen = log_softmax(scores, axis=1)[np.arange(len(labels)), labels]
        return float(-(weights * chosen).mean() + 0.002 * (x[2:] ** 2).sum())

    start = np.concatenate([[0.5, 0.5], np.zeros(classes)])
    bounds = [(0, 3), (0, 3), *[(-3, 3)] * classes]
    best = minimize(loss, start, method="L-BFGS-B", bounds=bounds).x
    return Calibration(float(best[0]), float(best[1]), tuple(float(b) for b in best[2:]))


def fit_sharpness(log_likelihood: np.ndarray, prior: np.ndarray, labels: np.ndarray) -> float:
    """Return the sharpness with the least cross-entropy, each object with the same weight."""
    scores = log_likelihood + np.log(prior)

    def loss(sharpness: float) -> float:
        chosen = log_softmax(sharpness * scores, axis=1)[np.arange(len(labels)), labels]
        return float(-chosen.mean())

    return float(minimize_scalar(loss, bounds=(0.3, 3), method="bounded").x)


def posterior(log_likelihood: np.ndarray, prior: np.ndarray, sharpness: float = 1.0) -> np.ndarray:
    """Return probabilities (..., classes) by Bayes' theorem, sharpened."""
    return softmax(sharpness * (log_likelihood + np.log(prior)), axis=-1)


def expected_calibration_error(
    confidence: np.ndarray, correct: np.ndarray, bins: int = 15
) -> float:
    """Return the mean |accuracy - confidence| over bins of equal width, weighted by their size."""
    number = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = np.bincount(number, confidence - correct, minlength=bins)
    return float(np.abs(gaps).sum() / len(confidence))
