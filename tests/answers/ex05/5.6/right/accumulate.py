from itertools import accumulate


def damped_random_walk(t, tau, sf, rng):
    decay = np.exp(-np.diff(t, prepend=-np.inf) / tau)
    xi = rng.standard_normal(len(t)) * np.sqrt(1 - decay**2)
    steps = zip(decay, xi)
    walk = accumulate(steps, lambda before, step: step[0] * before + step[1], initial=0.0)
    return sf / np.sqrt(2) * np.array(list(walk)[1:])
