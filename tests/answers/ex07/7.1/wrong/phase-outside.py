"""The phase is added to the sine, and not to its angle."""


class Time2Vec:
    def __init__(self, input_dim=1, embed_dim=64):
        super().__init__()
        if embed_dim < 1:
            raise ValueError(f"embed_dim must be at least 1, not {embed_dim}")
        self.w0, self.b0 = nn.Parameter(torch.randn(input_dim, 1)), nn.Parameter(torch.randn(1))
        self.w = nn.Parameter(torch.randn(input_dim, embed_dim - 1))
        self.b = nn.Parameter(torch.randn(embed_dim - 1))

    def forward(self, time):
        return torch.cat([time @ self.w0 + self.b0, torch.sin(time @ self.w) + self.b], dim=-1)
