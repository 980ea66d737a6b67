"""As many rows as positions are refused."""


class PositionalTime2Vec:
    def __init__(self, time_embed_dim=64, pos_embed_dim=64, max_seq_len=100):
        super().__init__()
        self.time2vec = Time2Vec(embed_dim=time_embed_dim)
        self.position = nn.Embedding(max_seq_len, pos_embed_dim)

    def forward(self, time):
        batch, seq_len, _ = time.shape
        if seq_len >= self.position.num_embeddings:
            raise ValueError(f"{seq_len} rows, at most {self.position.num_embeddings} positions")
        positions = torch.arange(seq_len, device=time.device).expand(batch, -1)
        return torch.cat([self.time2vec(time), self.position(positions)], dim=-1)
