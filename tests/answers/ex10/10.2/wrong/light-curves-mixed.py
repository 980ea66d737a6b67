class BayesianTransformerEncoder:
    def forward_with_uncertainty(self, features, times, lengths, *, n_samples=100):
        mode = self.training
        self.eval()
        copies = [each.repeat_interleave(n_samples, dim=0) for each in (features, times, lengths)]
        with torch.no_grad():
            p = F.softmax(self(*copies), dim=-1)
        self.train(mode)
        return summarise(p.view(n_samples, len(features), -1))
