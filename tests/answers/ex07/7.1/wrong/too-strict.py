"""At least one sine is asked for."""


class Time2Vec:
    def __init__(self, input_dim=1, embed_dim=64):
        super().__init__()
        if embed_dim < 2:
            raise ValueError(f"embed_dim {embed_dim} leaves no periodic component")
        self.linear = nn.Linear(input_dim, 1)
        self.periodic = nn.Linear(input_dim, embed_dim - 1)
        self.set_time_scales()

    def forward(self, time):
        return torch.cat([self.linear(time), torch.sin(self.periodic(time))], dim=-1)
