"""The caller's own dictionary is divided by its sum."""


def create_synthetic_transient_dataset(n_samples=1000, class_proportions=None, seed=42):
    if class_proportions is None:
        class_proportions = SKY
    for name in class_proportions:
        if name not in MODELS:
            raise ValueError(f"unknown class {name!r}")
    total = sum(class_proportions.values())
    for name in class_proportions:
        class_proportions[name] = class_proportions[name] / total
    exact = np.array([n_samples * p for p in class_proportions.values()])
    counts = np.floor(exact + 1e-9).astype(int)
    for i in np.argsort(counts - exact)[: n_samples - counts.sum()]:
        counts[i] += 1
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.repeat(list(class_proportions), counts)).tolist()
    lightcurves = [simulate_transient(x, rng, f"object {i}") for i, x in enumerate(labels)]
    return lightcurves, labels
