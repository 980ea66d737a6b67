class Time2Vec:
    def __init__(self, input_dim=1, embed_dim=64):
        super().__init__()
        if embed_dim < 1:
            raise ValueError(embed_dim)
        self.slope, self.zero = (
            nn.Parameter(torch.randn(input_dim, 1)),
            nn.Parameter(torch.randn(1)),
        )
        self.octave = nn.Parameter(torch.randn(input_dim, embed_dim - 1))
        self.phase = nn.Parameter(torch.randn(embed_dim - 1))

    def forward(self, time):
        """The logarithms of the frequencies are learned, so that all of them are positive."""
        trend = torch.einsum("bsi,io->bso", time, self.slope) + self.zero
        angle = torch.einsum("bsi,io->bso", time, self.octave.exp()) + self.phase
        return torch.cat([trend, angle.sin()], dim=2)
