class CausalTime2VecTransformerEncoder:
    def forward_steps(self, features, times, lengths):
        n = features.shape[1]
        if n > self.max_seq_len:
            raise ValueError(f"{n} rows, but max_seq_len is {self.max_seq_len}")
        later = nn.Transformer.generate_square_subsequent_mask(n)
        hidden = self.transformer(self.embed(features, times), later, is_causal=True)
        return self.classifier(hidden.cumsum(dim=1) / torch.arange(1, n + 1).unsqueeze(1))
