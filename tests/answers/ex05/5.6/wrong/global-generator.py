"""The generator handed over is not used."""


def damped_random_walk(t, tau, sf, rng):
    sigma = sf / np.sqrt(2)
    walk = [np.random.normal(0, sigma)]
    for step in np.diff(t):
        kept = np.exp(-step / tau)
        walk.append(kept * walk[-1] + np.random.normal(0, sigma * np.sqrt(1 - kept**2)))
    return np.array(walk)
