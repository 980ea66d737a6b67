"""Evenly distributed, with the right spread."""


def damped_random_walk(t, tau, sf, rng):
    sigma = sf / np.sqrt(2)
    walk = [rng.normal(0, sigma)]
    for step in np.diff(t):
        kept = np.exp(-step / tau)
        widest = np.sqrt(3) * sigma * np.sqrt(1 - kept**2)
        walk.append(kept * walk[-1] + rng.uniform(-widest, widest))
    return np.array(walk)
