"""The structure function taken for the spread."""


def damped_random_walk(t, tau, sf, rng):
    walk = [rng.normal(0, sf)]
    for step in np.diff(t):
        kept = np.exp(-step / tau)
        walk.append(kept * walk[-1] + rng.normal(0, sf * np.sqrt(1 - kept**2)))
    return np.array(walk)
