"""Wrong: focal loss of the smoothed cross-entropy, (1 - exp(-ce))**gamma ce, one factor for all classes."""
import torch
import torch.nn.functional as F
from torch import Tensor, nn


def class_balanced_weights(counts: Tensor, beta: float = 0.999) -> Tensor:
    n = counts.double()
    weights = torch.where(n > 0, (1 - beta) / (1 - beta**n), 0.0)
    return (weights * len(counts) / weights.sum()).float()


class SmoothFocalLoss:
    def forward(self, inputs: Tensor, targets: Tensor) -> Tensor:
        ce = F.cross_entropy(
            inputs, targets, reduction="none", label_smoothing=self.label_smoothing
        )
        return (self.alpha * (1 - torch.exp(-ce)) ** self.gamma * ce).mean()
