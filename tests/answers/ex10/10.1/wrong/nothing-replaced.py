class BayesianTransformerEncoder:
    def _replace_dropout_layers(self):
        for part in (*self.transformer.layers[-self.mc_layers :], self.classifier):
            for layer in part.modules():
                if isinstance(layer, nn.Dropout):
                    layer = MonteCarloDropout(self.mc_dropout_rate)
