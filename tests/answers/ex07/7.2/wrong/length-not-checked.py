"""`nn.Embedding` raises an IndexError of its own."""


class PositionalTime2Vec:
    def forward(self, time):
        batch, seq_len, _ = time.shape
        position = self.positions(torch.arange(seq_len)).expand(batch, -1, -1)
        return torch.cat([self.time2vec(time), position], dim=-1)
