class FocalLoss:
    def forward(self, inputs, targets):
        log_p = F.log_softmax(inputs, dim=1)
        truth = F.one_hot(targets, num_classes=inputs.shape[1]).to(inputs.dtype)
        log_p = (truth * log_p).sum(dim=1)
        return -(self.alpha * torch.pow(1 - torch.exp(log_p), self.gamma) * log_p).mean()
