"""The sum is divided by the right number, but padding has gone through the layers too."""


class SimplePhotometryMLP:
    def forward(self, x):
        count = observed(x).sum(dim=1, keepdim=True).clamp(min=1)
        return self.classifier(self.layers(rescale(x)).sum(dim=1) / count)
