"""Any length is accepted."""


class CausalTime2VecTransformerEncoder:
    def forward_steps(self, features, times, lengths):
        n = features.shape[1]
        later = torch.ones(n, n, dtype=torch.bool).triu(diagonal=1)
        hidden = self.transformer(self.embed(features, times), mask=later)
        return self.classifier(hidden)
