class CausalTime2VecTransformerEncoder:
    def forward_steps(self, features, times, lengths):
        """Cut every light curve off after each row. Slow, and it needs no mask."""
        batch, seq_len, _ = features.shape
        if seq_len > self.max_seq_len:
            raise ValueError(f"{seq_len} rows are more than {self.max_seq_len}")
        hidden = self.embed(features, times)
        steps = [self.transformer(hidden[:, : i + 1])[:, -1] for i in range(seq_len)]
        return self.classifier(torch.stack(steps, dim=1))

    def forward(self, features, times, lengths):
        steps = self.forward_steps(features, times, lengths)
        last = (lengths - 1).clamp(min=0).view(-1, 1, 1).expand(-1, 1, steps.shape[-1])
        return steps.gather(1, last).squeeze(1)
