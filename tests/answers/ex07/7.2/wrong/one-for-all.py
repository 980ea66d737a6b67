"""One vector for all positions."""


class PositionalTime2Vec:
    def __init__(self, time_embed_dim=64, pos_embed_dim=64, max_seq_len=100):
        super().__init__()
        self.time2vec = Time2Vec(embed_dim=time_embed_dim)
        self.position = nn.Parameter(torch.randn(pos_embed_dim))
        self.max_seq_len = max_seq_len

    def forward(self, time):
        batch, seq_len, _ = time.shape
        if seq_len > self.max_seq_len:
            raise ValueError(f"{seq_len} rows are more than {self.max_seq_len}")
        position = self.position.expand(batch, seq_len, -1)
        return torch.cat([self.time2vec(time), position], dim=-1)
