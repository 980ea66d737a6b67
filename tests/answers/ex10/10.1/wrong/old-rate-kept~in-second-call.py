"""Wrong: skips layers that are MonteCarloDropout already, so a second call leaves the old rate."""
import torch.nn.functional as F
from torch import Tensor, nn


class MonteCarloDropout:
    def forward(self, input: Tensor) -> Tensor:
        rows = input[:, :1] if input.dim() == 3 else input
        return input * F.dropout(input.new_ones(rows.shape), self.p, training=True)


class BayesianTransformerEncoder:
    def _replace_dropout_layers(self) -> None:
        count = len(self.transformer.layers)
        parts = [self.transformer.layers[i] for i in range(count - self.mc_layers, count)]
        for part in [*parts, self.classifier]:
            for parent in part.modules():
                for name, child in list(parent.named_children()):
                    if isinstance(child, nn.Dropout) and not isinstance(child, MonteCarloDropout):
                        setattr(parent, name, MonteCarloDropout(self.mc_dropout_rate))
