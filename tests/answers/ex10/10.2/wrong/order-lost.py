class BayesianTransformerEncoder:
    def forward_with_uncertainty(self, features, times, lengths, *, n_samples=100):
        was_training = self.training
        self.eval()
        order = lengths.argsort()
        samples = []
        with torch.no_grad():
            for i in order.tolist():
                n = max(int(lengths[i]), 1)
                logits = self(
                    features[i, :n].expand(n_samples, -1, -1),
                    times[i, :n].expand(n_samples, -1, -1),
                    lengths[i].expand(n_samples),
                )
                samples.append(logits.softmax(dim=-1))
        self.train(was_training)
        return summarise(torch.stack(samples, dim=1))
