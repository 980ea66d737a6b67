"""The vectors are made and forgotten."""


class BandTime2VecTransformerEncoder:
    def __init__(self, input_dim, *, band_embed_dim=8, **sizes):
        super().__init__(FIRST_BAND, **sizes)
        self.band_embedding = BandEmbedding(input_dim - FIRST_BAND, band_embed_dim)

    def embed(self, features, times):
        return super().embed(features[..., :FIRST_BAND], times)
