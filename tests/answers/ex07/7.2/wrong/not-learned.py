"""A plain tensor for the table."""


class PositionalTime2Vec:
    def __init__(self, time_embed_dim=64, pos_embed_dim=64, max_seq_len=100):
        super().__init__()
        self.time2vec = Time2Vec(embed_dim=time_embed_dim)
        self.table = torch.randn(max_seq_len, pos_embed_dim)

    def forward(self, time):
        batch, seq_len, _ = time.shape
        if seq_len > len(self.table):
            raise ValueError(f"{seq_len} rows are more than {len(self.table)}")
        position = self.table[:seq_len].expand(batch, -1, -1)
        return torch.cat([self.time2vec(time), position], dim=-1)
