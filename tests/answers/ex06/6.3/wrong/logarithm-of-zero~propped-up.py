"""A small number hides the infinity, and caps the loss."""


class FocalLoss:
    def forward(self, inputs, targets):
        p = F.softmax(inputs, dim=-1)[torch.arange(len(targets)), targets]
        return (-self.alpha * (1 - p) ** self.gamma * torch.log(p + 1e-12)).mean()
