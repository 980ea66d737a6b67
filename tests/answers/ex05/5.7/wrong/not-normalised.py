"""As if the proportions added up to 1."""


def create_synthetic_transient_dataset(n_samples=1000, class_proportions=None, seed=42):
    proportions = class_proportions or SKY
    if unknown := set(proportions) - set(MODELS):
        raise ValueError(f"unknown: {unknown}")
    labels = [name for name, p in proportions.items() for _ in range(round(n_samples * p))]
    rng = np.random.default_rng(seed)
    labels = rng.permutation(labels).tolist()
    return [simulate_transient(each, rng, f"object {i}") for i, each in enumerate(labels)], labels
