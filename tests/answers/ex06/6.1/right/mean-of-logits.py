class SimplePhotometryMLP:
    def __init__(self, input_size, hidden_sizes, num_classes, dropout=0.2):
        super().__init__()

        def block(before, after):
            return nn.Sequential(nn.Linear(before, after), nn.ReLU(), nn.Dropout(dropout))

        sizes = (input_size, *hidden_sizes)
        blocks = [block(a, b) for a, b in zip(sizes[:-1], sizes[1:])]
        self.phi = nn.Sequential(*blocks, nn.Linear(sizes[-1], num_classes))

    def forward(self, x):
        weights = observed(x).to(x.dtype)
        weights = weights / weights.sum(dim=1, keepdim=True).clamp(min=1)
        return torch.einsum("bt,btc->bc", weights, self.phi(rescale(x)))
