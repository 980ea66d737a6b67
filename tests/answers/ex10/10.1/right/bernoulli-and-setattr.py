def replace_in(module, rate):
    for name, child in module.named_children():
        if isinstance(child, nn.Dropout):
            setattr(module, name, MonteCarloDropout(rate))
        else:
            replace_in(child, rate)


class MonteCarloDropout:
    def forward(self, input):
        shape = list(input.shape)
        if len(shape) == 3:
            shape[1] = 1
        kept = torch.full(shape, 1.0 - self.p, device=input.device)
        return input * torch.bernoulli(kept) / (1.0 - self.p)


class BayesianTransformerEncoder:
    def _replace_dropout_layers(self):
        first = len(self.transformer.layers) - self.mc_layers
        for i, layer in enumerate(self.transformer.layers):
            if i >= first:
                replace_in(layer, self.mc_dropout_rate)
        replace_in(self.classifier, self.mc_dropout_rate)
