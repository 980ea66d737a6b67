"""A full kick after each step."""


def damped_random_walk(t, tau, sf, rng):
    sigma = sf / np.sqrt(2)
    walk = [rng.normal(0, sigma)]
    for step in np.diff(t):
        walk.append(np.exp(-step / tau) * walk[-1] + (rng.normal(0, sigma) if step else 0.0))
    return np.array(walk)
