class LightCurveAugmentation:
    def __call__(self, lightcurve_data):
        n = int((lightcurve_data[:, FIRST_BAND:].sum(axis=1) > 0).sum())
        kept = [i for i in range(n) if torch.rand(1).item() >= self.drop_probability]
        if n > 0 and not kept:
            kept = [int(torch.randint(0, n, (1,)))]
        shift = (torch.rand(1).item() - 0.5) * 2 * self.time_shift_max
        result = np.zeros(lightcurve_data.shape, dtype=lightcurve_data.dtype)
        for place, i in enumerate(kept):
            row = lightcurve_data[i].copy()
            row[TIME] += shift
            row[FLUX] += torch.randn(1).item() * self.noise_level * row[FLUX_ERR]
            row[FLUX_ERR] = np.sqrt(row[FLUX_ERR] ** 2 + (self.noise_level * row[FLUX_ERR]) ** 2)
            result[place] = row
        return result
