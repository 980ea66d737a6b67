def class_balanced_weights(counts, beta=0.999):
    n = counts.numpy().astype(float)
    weights = np.zeros_like(n)
    weights[n > 0] = (1 - beta) / (1 - beta ** n[n > 0])
    return torch.tensor(weights / weights.mean(), dtype=torch.float32)


class SmoothFocalLoss:
    def forward(self, inputs, targets):
        logs = inputs - inputs.logsumexp(dim=1, keepdim=True)
        turned_down = (-torch.expm1(logs)).clamp(min=1e-8) ** self.gamma * logs
        of_truth = F.nll_loss(turned_down, targets)
        of_all = -turned_down.mean(dim=1).mean()
        loss = (1 - self.label_smoothing) * of_truth + self.label_smoothing * of_all
        return self.alpha * loss
