class FocalLoss:
    def forward(self, inputs, targets):
        log_probabilities = nn.functional.log_softmax(inputs, -1)
        log_p = log_probabilities.gather(1, targets.view(-1, 1)).view(-1)
        focus = (1 - log_p.exp()) ** self.gamma
        return (
            self.alpha * focus * F.nll_loss(log_probabilities, targets, reduction="none")
        ).sum() / len(targets)
