"""Every class as if it were the true one."""


class FocalLoss:
    def forward(self, inputs, targets):
        log_p = F.log_softmax(inputs, dim=-1)
        loss = -self.alpha * (1 - log_p.exp()) ** self.gamma * log_p
        return loss.sum(dim=-1).mean()
