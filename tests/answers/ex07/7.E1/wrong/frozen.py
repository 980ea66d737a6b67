"""`from_pretrained` freezes."""


class BandEmbedding:
    def __init__(self, num_bands, embed_dim):
        super().__init__()
        table = torch.randn(num_bands + 1, embed_dim)
        self.vectors = nn.Embedding.from_pretrained(table, padding_idx=0)
        with torch.no_grad():
            self.vectors.weight[0] = 0

    def forward(self, bands):
        return self.vectors((bands.argmax(dim=-1) + 1) * bands.any(dim=-1))
