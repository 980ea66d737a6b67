class MonteCarloDropout:
    def forward(self, input):
        one_row = input[..., :1, :] if input.ndim > 2 else input
        return input * F.dropout(torch.ones_like(one_row), self.p, self.training)
