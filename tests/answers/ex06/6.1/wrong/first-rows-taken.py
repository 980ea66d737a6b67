"""The first n rows are taken, where n is the number of observations."""


class SimplePhotometryMLP:
    def __init__(self, input_size, hidden_sizes, num_classes, dropout=0.2):
        super().__init__()
        layers, width = [], input_size
        for size in hidden_sizes:
            layers += [nn.Linear(width, size), nn.ReLU(), nn.Dropout(dropout)]
            width = size
        self.layers = nn.Sequential(*layers)
        self.last = nn.Linear(width, num_classes)

    def forward(self, x):
        _, lengths = unpack_batch(x)
        hidden = self.layers(rescale(x))
        mask = (torch.arange(x.shape[1], device=x.device) < lengths.unsqueeze(1)).unsqueeze(-1)
        mean = (hidden * mask).sum(dim=1) / lengths.clamp(min=1).unsqueeze(1)
        return self.last(mean)
