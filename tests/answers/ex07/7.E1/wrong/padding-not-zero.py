"""A bias for everyone."""


class BandEmbedding:
    def __init__(self, num_bands, embed_dim):
        super().__init__()
        self.table = nn.Linear(num_bands, embed_dim)

    def forward(self, bands):
        return self.table(bands)
