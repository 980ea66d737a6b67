"""All vectors begin at zero."""


class BandEmbedding:
    def __init__(self, num_bands, embed_dim):
        super().__init__()
        self.vectors = nn.Parameter(torch.zeros(num_bands, embed_dim))

    def forward(self, bands):
        return bands @ self.vectors
