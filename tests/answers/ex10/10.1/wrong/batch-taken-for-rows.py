class MonteCarloDropout:
    def forward(self, input):
        mask = torch.ones_like(input[..., :1, :])
        return input * F.dropout(mask, self.p, training=True)
