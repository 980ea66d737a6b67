class MonteCarloDropout:
    def forward(self, input):
        return F.dropout(input, self.p, training=True)
