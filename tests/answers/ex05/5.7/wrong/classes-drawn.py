"""The number of each class is left to chance."""


def create_synthetic_transient_dataset(n_samples=1000, class_proportions=None, seed=42):
    proportions = class_proportions or SKY
    if unknown := set(proportions) - set(MODELS):
        raise ValueError(f"unknown: {unknown}")
    p = np.array(list(proportions.values())) / sum(proportions.values())
    rng = np.random.default_rng(seed)
    labels = rng.choice(list(proportions), n_samples, p=p).tolist()
    return [simulate_transient(each, rng, f"object {i}") for i, each in enumerate(labels)], labels
