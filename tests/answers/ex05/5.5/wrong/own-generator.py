"""NumPy's generator, which is copied with the transform."""


class LightCurveAugmentation:
    def __init__(self, noise_level=0.01, time_shift_max=5.0, drop_probability=0.1):
        self.noise_level = noise_level
        self.time_shift_max = time_shift_max
        self.drop_probability = drop_probability
        self.rng = np.random.default_rng(42)

    def __call__(self, lightcurve_data):
        real = lightcurve_data[lightcurve_data[:, FIRST_BAND:].any(axis=1)]
        kept = self.rng.random(len(real)) >= self.drop_probability
        if len(real) and not kept.any():
            kept[self.rng.integers(len(real))] = True
        real = real[kept]
        noise = self.noise_level * real[:, FLUX_ERR]
        real[:, FLUX] += noise * self.rng.normal(size=len(real))
        real[:, FLUX_ERR] = np.hypot(real[:, FLUX_ERR], noise)
        real[:, TIME] += self.rng.uniform(-self.time_shift_max, self.time_shift_max)
        return np.vstack([real, np.zeros((len(lightcurve_data) - len(real), 6), np.float32)])
