def summarise(samples):
    n = len(samples)
    mean = samples.sum(dim=0) / n
    second = (samples**2).sum(dim=0) / n
    return dict(
        predictions=mean,
        epistemic_uncertainty=(second - mean**2).clamp(min=0).sum(dim=1),
        aleatoric_uncertainty=(mean - second).sum(dim=1),
        prediction_samples=samples,
    )


class BayesianTransformerEncoder:
    def forward_with_uncertainty(self, features, times, lengths, *, n_samples=100):
        before = self.training
        try:
            self.eval()
            with torch.no_grad():
                ask = torch.vmap(
                    lambda _: F.softmax(self(features, times, lengths), dim=1),
                    randomness="different",
                )
                samples = ask(torch.arange(n_samples))
        finally:
            self.train(before)
        return summarise(samples)
