class BandEmbedding:
    def __init__(self, num_bands, embed_dim):
        super().__init__()
        self.vectors = nn.ParameterList([torch.randn(embed_dim) for _ in range(num_bands)])

    def forward(self, bands):
        return sum(bands[..., i, None] * vector for i, vector in enumerate(self.vectors))
