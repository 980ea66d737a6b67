"""A mean over all rows."""


class SimplePhotometryMLP:
    def forward(self, x):
        hidden = self.layers(rescale(x))
        return self.classifier(hidden.mean(dim=1))
