class Time2Vec:
    def __init__(self, input_dim=1, embed_dim=64):
        super().__init__()
        if not embed_dim >= 1:
            raise ValueError("embed_dim = %d: there must be a component" % embed_dim)
        self.w0 = nn.Parameter(torch.full((input_dim, 1), 0.01))
        self.b0 = nn.Parameter(torch.zeros(1))
        self.w = nn.Parameter(torch.rand(input_dim, embed_dim - 1) * math.pi)
        self.b = nn.Parameter(2 * math.pi * torch.rand(embed_dim - 1))

    def forward(self, time):
        """Formula (1) of the paper."""
        trend = torch.matmul(time, self.w0) + self.b0
        return torch.cat((trend, torch.matmul(time, self.w).add(self.b).sin()), -1)
