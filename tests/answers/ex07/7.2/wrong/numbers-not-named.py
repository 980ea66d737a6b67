"""Too long, but how long?"""


class PositionalTime2Vec:
    def forward(self, time):
        batch, seq_len, _ = time.shape
        if seq_len > self.positions.num_embeddings:
            raise ValueError("the sequence is too long")
        position = self.positions(torch.arange(seq_len)).expand(batch, -1, -1)
        return torch.cat([self.time2vec(time), position], dim=-1)
