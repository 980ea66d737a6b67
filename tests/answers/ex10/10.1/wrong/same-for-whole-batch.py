class MonteCarloDropout:
    def forward(self, input):
        mask = F.dropout(torch.ones(input.shape[-1]), self.p, training=True)
        return input * mask
