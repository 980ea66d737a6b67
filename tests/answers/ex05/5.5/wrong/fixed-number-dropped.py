"""The same number is left out each time."""


class LightCurveAugmentation:
    def __call__(self, lightcurve_data):
        result = np.zeros_like(lightcurve_data)
        rows = lightcurve_data[lightcurve_data[:, FIRST_BAND:].any(axis=1)].copy()
        n = len(rows)
        if n == 0:
            return result
        n_keep = max(1, n - round(self.drop_probability * n))
        keep = torch.randperm(n)[:n_keep].sort().values.numpy()
        rows = rows[keep]
        rows[:, FLUX] += self.noise_level * rows[:, FLUX_ERR] * torch.randn(len(rows)).numpy()
        rows[:, FLUX_ERR] *= np.sqrt(1 + self.noise_level**2)
        rows[:, TIME] += (2 * torch.rand(()).item() - 1) * self.time_shift_max
        result[: len(rows)] = rows
        return result
