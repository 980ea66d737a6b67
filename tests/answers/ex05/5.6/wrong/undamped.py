"""Nothing is forgotten."""


def damped_random_walk(t, tau, sf, rng):
    sigma = sf / np.sqrt(2)
    kicks = rng.normal(0, sigma * np.sqrt(1 - np.exp(-2 * np.diff(t) / tau)))
    return np.cumsum(np.concatenate([[rng.normal(0, sigma)], kicks]))
