class BayesianTransformerEncoder:
    def _replace_dropout_layers(self):
        layers = self.transformer.layers
        for part in (*layers[len(layers) - self.mc_layers :], self.classifier):
            for name, layer in list(part.named_modules()):
                if isinstance(layer, nn.Dropout):
                    part.set_submodule(name, MonteCarloDropout(layer.p))
