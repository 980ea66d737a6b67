def summarise(samples):
    mean = samples.mean(dim=0)
    return {
        "predictions": mean,
        "epistemic_uncertainty": samples.std(dim=0).nan_to_num().mean(dim=-1),
        "aleatoric_uncertainty": (mean * (1 - mean)).sum(dim=-1),
        "prediction_samples": samples,
    }
