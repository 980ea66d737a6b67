"""The formula is applied to the mean cross-entropy."""


class FocalLoss:
    def forward(self, inputs, targets):
        loss = F.cross_entropy(inputs, targets)
        p = torch.exp(-loss)
        return self.alpha * (1 - p) ** self.gamma * loss
