"""Rows are blanked where they are."""


class LightCurveAugmentation:
    def __call__(self, lightcurve_data):
        rows = lightcurve_data.copy()
        real = np.flatnonzero(rows[:, FIRST_BAND:].any(axis=1))
        kept = torch.rand(len(real)).numpy() >= self.drop_probability
        if len(real) and not kept.any():
            kept[0] = True
        noise = self.noise_level * rows[real, FLUX_ERR]
        rows[real, FLUX] += noise * torch.randn(len(real)).numpy()
        rows[real, FLUX_ERR] = np.hypot(rows[real, FLUX_ERR], noise)
        rows[real, TIME] += self.time_shift_max * (2 * torch.rand(()).item() - 1)
        rows[real[~kept]] = 0
        return rows
