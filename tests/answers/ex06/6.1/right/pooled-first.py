class SimplePhotometryMLP:
    def __init__(self, input_size, hidden_sizes, num_classes, dropout=0.2):
        super().__init__()
        self.network = nn.Sequential()
        for i, (before, after) in enumerate(zip([input_size, *hidden_sizes], hidden_sizes)):
            self.network.add_module(f"linear{i}", nn.Linear(before, after))
            self.network.add_module(f"relu{i}", nn.ReLU())
            self.network.add_module(f"dropout{i}", nn.Dropout(dropout))
        self.network.add_module("last", nn.Linear(hidden_sizes[-1], num_classes))

    def forward(self, x):
        times, lengths = unpack_batch(x)
        observations = torch.where(observed(x)[..., None], rescale(x), 0.0)
        return self.network(observations.sum(dim=1) / lengths.clamp(min=1)[:, None])
