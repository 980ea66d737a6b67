"""Days since the first row, once more."""


class Time2Vec:
    def __init__(self, input_dim=1, embed_dim=64):
        super().__init__()
        if embed_dim < 1:
            raise ValueError(f"embed_dim must be at least 1, got {embed_dim}")
        self.linear = nn.Linear(input_dim, 1)
        self.periodic = nn.Linear(input_dim, embed_dim - 1)
        self.set_time_scales()

    def forward(self, time):
        time = time - time[:, :1]  # days since the first observation
        return torch.cat([self.linear(time), torch.sin(self.periodic(time))], dim=-1)
