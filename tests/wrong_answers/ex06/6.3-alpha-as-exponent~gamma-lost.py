"""The exponent is alpha; gamma has no effect."""


class FocalLoss:
    def forward(self, inputs, targets):
        loss = F.cross_entropy(inputs, targets, reduction="none")
        return ((1 - torch.exp(-loss)) ** self.alpha * loss).mean()
