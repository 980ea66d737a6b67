"""rng.normal takes a standard deviation."""


def damped_random_walk(t, tau, sf, rng):
    walk = [rng.normal(0, sf / np.sqrt(2))]
    for step in np.diff(t):
        kept = np.exp(-step / tau)
        walk.append(kept * walk[-1] + rng.normal(0, sf**2 / 2 * (1 - kept**2)))
    return np.array(walk)
