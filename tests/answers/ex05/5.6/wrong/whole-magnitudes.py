"""The walk has the type of the times."""


def damped_random_walk(t, tau, sf, rng):
    sigma = sf / np.sqrt(2)
    walk = np.zeros_like(t)
    walk[0] = sigma * rng.normal()
    for i, step in enumerate(np.diff(t)):
        decay = np.exp(-step / tau)
        walk[i + 1] = walk[i] * decay + sigma * np.sqrt(1 - decay**2) * rng.normal()
    return walk
