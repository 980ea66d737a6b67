"""NumPy's global generator."""


class LightCurveAugmentation:
    def __call__(self, lightcurve_data):
        real = lightcurve_data[lightcurve_data[:, FIRST_BAND:].any(axis=1)]
        kept = np.random.rand(len(real)) >= self.drop_probability
        if len(real) and not kept.any():
            kept[np.random.randint(len(real))] = True
        real = real[kept]
        noise = self.noise_level * real[:, FLUX_ERR]
        real[:, FLUX] += noise * np.random.randn(len(real))
        real[:, FLUX_ERR] = np.hypot(real[:, FLUX_ERR], noise)
        real[:, TIME] += np.random.uniform(-self.time_shift_max, self.time_shift_max)
        return np.vstack([real, np.zeros((len(lightcurve_data) - len(real), 6), np.float32)])
