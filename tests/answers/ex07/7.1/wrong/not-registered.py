"""Parameters in a plain list."""


class Time2Vec:
    def __init__(self, input_dim=1, embed_dim=64):
        super().__init__()
        if embed_dim < 1:
            raise ValueError(f"embed_dim must be at least 1, not {embed_dim}")
        self.layers = [nn.Linear(input_dim, 1), nn.Linear(input_dim, embed_dim - 1)]

    def forward(self, time):
        return torch.cat([self.layers[0](time), torch.sin(self.layers[1](time))], dim=-1)
