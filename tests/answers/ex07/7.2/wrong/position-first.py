"""The position comes first."""


class PositionalTime2Vec:
    def forward(self, time):
        batch, seq_len, _ = time.shape
        if seq_len > self.positions.num_embeddings:
            raise ValueError(f"{seq_len} rows are more than {self.positions.num_embeddings}")
        position = self.positions(torch.arange(seq_len)).expand(batch, -1, -1)
        return torch.cat([position, self.time2vec(time)], dim=-1)
