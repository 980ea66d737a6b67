"""Every row is shifted, padding too."""


class LightCurveAugmentation:
    def __call__(self, lightcurve_data):
        rows = lightcurve_data.copy()
        real = rows[:, FIRST_BAND:].any(axis=1)
        dropped = torch.rand(len(rows)).numpy() < self.drop_probability
        if real.any() and not (real & ~dropped).any():
            dropped[np.argmax(real)] = False
        kept = rows[real & ~dropped]
        rows = np.vstack([kept, np.zeros((len(rows) - len(kept), rows.shape[1]), rows.dtype)])
        noise = self.noise_level * rows[:, FLUX_ERR]
        rows[:, FLUX] += noise * torch.randn(len(rows)).numpy()
        rows[:, FLUX_ERR] = np.hypot(rows[:, FLUX_ERR], noise)
        rows[:, TIME] += self.time_shift_max * (2 * torch.rand(()).item() - 1)
        return rows
