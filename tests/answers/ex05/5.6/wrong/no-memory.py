"""Each time has a magnitude of its own."""


def damped_random_walk(t, tau, sf, rng):
    times, place = np.unique(t, return_inverse=True)
    return rng.normal(0, sf / np.sqrt(2), len(times))[place]
