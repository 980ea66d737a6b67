"""PyTorch's own complaint must do."""


class Time2Vec:
    def __init__(self, input_dim=1, embed_dim=64):
        super().__init__()
        self.linear = nn.Linear(input_dim, 1)
        self.periodic = nn.Linear(input_dim, embed_dim - 1)
        self.set_time_scales()
