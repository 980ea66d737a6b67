"""Probabilities go into a function that wants logits."""


class FocalLoss:
    def forward(self, inputs, targets):
        probabilities = F.softmax(inputs, dim=-1)
        loss = F.cross_entropy(probabilities, targets, reduction="none")
        p = torch.exp(-loss)
        return (self.alpha * (1 - p) ** self.gamma * loss).mean()
