"""Always the same."""


def create_synthetic_transient_dataset(n_samples=1000, class_proportions=None, seed=42):
    proportions = SKY if class_proportions is None else class_proportions
    if unknown := set(proportions) - set(MODELS):
        raise ValueError(f"unknown: {unknown}")
    shares = n_samples * np.array(list(proportions.values())) / sum(proportions.values())
    counts = np.floor(shares).astype(int)
    counts[np.argsort(counts - shares)[: n_samples - counts.sum()]] += 1
    rng = np.random.default_rng(42)
    labels = rng.permutation(np.repeat(list(proportions), counts)).tolist()
    return [simulate_transient(each, rng, f"object {i}") for i, each in enumerate(labels)], labels
