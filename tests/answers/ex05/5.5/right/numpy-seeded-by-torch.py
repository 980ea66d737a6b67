class LightCurveAugmentation:
    def __call__(self, lightcurve_data):
        rng = np.random.default_rng(torch.randint(2**31, (1,)).item())
        data = lightcurve_data.astype(np.float64)
        real = data[data[:, FIRST_BAND:].max(axis=1) > 0]
        keep = rng.random(len(real)) > self.drop_probability
        if not keep.any() and len(keep):
            keep[rng.integers(len(keep))] = True
        real = real[keep]
        real[:, FLUX] = rng.normal(real[:, FLUX], self.noise_level * real[:, FLUX_ERR])
        real[:, FLUX_ERR] *= np.sqrt(1 + self.noise_level**2)
        real[:, TIME] += rng.uniform(-1, 1) * self.time_shift_max
        missing = len(data) - len(real)
        return np.pad(real, ((0, missing), (0, 0))).astype(np.float32)
