"""The running sum is divided by the whole length."""


class CausalTime2VecTransformerEncoder:
    def forward_steps(self, features, times, lengths):
        n = features.shape[1]
        if n > self.max_seq_len:
            raise ValueError(f"{n} rows are more than max_seq_len ({self.max_seq_len})")
        future = torch.ones(n, n, dtype=torch.bool, device=features.device).triu(1)
        padding = self.create_padding_mask(features, lengths).unsqueeze(-1)
        features, times = features.masked_fill(padding, 0.0), times.masked_fill(padding, 0.0)
        out = self.transformer(self.embed(features, times), mask=future)
        return self.classifier(out.cumsum(dim=1) / lengths.clamp(min=1).view(-1, 1, 1))

    def forward(self, features, times, lengths):
        steps = self.forward_steps(features, times, lengths)
        last = (lengths - 1).clamp(min=0)
        return steps[torch.arange(len(steps), device=steps.device), last]
