class MonteCarloDropout:
    def forward(self, input):
        if input.ndim == 2:
            return F.dropout(input, p=self.p)
        return F.dropout1d(input.transpose(1, 2), p=self.p).transpose(1, 2)


class BayesianTransformerEncoder:
    def _replace_dropout_layers(self):
        number = len(self.transformer.layers)
        chosen = [f"transformer.layers.{i}." for i in range(number - self.mc_layers, number)]
        for path, layer in list(self.named_modules()):
            if isinstance(layer, nn.Dropout) and path.startswith((*chosen, "classifier.")):
                owner, _, name = path.rpartition(".")
                setattr(self.get_submodule(owner), name, MonteCarloDropout(p=self.mc_dropout_rate))
