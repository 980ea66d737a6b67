class PositionalTime2Vec:
    def __init__(self, time_embed_dim=64, pos_embed_dim=64, max_seq_len=100):
        super().__init__()
        self.time2vec = Time2Vec(1, time_embed_dim)
        self.table = nn.Parameter(torch.zeros(1, max_seq_len, pos_embed_dim))
        nn.init.normal_(self.table, std=0.02)

    def forward(self, time):
        seq_len, longest = time.size(1), self.table.size(1)
        if seq_len > longest:
            raise ValueError(f"max_seq_len is {longest}, but there are {seq_len} rows")
        table = self.table[:, :seq_len].repeat(time.size(0), 1, 1)
        return torch.cat((self.time2vec(time), table), dim=2)
