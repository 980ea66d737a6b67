class BayesianTransformerEncoder:
    def forward_with_uncertainty(self, features, times, lengths, *, n_samples=100):
        was_training = self.training
        self.eval()
        with torch.no_grad():
            draw = torch.func.vmap(lambda _: self(features, times, lengths), randomness="same")
            samples = draw(torch.empty(n_samples)).softmax(dim=-1)
        self.train(was_training)
        return summarise(samples)
