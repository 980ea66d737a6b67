class BayesianTransformerEncoder:
    def forward_with_uncertainty(self, features, times, lengths, *, n_samples=100):
        was_training = self.training
        self.eval()
        with torch.no_grad():
            logits = self(
                features.repeat(n_samples, 1, 1),
                times.repeat(n_samples, 1, 1),
                lengths.repeat(n_samples),
            )
        self.train(was_training)
        return summarise(logits.view(n_samples, len(features), -1).softmax(dim=-1))
