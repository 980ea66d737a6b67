def summarise(samples):
    return {
        "predictions": samples.mean(dim=0),
        "epistemic_uncertainty": samples.var(dim=0, correction=0).mean(dim=-1),
        "aleatoric_uncertainty": (samples * (1 - samples)).sum(dim=-1).mean(dim=0),
        "prediction_samples": samples,
    }
