"""The last hidden layer has no ReLU."""


class SimplePhotometryMLP:
    def __init__(self, input_size, hidden_sizes, num_classes, dropout=0.2):
        super().__init__()
        sizes = [input_size] + list(hidden_sizes)
        layers = []
        for i in range(len(sizes) - 1):
            layers.append(nn.Linear(sizes[i], sizes[i + 1]))
            if i < len(sizes) - 2:
                layers.append(nn.ReLU())
            layers.append(nn.Dropout(dropout))
        self.layers = nn.Sequential(*layers)
        self.last = nn.Linear(sizes[-1], num_classes)

    def forward(self, x):
        mask = observed(x).unsqueeze(-1)
        hidden = self.layers(rescale(x)) * mask
        return self.last(hidden.sum(dim=1) / mask.sum(dim=1).clamp(min=1))
