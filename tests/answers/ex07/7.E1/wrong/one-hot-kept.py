"""The vectors come on top."""


class BandTime2VecTransformerEncoder:
    def __init__(self, input_dim, *, band_embed_dim=8, **sizes):
        super().__init__(input_dim + band_embed_dim, **sizes)
        self.band_embedding = BandEmbedding(input_dim - FIRST_BAND, band_embed_dim)

    def embed(self, features, times):
        vectors = self.band_embedding(features[..., FIRST_BAND:])
        return super().embed(torch.cat([features, vectors], dim=-1), times)
