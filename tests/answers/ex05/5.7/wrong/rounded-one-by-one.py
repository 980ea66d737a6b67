"""The sum of rounded numbers."""


def create_synthetic_transient_dataset(n_samples=1000, class_proportions=None, seed=42):
    proportions = class_proportions or SKY
    if unknown := set(proportions) - set(MODELS):
        raise ValueError(f"unknown: {unknown}")
    total = sum(proportions.values())
    counts = [round(n_samples * p / total) for p in proportions.values()]
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.repeat(list(proportions), counts)).tolist()
    return [simulate_transient(each, rng, f"object {i}") for i, each in enumerate(labels)], labels
