class BayesianTransformerEncoder:
    def _replace_dropout_layers(self):
        for name, layer in list(self.named_modules()):
            if isinstance(layer, nn.Dropout):
                self.set_submodule(name, MonteCarloDropout(self.mc_dropout_rate))
