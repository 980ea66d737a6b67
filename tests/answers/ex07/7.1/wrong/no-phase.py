"""Sines without a phase."""


class Time2Vec:
    def __init__(self, input_dim=1, embed_dim=64):
        super().__init__()
        if embed_dim < 1:
            raise ValueError(f"embed_dim must be at least 1, not {embed_dim}")
        self.linear = nn.Linear(input_dim, 1)
        self.periodic = nn.Linear(input_dim, embed_dim - 1, bias=False)
