"""All classes alike."""


def create_synthetic_transient_dataset(n_samples=1000, class_proportions=None, seed=42):
    names = list(SKY if class_proportions is None else class_proportions)
    if unknown := set(names) - set(MODELS):
        raise ValueError(f"unknown: {unknown}")
    rng = np.random.default_rng(seed)
    labels = rng.permutation([names[i % len(names)] for i in range(n_samples)]).tolist()
    return [simulate_transient(each, rng, f"object {i}") for i, each in enumerate(labels)], labels
