import random


def create_synthetic_transient_dataset(n_samples=1000, class_proportions=None, seed=42):
    wanted = class_proportions or SKY
    if any(name not in MODELS for name in wanted):
        raise ValueError(f"{list(wanted)} are not all in {list(MODELS)}")
    rng = np.random.default_rng(seed)
    exact = {name: n_samples * p / sum(wanted.values()) for name, p in wanted.items()}
    counts = {name: int(share) for name, share in exact.items()}
    by_remainder = sorted(exact, key=lambda name: exact[name] % 1, reverse=True)
    while sum(counts.values()) < n_samples:
        counts[by_remainder.pop(0)] += 1
    objects = []
    for name, count in counts.items():
        objects += [simulate_transient(name, rng, object_id=f"{name}{i}") for i in range(count)]
    random.Random(seed).shuffle(objects)
    return objects, [each.transient_type for each in objects]
