def summarise(samples):
    mean = samples.mean(dim=0)
    return {
        "predictions": mean,
        "epistemic_uncertainty": samples.var(dim=0, correction=0).sum(dim=-1),
        "aleatoric_uncertainty": (mean * (1 - mean)).sum(dim=-1),
        "prediction_samples": samples,
    }
