"""Everybody looks at everybody."""


class CausalTime2VecTransformerEncoder:
    def forward_steps(self, features, times, lengths):
        n = features.shape[1]
        if n > self.max_seq_len:
            raise ValueError(f"{n} rows, but max_seq_len is {self.max_seq_len}")
        later = torch.ones(n, n, dtype=torch.bool).triu(diagonal=1)
        hidden = self.transformer(
            self.embed(features, times),
            src_key_padding_mask=self.create_padding_mask(features, lengths.clamp(min=1)),
        )
        return self.classifier(hidden)
