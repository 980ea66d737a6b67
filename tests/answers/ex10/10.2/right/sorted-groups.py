def summarise(samples):
    mean = samples.mean(0)
    total = (mean * (1 - mean)).sum(-1)
    epistemic = ((samples - mean) ** 2).mean(0).sum(-1)
    return {
        "prediction_samples": samples,
        "predictions": mean,
        "epistemic_uncertainty": epistemic,
        "aleatoric_uncertainty": total - epistemic,
    }


class BayesianTransformerEncoder:
    @torch.inference_mode()
    def forward_with_uncertainty(self, features, times, lengths, *, n_samples=100):
        mode, self.training = self.training, False
        for module in self.modules():
            module.training = False
        order = lengths.argsort()
        parts = []
        for chosen in order.split(4):
            longest = max(int(lengths[chosen].max()), 1)
            batch = (features[chosen, :longest], times[chosen, :longest], lengths[chosen])
            batch = [each.repeat_interleave(n_samples, dim=0) for each in batch]
            p = torch.softmax(self.forward(*batch), -1)
            parts.append(p.reshape(len(chosen), n_samples, -1))
        self.train(mode)
        samples = torch.empty(len(features), n_samples, parts[0].shape[-1])
        samples[order] = torch.cat(parts)
        return summarise(samples.transpose(0, 1))
