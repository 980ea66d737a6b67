"""One frequency for all sines, with different phases."""


class Time2Vec:
    def __init__(self, input_dim=1, embed_dim=64):
        super().__init__()
        if embed_dim < 1:
            raise ValueError(f"embed_dim must be at least 1, not {embed_dim}")
        self.linear = nn.Linear(input_dim, 1)
        self.periodic = nn.Linear(input_dim, 1)
        self.phases = nn.Parameter(torch.randn(embed_dim - 1))

    def forward(self, time):
        return torch.cat([self.linear(time), torch.sin(self.periodic(time) + self.phases)], dim=-1)
