"""Wrong: a class without objects is treated as if it had one, and gets the largest weight in place of 0."""
import torch
import torch.nn.functional as F
from torch import Tensor, nn


def class_balanced_weights(counts: Tensor, beta: float = 0.999) -> Tensor:
    n = counts.double().clamp(min=1)
    weights = (1 - beta) / (1 - beta**n)
    return (weights * len(counts) / weights.sum()).float()


class SmoothFocalLoss:
    def forward(self, inputs: Tensor, targets: Tensor) -> Tensor:
        log_p = inputs.log_softmax(dim=-1)
        num_classes = inputs.shape[-1]
        q = F.one_hot(targets, num_classes) * (1 - self.label_smoothing)
        q = q + self.label_smoothing / num_classes
        loss = -(q * (1 - log_p.exp()).clamp(min=1e-12) ** self.gamma * log_p).sum(dim=-1)
        return self.alpha * loss.mean()
