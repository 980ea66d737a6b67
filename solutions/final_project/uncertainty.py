"""How sure, and why not: the law of total variance, and calibration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
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


NIGHTS = (1.0, 2.0, 3.0, 5.0, 8.0, 14.0, 25.0)
SPANS = (0.5, 3.0, 10.0, 30.0, 100.0, 300.0)  # [days]
RARE = 0.5  # how much more rare classes count in the fit: 0 not at all, 1 as much as common ones
MEAGRE, UNEVEN = 0.003, 0.003  # what biases, and jumps from knot to knot, cost in the fit


def knowledge(nights: np.ndarray, span: np.ndarray) -> np.ndarray:
    """Return how much is known of each light curve, on a scale of knots (n, knots).

    A number of nights between two of NIGHTS counts partly as each of them, evenly in its logarithm;
    likewise the days from the first point to the last one between SPANS. Each row adds up to 2.
    """
    return np.concatenate([_between(nights, NIGHTS), _between(span, SPANS)], axis=1)


def _between(values: np.ndarray, knots: tuple[float, ...]) -> np.ndarray:
    """Return the weights (n, knots) of a linear interpolation in the logarithm."""
    at = np.log(knots)
    x = np.log(np.clip(values, knots[0], knots[-1]))
    left = np.clip(np.searchsorted(at, x, side="right") - 1, 0, len(at) - 2)
    share = (x - at[left]) / (at[left + 1] - at[left])
    weights = np.zeros((len(x), len(at)))
    rows = np.arange(len(x))
    weights[rows, left] = 1 - share
    weights[rows, left + 1] += share
    return weights


@dataclass(frozen=True)
class Calibration:
    """From the scores of network and trees to log-likelihoods of the classes.

    log L = network * network scores + trees * tree scores + bias, where both weights and the bias
    depend on how much is known (`knowledge`): of one or two points hardly anything follows, so that
    the weights are small there and the answer is close to the prior.

    Attributes:
        network, trees: weights at each knot (knots,), not negative.
        bias: of each class at each knot (knots, classes).
    """

    network: np.ndarray
    trees: np.ndarray
    bias: np.ndarray

    def apply(self, network: np.ndarray, trees: np.ndarray, known: np.ndarray) -> np.ndarray:
        """Return log-likelihoods (..., n, classes), up to a constant.

        Args:
            network, trees: scores (..., n, classes).
            known: what `knowledge` says of the light curves (n, knots).
        """
        weights = (known @ self.network)[:, None], (known @ self.trees)[:, None]
        return weights[0] * network + weights[1] * trees + known @ self.bias


def fit_calibration(
    network: np.ndarray,
    trees: np.ndarray,
    known: np.ndarray,
    labels: np.ndarray,
    prior: np.ndarray,
) -> Calibration:
    """Fit weights and biases by the cross-entropy of the posterior.

    Rare classes weigh more than they are many, by shares ** -RARE, or a few dozen of their objects
    would have no say among thousands of others. The fit takes it into account as part of the prior,
    so that the likelihoods are the same but for chance.

    Args:
        network, trees: scores of light curves that these models have not seen (n, classes), of
            each object at several ages.
        known: what `knowledge` says of them (n, knots).
        labels: class numbers (n,).
        prior: of the posterior (classes,); about the shares of the classes among the labels, or
            else the biases make up for the difference.
    """
    n, knots = known.shape
    classes = network.shape[1]
    truth = np.eye(classes)[labels]
    shares = np.bincount(labels, minlength=classes) / n
    favour = np.maximum(shares, 1 / n) ** -RARE
    weights = (favour / (favour * shares).sum())[labels, None] / n
    offset = np.log(prior * favour)

    def loss(x: np.ndarray) -> tuple[float, np.ndarray]:
        found = _unpack(x, knots)
        log_p = log_softmax(found.apply(network, trees, known) + offset, axis=1)
        slope = weights * (np.exp(log_p) - truth)
        values = (found.network, found.trees, found.bias)
        slopes = (known.T @ (slope * network).sum(1), known.T @ (slope * trees).sum(1))
        jumps = [_jumps(each) for each in values]
        cost = -(weights * log_p * truth).sum() + sum(jump for jump, _ in jumps)
        cost += MEAGRE * (found.bias**2).sum()
        down = [*slopes, known.T @ slope + 2 * MEAGRE * found.bias]
        parts = [(a + b).ravel() for a, (_, b) in zip(down, jumps, strict=True)]
        return float(cost), np.concatenate(parts)

    start = np.concatenate([np.full(knots, 0.15), np.full(knots, 0.25), np.zeros(knots * classes)])
    bounds = [(0, 3)] * (2 * knots) + [(-3, 3)] * (knots * classes)
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return _unpack(best.x, knots)


def _unpack(x: np.ndarray, knots: int) -> Calibration:
    return Calibration(x[:knots], x[knots : 2 * knots], x[2 * knots :].reshape(knots, -1))


def _jumps(values: np.ndarray) -> tuple[float, np.ndarray]:
    """Return what jumps from knot to knot cost, and its slope; nights and spans have their own."""
    cost, slope = 0.0, np.zeros_like(values)
    for part in (slice(None, len(NIGHTS)), slice(len(NIGHTS), None)):
        steps = np.diff(values[part], axis=0)
        cost += UNEVEN * float((steps**2).sum())
        slope[part][1:] += 2 * UNEVEN * steps
        slope[part][:-1] -= 2 * UNEVEN * steps
    return cost, slope


def posterior(log_likelihood: np.ndarray, prior: np.ndarray) -> np.ndarray:
    """Return probabilities (..., classes) by Bayes' theorem."""
    return softmax(log_likelihood + np.log(prior), axis=-1)


def decide(probabilities: np.ndarray, prior: np.ndarray, balance: float) -> np.ndarray:
    """Return the number of the class to answer (...,): the largest p / prior ** balance.

    A missed object of a class with prior P costs P ** -balance. With a balance of 0 all errors cost
    the same, which gives the most right answers; with 1 each class counts the same, however rare.
    """
    return (probabilities / prior**balance).argmax(axis=-1)
