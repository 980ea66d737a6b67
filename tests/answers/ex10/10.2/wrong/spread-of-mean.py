def summarise(samples):
    return {
        "predictions": samples.mean(dim=0),
        "epistemic_uncertainty": samples.mean(dim=0).var(dim=-1, correction=0),
        "aleatoric_uncertainty": (samples * (1 - samples)).sum(dim=-1).mean(dim=0),
        "prediction_samples": samples,
    }
