"""A Time2Vec transformer for light curves, and an ensemble of them.

It is the encoder of Exercise 7 with three changes. Its blocks are written out, on
`scaled_dot_product_attention`, so that they export to ONNX with any batch and length. What is
pooled is the masked mean and, beside it, a mean with learned weights, which explain a prediction.
And dropout takes its masks as an *input*: one mask per light curve and place, the same for all
observations (Gal and Ghahramani 2016, arXiv:1512.05287). Ones switch it off; random masks are Monte
Carlo samples, in PyTorch and ONNX Runtime alike.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from solutions.ex07_time2vec_transformer import Time2Vec
from solutions.final_project.encoding import COLUMNS

CLASSES = ("SNIa", "SNII", "CV", "AGN", "TDE")
DAYS = 100.0  # unit of time for the projection; Time2Vec has scales of its own


@dataclass(frozen=True)
class ModelConfig:
    """Sizes of the network."""

    input_dim: int = len(COLUMNS)
    d_model: int = 64
    heads: int = 4
    layers: int = 2
    inner: int = 128
    time_embed_dim: int = 24
    dropout: float = 0.2
    num_classes: int = len(CLASSES)
    num_features: int = 0

    @property
    def places(self) -> int:
        """How many places have a dropout mask: the input, two in each layer, features, head."""
        return 2 * self.layers + 3

    def to_dict(self) -> dict[str, Any]:
        """Return the sizes as they are written to a bundle."""
        return asdict(self)


class Block(nn.Module):
    """Self-attention and a small network for each row, both normalised first and added."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.norm_attention = nn.LayerNorm(config.d_model)
        self.query_key_value = nn.Linear(config.d_model, 3 * config.d_model)
        self.output = nn.Linear(config.d_model, config.d_model)
        self.norm_inner = nn.LayerNorm(config.d_model)
        self.inner = nn.Sequential(
            nn.Linear(config.d_model, config.inner),
            nn.GELU(),
            nn.Linear(config.inner, config.d_model),
        )

    def forward(self, x: Tensor, visible: Tensor, masks: Tensor) -> Tensor:
        """Return the rows (batch, n, d_model) after one layer.

        `visible` (batch, 1, 1, n) is True for observations, `masks` (batch, 2, d_model).
        """
        batch, n, width = x.shape
        parts = self.query_key_value(self.norm_attention(x))
        parts = parts.view(batch, n, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        heads = F.scaled_dot_product_attention(parts[0], parts[1], parts[2], attn_mask=visible)
        answer = heads.transpose(1, 2).reshape(batch, n, width)
        x = x + self.output(answer) * masks[:, 0:1]
        return x + self.inner(self.norm_inner(x)) * masks[:, 1:2]


class LightCurveTransformer(nn.Module):
    """Logits of light curves, and how much each observation weighs in them."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.projection = nn.Linear(config.input_dim, config.d_model - config.time_embed_dim)
        self.time_embedding = Time2Vec(embed_dim=config.time_embed_dim)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.d_model)
        self.interest = nn.Linear(config.d_model, 1)
        self.beside = nn.Sequential(nn.Linear(config.num_features, config.d_model), nn.GELU())
        self.head = nn.Sequential(nn.Linear(3 * config.d_model, config.d_model), nn.GELU())
        self.classifier = nn.Linear(config.d_model, config.num_classes)

    def forward(
        self, rows: Tensor, visible: Tensor, features: Tensor, masks: Tensor
    ) -> tuple[Tensor, ...]:
        """Return logits, embeddings and the weights of the observations.

        Args:
            rows: (batch, n, input_dim), as `encode` makes them; padding may hold any finite number.
            visible: bool (batch, n), True for observations, at least one of each light curve.
            features: (batch, num_features), standardised, 0 where they cannot be measured.
            masks: (batch, places, d_model), dropout masks; ones for none.

        Returns:
            logits (batch, num_classes), embeddings (batch, d_model), weights (batch, n), which add
            up to 1 and are 0 for padding.
        """
        scaled = torch.cat([rows[..., :1] / DAYS, rows[..., 1:]], dim=-1)
        x = torch.cat([self.projection(scaled), self.time_embedding(rows[..., :1])], dim=-1)
        x = x * masks[:, 0:1]
        keys = visible[:, None, None, :]
        for number, block in enumerate(self.blocks):
            x = block(x, keys, masks[:, 2 * number + 1 : 2 * number + 3])
        x = self.norm(x)
        interest = self.interest(x).squeeze(-1).masked_fill(~visible, -1e9)
        weights = interest.softmax(dim=-1)
        share = visible / visible.sum(dim=-1, keepdim=True)
        pooled = torch.stack([weights, share], dim=1) @ x  # (batch, 2, d_model)
        beside = self.beside(features) * masks[:, -2]
        embedding = self.head(torch.cat([pooled.flatten(1), beside], dim=-1))
        return self.classifier(embedding * masks[:, -1]), embedding, weights


def no_dropout(batch: int, config: ModelConfig) -> Tensor:
    """Return masks that leave everything as it is, (batch, places, d_model)."""
    return torch.ones(batch, config.places, config.d_model)


def dropout_masks(
    batch: int, config: ModelConfig, generator: torch.Generator | None = None
) -> Tensor:
    """Draw masks (batch, places, d_model): 0 with the probability of dropout, or 1 / (1 - p)."""
    keep = 1 - config.dropout
    shape = (batch, config.places, config.d_model)
    return (torch.rand(shape, generator=generator) < keep).float() / keep


def pad(sequences: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return rows (batch, longest, columns) and which of them are observations (batch, longest)."""
    lengths = np.array([len(each) for each in sequences])
    visible = np.arange(lengths.max()) < lengths[:, None]
    rows = np.zeros((*visible.shape, sequences[0].shape[1]), dtype=np.float32)
    rows[visible] = np.concatenate(sequences)
    return rows, visible
