class MonteCarloDropout:
    def forward(self, input):
        rows = input if input.ndim == 3 else input.unsqueeze(1)
        keep = torch.rand(len(rows), 1, rows.shape[2]).to(input) >= self.p
        scaled = torch.where(keep, rows / (1 - self.p) if self.p < 1 else rows, 0.0)
        return scaled if input.ndim == 3 else scaled.squeeze(1)
