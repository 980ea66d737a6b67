"""Fixed frequencies, as in a sinusoidal encoding; only the phases are learned."""


class Time2Vec:
    def __init__(self, input_dim=1, embed_dim=64):
        super().__init__()
        if embed_dim < 1:
            raise ValueError(f"embed_dim must be at least 1, not {embed_dim}")
        self.linear = nn.Linear(input_dim, 1)
        exponents = torch.arange(embed_dim - 1) / embed_dim
        self.register_buffer("frequencies", 10000.0**-exponents)
        self.phases = nn.Parameter(torch.zeros(embed_dim - 1))

    def forward(self, time):
        angle = time.sum(dim=-1, keepdim=True) * self.frequencies + self.phases
        return torch.cat([self.linear(time), torch.sin(angle)], dim=-1)
