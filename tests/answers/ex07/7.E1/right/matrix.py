class BandEmbedding:
    def __init__(self, num_bands, embed_dim):
        super().__init__()
        self.table = nn.Linear(num_bands, embed_dim, bias=False)

    def forward(self, bands):
        return self.table(bands)


class BandTime2VecTransformerEncoder:
    def __init__(self, input_dim, *, band_embed_dim=8, d_model=256, nhead=8, **sizes):
        super().__init__(3 + band_embed_dim, d_model, nhead, **sizes)
        self.band_embedding = BandEmbedding(embed_dim=band_embed_dim, num_bands=input_dim - 3)

    def embed(self, features, times):
        rows = features.split([3, features.shape[-1] - 3], dim=-1)
        rows = torch.cat([rows[0], self.band_embedding(rows[1])], dim=-1)
        rows = rescale(rows)
        return torch.cat([self.input_projection(rows), self.time_embedding(times)], dim=-1)
