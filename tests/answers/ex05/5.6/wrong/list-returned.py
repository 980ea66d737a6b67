"""A list, not an array."""


def damped_random_walk(t, tau, sf, rng):
    sigma = sf / np.sqrt(2)
    walk = [rng.normal(0, sigma)]
    for step in np.diff(t):
        kept = np.exp(-step / tau)
        walk.append(kept * walk[-1] + rng.normal(0, sigma * np.sqrt(1 - kept**2)))
    return walk
