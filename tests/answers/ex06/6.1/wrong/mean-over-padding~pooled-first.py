"""The features are averaged over all rows, then go through the layers."""


class SimplePhotometryMLP:
    def forward(self, x):
        return self.classifier(self.layers(rescale(x).mean(dim=1)))
