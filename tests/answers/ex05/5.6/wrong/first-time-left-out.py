"""A magnitude for each step."""


def damped_random_walk(t, tau, sf, rng):
    sigma = sf / np.sqrt(2)
    before, walk = rng.normal(0, sigma), []
    for step in np.diff(t):
        kept = np.exp(-step / tau)
        before = kept * before + rng.normal(0, sigma * np.sqrt(1 - kept**2))
        walk.append(before)
    return np.array(walk)
