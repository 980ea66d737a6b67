"""The errors are forgotten."""


class LightCurveAugmentation:
    def __call__(self, lightcurve_data):
        real = lightcurve_data[lightcurve_data[:, FIRST_BAND:].any(axis=1)]
        kept = torch.rand(len(real)).numpy() >= self.drop_probability
        if len(real) and not kept.any():
            kept[0] = True
        real = real[kept]
        real[:, FLUX] += self.noise_level * real[:, FLUX_ERR] * torch.randn(len(real)).numpy()
        real[:, TIME] += self.time_shift_max * (2 * torch.rand(()).item() - 1)
        return np.vstack([real, np.zeros((len(lightcurve_data) - len(real), 6), np.float32)])
