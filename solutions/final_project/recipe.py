"""All that decides what a training gives, beside the table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from solutions.final_project.encoding import EncodingConfig
from solutions.final_project.model import ModelConfig
from solutions.final_project.network_training import Schedule
from solutions.final_project.trees import ROUNDS


@dataclass(frozen=True)
class Recipe:
    """All that decides what comes out, beside the table.

    Attributes:
        seed: of all random numbers.
        synthetic: objects per class of the synthetic sky; 0 for none.
        synthetic_weight: weight of its classes beside real ones for the trees.
        young_weight: weight of a class, beside a real one, of its objects in their first weeks.
        pretraining, training: how the networks are trained.
        rounds: of the trees.
        prior: probability of each class before anything is known: about the shares among ZTF
            transients that are bright enough for a spectrum, as in the labelled objects.
        balance: what an error costs; see `uncertainty.decide`.
    """

    seed: int = 0
    synthetic: int = 1000
    pretraining: Schedule = field(default_factory=lambda: Schedule(epochs=3))
    training: Schedule = field(default_factory=Schedule)
    synthetic_weight: float = 0.3
    young_weight: float = 0.4
    rounds: int = ROUNDS
    prior: tuple[float, ...] = (0.74, 0.20, 0.015, 0.03, 0.015)
    balance: float = 0.5
    encoding: EncodingConfig = field(default_factory=EncodingConfig)
    model: ModelConfig = field(default_factory=ModelConfig)

    @classmethod
    def from_dict(cls, recipe: dict[str, Any]) -> Recipe:
        """Read what `to_dict` wrote."""
        parts: dict[str, Any] = {
            "prior": tuple(recipe["prior"]),
            "pretraining": Schedule(**recipe["pretraining"]),
            "training": Schedule(**recipe["training"]),
            "encoding": EncodingConfig(**recipe["encoding"]),
            "model": ModelConfig(**recipe["model"]),
        }
        return cls(**recipe | parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the recipe for a record."""
        return {
            "seed": self.seed,
            "synthetic": self.synthetic,
            "synthetic_weight": self.synthetic_weight,
            "young_weight": self.young_weight,
            "rounds": self.rounds,
            "prior": list(self.prior),
            "balance": self.balance,
            "pretraining": self.pretraining.to_dict(),
            "training": self.training.to_dict(),
            "encoding": self.encoding.to_dict(),
            "model": self.model.to_dict(),
        }
