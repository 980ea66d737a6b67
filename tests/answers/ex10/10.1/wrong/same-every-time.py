class MonteCarloDropout:
    def forward(self, input):
        torch.manual_seed(0)
        one_row = input[..., :1, :] if input.ndim > 2 else input
        return input * F.dropout(torch.ones_like(one_row), self.p, training=True)
