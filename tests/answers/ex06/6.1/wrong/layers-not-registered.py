"""The layers stand in an ordinary list, where PyTorch does not see them."""


class SimplePhotometryMLP:
    def __init__(self, input_size, hidden_sizes, num_classes, dropout=0.2):
        super().__init__()
        sizes = [input_size, *hidden_sizes]
        self.hidden = [nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:])]
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(sizes[-1], num_classes)

    def forward(self, x):
        mask = observed(x).unsqueeze(-1)
        x = rescale(x)
        for layer in self.hidden:
            x = self.dropout(F.relu(layer(x)))
        mean = (x * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)
        return self.classifier(mean)
