"""The errors grow before the noise is drawn."""


class LightCurveAugmentation:
    def __call__(self, lightcurve_data):
        result = np.zeros_like(lightcurve_data)
        rows = lightcurve_data[lightcurve_data[:, FIRST_BAND:].any(axis=1)].copy()
        n = len(rows)
        if n == 0:
            return result
        keep = torch.rand(n).numpy() >= self.drop_probability
        if not keep.any():
            keep[torch.randint(n, (1,)).item()] = True
        rows = rows[keep]
        rows[:, FLUX_ERR] *= np.sqrt(1 + self.noise_level**2)
        rows[:, FLUX] += self.noise_level * rows[:, FLUX_ERR] * torch.randn(len(rows)).numpy()
        rows[:, TIME] += (2 * torch.rand(()).item() - 1) * self.time_shift_max
        result[: len(rows)] = rows
        return result
