"""The mean is taken over the batch."""


class SimplePhotometryMLP:
    def forward(self, x):
        mask = observed(x).unsqueeze(-1)
        hidden = self.layers(rescale(x)) * mask
        return self.classifier(hidden.sum(dim=0) / mask.sum(dim=0).clamp(min=1))
