"""Not even oneself; the first row has to look somewhere."""


class CausalTime2VecTransformerEncoder:
    def forward_steps(self, features, times, lengths):
        n = features.shape[1]
        if n > self.max_seq_len:
            raise ValueError(f"{n} rows, but max_seq_len is {self.max_seq_len}")
        later = torch.ones(n, n, dtype=torch.bool).triu(diagonal=0)
        later[0, 0] = False
        hidden = self.transformer(self.embed(features, times), mask=later)
        hidden = torch.cat([hidden[:, :1], hidden[:, :-1]], dim=1)
        return self.classifier(hidden)
