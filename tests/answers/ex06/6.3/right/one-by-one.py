class FocalLoss:
    def forward(self, inputs, targets):
        losses = []
        for logits, target in zip(inputs, targets):
            log_p = logits[target] - torch.logsumexp(logits, dim=0)
            losses.append(-self.alpha * (-torch.expm1(log_p)).pow(self.gamma) * log_p)
        return torch.stack(losses).mean()
