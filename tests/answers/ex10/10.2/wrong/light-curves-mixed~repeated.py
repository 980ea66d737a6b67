class BayesianTransformerEncoder:
    def forward_with_uncertainty(self, features, times, lengths, *, n_samples=100):
        mode = self.training
        self.eval()
        many = features.repeat(n_samples, 1, 1), times.repeat(n_samples, 1, 1)
        with torch.no_grad():
            p = F.softmax(self(*many, lengths.repeat(n_samples)), dim=-1)
        self.train(mode)
        return summarise(p.view(len(features), n_samples, -1).transpose(0, 1))
