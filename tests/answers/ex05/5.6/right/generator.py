def damped_random_walk(t, tau, sf, rng):
    def steps():
        m = rng.normal(0.0, sf / 2**0.5)
        yield m
        for before, after in zip(t[:-1], t[1:]):
            x = float(after - before) / tau
            m = rng.normal(m * np.exp(-x), sf * np.sqrt(-np.expm1(-2 * x) / 2))
            yield m

    return np.fromiter(steps(), dtype=float, count=len(t))
