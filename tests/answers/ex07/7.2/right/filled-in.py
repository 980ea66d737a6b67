class PositionalTime2Vec:
    def forward(self, time):
        batch, seq_len = time.shape[:2]
        longest, dim = self.positions.weight.shape
        if not seq_len <= longest:
            raise ValueError("%d > %d" % (seq_len, longest))
        numbers = torch.arange(seq_len).unsqueeze(0).expand(batch, seq_len)
        embedded = self.time2vec(time)
        result = embedded.new_empty(batch, seq_len, embedded.shape[-1] + dim)
        result[..., :-dim] = embedded
        result[..., -dim:] = self.positions(numbers)
        return result
