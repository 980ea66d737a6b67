def class_balanced_weights(counts, beta=0.999):
    weights = [(1 - beta) / (1 - beta ** int(n)) if n else 0.0 for n in counts.tolist()]
    scale = len(weights) / sum(weights)
    return torch.tensor([scale * each for each in weights])


class SmoothFocalLoss:
    def forward(self, inputs, targets):
        k = inputs.size(1)
        q = torch.full_like(inputs, self.label_smoothing / k)
        q.scatter_(1, targets[:, None], 1 - self.label_smoothing + self.label_smoothing / k)
        p = F.softmax(inputs, dim=1)
        factor = (1 - p).clamp_min(1e-7).pow(self.gamma)
        return (-self.alpha * q * factor * F.log_softmax(inputs, dim=1)).sum(1).mean(0)
