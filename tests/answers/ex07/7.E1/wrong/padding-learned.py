"""The row for padding begins at zero, and is learned."""


class BandEmbedding:
    def __init__(self, num_bands, embed_dim):
        super().__init__()
        self.vectors = nn.Embedding(num_bands + 1, embed_dim)
        nn.init.zeros_(self.vectors.weight[0].data)

    def forward(self, bands):
        return self.vectors((bands.argmax(dim=-1) + 1) * bands.any(dim=-1))
