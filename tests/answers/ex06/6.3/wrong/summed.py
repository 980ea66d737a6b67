"""A sum over the batch."""


class FocalLoss:
    def forward(self, inputs, targets):
        loss = F.cross_entropy(inputs, targets, reduction="none")
        return (self.alpha * (1 - torch.exp(-loss)) ** self.gamma * loss).sum()
