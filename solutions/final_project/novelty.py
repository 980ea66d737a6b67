"""A score for "unlike anything I know".

Two views of it. Trees were shown supernovae of other types, variable stars and the like, and
separate them from the five classes: they know what a stripped-envelope supernova looks like. And
the distance to the nearest class in the space of features (Mahalanobis) is large for whatever
resembles nothing, also if nobody has shown it before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

SHRINKAGE = 0.2  # part of the covariance that is taken from its diagonal alone
MOST_OF_CLASS = 800  # objects of a class that enter the common covariance


@dataclass(frozen=True)
class Distances:
    """Squared Mahalanobis distance to the nearest class.

    Attributes:
        means: (classes, k) means of the standardised features.
        precision: (k, k) inverse of the common covariance.
    """

    means: np.ndarray
    precision: np.ndarray

    @classmethod
    def fit(cls, inputs: np.ndarray, labels: np.ndarray) -> Self:
        """Take means and covariance from standardised features (n, k) and class numbers (n,)."""
        means = np.stack([inputs[labels == c].mean(axis=0) for c in range(labels.max() + 1)])
        scatter = [(inputs[labels == c] - m)[:MOST_OF_CLASS] for c, m in enumerate(means)]
        covariance = np.cov(np.concatenate(scatter).T)
        diagonal = np.diag(np.diag(covariance) + 1e-3)
        mixed = (1 - SHRINKAGE) * covariance + SHRINKAGE * diagonal
        return cls(means, np.linalg.inv(mixed))

    def nearest(self, inputs: np.ndarray) -> np.ndarray:
        """Return the squared distance of each object to its nearest class (n,)."""
        away = inputs[:, None, :] - self.means  # (n, classes, k)
        return np.einsum("nck,kl,ncl->nc", away, self.precision, away, optimize=True).min(axis=1)


@dataclass(frozen=True)
class Novelty:
    """Probability that an object is of no known class, if one in two were.

    Attributes:
        distances: to the known classes.
        trees, distance, bias: weights of the trees' score, of log(squared distance), and a bias.
    """

    distances: Distances
    trees: float
    distance: float
    bias: float

    def score(self, trees: np.ndarray, inputs: np.ndarray) -> np.ndarray:
        """Return the score (n,) from 0 to 1, given the trees' scores and standardised features."""
        return self.combine(trees, self.distances.nearest(inputs))

    def combine(self, trees: np.ndarray, squared: np.ndarray) -> np.ndarray:
        """Return the score (n,), given the trees' scores and squared distances."""
        far = np.log(squared + 1)
        return np.asarray(expit(self.trees * trees + self.distance * far + self.bias))

    def to_dict(self) -> dict[str, Any]:
        """Return everything as it is written to JSON."""
        return {
            "means": np.round(self.distances.means, 5).tolist(),
            "precision": np.round(self.distances.precision, 5).tolist(),
            "trees": self.trees,
            "distance": self.distance,
            "bias": self.bias,
        }

    @classmethod
    def from_dict(cls, config: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote."""
        distances = Distances(np.array(config["means"]), np.array(config["precision"]))
        return cls(distances, config["trees"], config["distance"], config["bias"])


def fit_novelty(
    distances: Distances, trees: np.ndarray, squared: np.ndarray, is_other: np.ndarray
) -> Novelty:
    """Fit the weights on objects that neither trees nor distances have seen.

    Args:
        distances: what the result is to use.
        trees, squared: scores of the trees and squared distances (n,).
        is_other: bool (n,), True for types outside the classes.
    """
    columns = np.column_stack([trees, np.log(squared + 1)])
    fitted = LogisticRegression(class_weight="balanced").fit(columns, is_other)
    (trees_weight, distance_weight), bias = fitted.coef_[0], fitted.intercept_[0]
    return Novelty(distances, float(trees_weight), float(distance_weight), float(bias))
