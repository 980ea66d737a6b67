"""The attribute has another name."""


class BandTime2VecTransformerEncoder:
    def __init__(self, input_dim, *, band_embed_dim=8, **sizes):
        super().__init__(FIRST_BAND + band_embed_dim, **sizes)
        self.bands = BandEmbedding(input_dim - FIRST_BAND, band_embed_dim)

    def embed(self, features, times):
        measured, bands = features[..., :FIRST_BAND], features[..., FIRST_BAND:]
        return super().embed(torch.cat([measured, self.bands(bands)], dim=-1), times)
