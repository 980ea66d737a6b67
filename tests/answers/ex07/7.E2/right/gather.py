class CausalTime2VecTransformerEncoder:
    def forward(self, features, times, lengths):
        steps = self.forward_steps(features, times, lengths)
        chosen = [each[max(n - 1, 0)] for each, n in zip(steps, lengths.tolist())]
        return torch.stack(chosen)
