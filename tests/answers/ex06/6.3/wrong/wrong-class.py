"""The probability of the class that the network prefers."""


class FocalLoss:
    def forward(self, inputs, targets):
        loss = F.cross_entropy(inputs, targets, reduction="none")
        p = F.softmax(inputs, dim=-1).max(dim=-1).values
        return (self.alpha * (1 - p) ** self.gamma * loss).mean()
