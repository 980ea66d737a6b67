def damped_random_walk(t, tau, sf, rng):
    covariance = sf**2 / 2 * np.exp(-np.abs(t[:, None] - t) / tau)
    return rng.multivariate_normal(np.zeros(len(t)), covariance)
