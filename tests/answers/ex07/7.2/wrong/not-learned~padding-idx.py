"""Position 0 is taken for padding."""


class PositionalTime2Vec:
    def __init__(self, time_embed_dim=64, pos_embed_dim=64, max_seq_len=100):
        super().__init__()
        self.time2vec = Time2Vec(embed_dim=time_embed_dim)
        self.max_seq_len = max_seq_len
        self.position = nn.Embedding(max_seq_len, pos_embed_dim, padding_idx=0)

    def forward(self, time):
        batch, seq_len, _ = time.shape
        if seq_len > self.max_seq_len:
            raise ValueError(f"sequence of {seq_len} rows is longer than {self.max_seq_len}")
        positions = torch.arange(seq_len, device=time.device).expand(batch, -1)
        return torch.cat([self.time2vec(time), self.position(positions)], dim=-1)
