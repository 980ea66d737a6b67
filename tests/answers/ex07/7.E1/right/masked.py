class BandEmbedding:
    def __init__(self, num_bands, embed_dim):
        super().__init__()
        self.vectors = nn.Parameter(torch.randn(num_bands, embed_dim))

    def forward(self, bands):
        chosen = self.vectors[bands.argmax(dim=-1)]
        return chosen * (bands.sum(dim=-1, keepdim=True) > 0)
