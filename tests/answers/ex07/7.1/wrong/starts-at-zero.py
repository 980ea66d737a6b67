"""All parameters begin at zero."""


class Time2Vec:
    def __init__(self, input_dim=1, embed_dim=64):
        super().__init__()
        if embed_dim < 1:
            raise ValueError(f"embed_dim must be at least 1, not {embed_dim}")
        self.w = nn.Parameter(torch.zeros(input_dim, embed_dim))
        self.b = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, time):
        angle = time @ self.w + self.b
        return torch.cat([angle[..., :1], torch.sin(angle[..., 1:])], dim=-1)
