def damped_random_walk(t, tau, sf, rng):
    magnitudes = np.empty(t.shape)
    magnitudes[0] = sf * np.sqrt(0.5) * rng.normal()
    for i in range(1, len(t)):
        dt = t[i] - t[i - 1]
        variance = 0.5 * sf**2 * -np.expm1(-2 * dt / tau)
        magnitudes[i] = rng.normal(np.exp(-dt / tau) * magnitudes[i - 1], np.sqrt(variance))
    return magnitudes
