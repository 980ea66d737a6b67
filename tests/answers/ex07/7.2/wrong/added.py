"""Time and position are added."""


class PositionalTime2Vec:
    def forward(self, time):
        batch, seq_len, _ = time.shape
        if seq_len > self.positions.num_embeddings:
            raise ValueError(f"{seq_len} rows are more than {self.positions.num_embeddings}")
        return self.time2vec(time) + self.positions(torch.arange(seq_len))
