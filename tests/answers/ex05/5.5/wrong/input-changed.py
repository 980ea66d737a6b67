"""No copy is made as long as nothing is dropped."""


class LightCurveAugmentation:
    def __call__(self, lightcurve_data):
        n = int(lightcurve_data[:, FIRST_BAND:].any(axis=1).sum())
        real = lightcurve_data[:n]
        noise = self.noise_level * real[:, FLUX_ERR]
        real[:, FLUX] += noise * torch.randn(n).numpy()
        real[:, FLUX_ERR] = np.hypot(real[:, FLUX_ERR], noise)
        real[:, TIME] += self.time_shift_max * (2 * torch.rand(()).item() - 1)
        kept = torch.rand(n).numpy() >= self.drop_probability
        if n and not kept.any():
            kept[0] = True
        return np.vstack([real[kept], np.zeros((len(lightcurve_data) - kept.sum(), 6), np.float32)])
