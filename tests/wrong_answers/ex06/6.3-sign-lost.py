"""The logarithm of a probability is negative."""


class FocalLoss:
    def forward(self, inputs, targets):
        log_p = F.log_softmax(inputs, dim=-1).gather(-1, targets.unsqueeze(-1)).squeeze(-1)
        return (self.alpha * (1 - log_p.exp()) ** self.gamma * log_p).mean()
