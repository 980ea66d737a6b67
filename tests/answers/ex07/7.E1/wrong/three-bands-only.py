"""Three bands for ever."""


class BandTime2VecTransformerEncoder:
    def __init__(self, input_dim, *, band_embed_dim=8, **sizes):
        super().__init__(FIRST_BAND + band_embed_dim, **sizes)
        self.band_embedding = BandEmbedding(3, band_embed_dim)
