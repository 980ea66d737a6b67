def create_synthetic_transient_dataset(n_samples=1000, class_proportions=None, seed=42):
    proportions = dict(SKY) if class_proportions is None else dict(class_proportions)
    for name in proportions:
        if name not in MODELS:
            raise ValueError(f"no model for {name}")
    rng = np.random.default_rng(seed)
    names, labels, reached, total = list(proportions), [], 0.0, sum(proportions.values())
    missing = {name: n_samples * value / total for name, value in proportions.items()}
    for _ in range(n_samples):
        most = max(missing, key=missing.get)
        labels.append(most)
        missing[most] -= 1
    rng.shuffle(labels)
    lightcurves = []
    for i, label in enumerate(labels):
        lightcurves.append(simulate_transient(label, rng, f"{label}-{i}"))
    return lightcurves, labels
