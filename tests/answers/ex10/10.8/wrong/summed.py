class SmoothFocalLoss:
    def forward(self, inputs, targets):
        log_p = F.log_softmax(inputs, dim=-1)
        k = inputs.shape[-1]
        wanted = F.one_hot(targets, k) * (1 - self.label_smoothing) + self.label_smoothing / k
        error = (1 - log_p.exp()).clamp(min=1e-7)
        return -self.alpha * (wanted * error**self.gamma * log_p).sum()
