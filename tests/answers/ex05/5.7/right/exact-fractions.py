def create_synthetic_transient_dataset(n_samples=1000, class_proportions=None, seed=42):
    import math
    from fractions import Fraction

    shares = SKY if class_proportions is None else class_proportions
    for name in shares:
        if name not in MODELS:
            raise ValueError(f"there is no model of {name!r}")
    exact = {name: Fraction(float(x)).limit_denominator(10**9) for name, x in shares.items()}
    total, so_far, done = sum(exact.values()), Fraction(0), 0
    labels = []
    for name, share in exact.items():  # round the running sum: each class is rounded up or down
        so_far += n_samples * share / total
        upto = math.floor(so_far + Fraction(1, 2))
        labels += [name] * (upto - done)
        done = upto
    rng = np.random.default_rng(seed)
    rng.shuffle(labels)
    return [simulate_transient(x, rng, f"#{i}") for i, x in enumerate(labels)], labels
