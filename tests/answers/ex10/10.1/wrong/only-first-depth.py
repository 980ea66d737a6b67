class BayesianTransformerEncoder:
    def _replace_dropout_layers(self):
        layers = self.transformer.layers
        for part in (*layers[len(layers) - self.mc_layers :], self.classifier):
            for name, layer in part.named_children():
                if isinstance(layer, nn.Dropout):
                    setattr(part, name, MonteCarloDropout(self.mc_dropout_rate))
