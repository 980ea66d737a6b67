"""As if observed every day."""


def damped_random_walk(t, tau, sf, rng):
    sigma = sf / np.sqrt(2)
    kept = np.exp(-1 / tau)
    walk = [rng.normal(0, sigma)]
    for _ in t[1:]:
        walk.append(kept * walk[-1] + rng.normal(0, sigma * np.sqrt(1 - kept**2)))
    return np.array(walk)
