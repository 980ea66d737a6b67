"""Softmax and logarithm in two steps."""


class FocalLoss:
    def forward(self, inputs, targets):
        p = F.softmax(inputs, dim=-1)[torch.arange(len(targets)), targets]
        return (-self.alpha * (1 - p) ** self.gamma * torch.log(p)).mean()
