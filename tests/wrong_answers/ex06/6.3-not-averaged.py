"""A loss for each light curve."""


class FocalLoss:
    def forward(self, inputs, targets):
        loss = F.cross_entropy(inputs, targets, reduction="none")
        return self.alpha * (1 - torch.exp(-loss)) ** self.gamma * loss
