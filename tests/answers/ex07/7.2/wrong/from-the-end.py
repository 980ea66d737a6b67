"""Positions are counted backwards."""


class PositionalTime2Vec:
    def forward(self, time):
        batch, seq_len, _ = time.shape
        if seq_len > self.positions.num_embeddings:
            raise ValueError(f"{seq_len} rows are more than {self.positions.num_embeddings}")
        position = self.positions(torch.arange(seq_len - 1, -1, -1)).expand(batch, -1, -1)
        return torch.cat([self.time2vec(time), position], dim=-1)
