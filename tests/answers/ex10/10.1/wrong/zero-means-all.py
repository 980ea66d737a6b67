class BayesianTransformerEncoder:
    def _replace_dropout_layers(self):
        for part in (*self.transformer.layers[-self.mc_layers :], self.classifier):
            for name, layer in list(part.named_modules()):
                if isinstance(layer, nn.Dropout):
                    part.set_submodule(name, MonteCarloDropout(self.mc_dropout_rate))
