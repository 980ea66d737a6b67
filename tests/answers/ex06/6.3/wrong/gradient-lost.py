"""A number is returned, through which no gradient flows."""


class FocalLoss:
    def forward(self, inputs, targets):
        loss = F.cross_entropy(inputs, targets, reduction="none")
        return (self.alpha * (1 - torch.exp(-loss)) ** self.gamma * loss).mean().item()
