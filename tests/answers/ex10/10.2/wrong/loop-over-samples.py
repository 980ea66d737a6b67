class BayesianTransformerEncoder:
    def forward_with_uncertainty(self, features, times, lengths, *, n_samples=100):
        was_training = self.training
        self.eval()
        with torch.no_grad():
            samples = [
                self(features, times, lengths).softmax(dim=-1) for _ in range(n_samples)
            ]
        self.train(was_training)
        return summarise(torch.stack(samples))
