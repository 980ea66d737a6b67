"""The largest flux, not the largest absolute one."""


class PhotometricRedshiftAugmentation:
    def move(self, lightcurve_data, new_redshift):
        rows = lightcurve_data.copy()
        real = rows[:, FIRST_BAND:].any(axis=1)
        if not real.any():
            return rows
        f = 10 ** (-0.4 * (distance_modulus(new_redshift) - distance_modulus(self.redshift)))
        noise = torch.randn(int(real.sum())).numpy() * np.sqrt(1 - f**2) * rows[real, FLUX_ERR]
        rows[real, TIME] *= (1 + new_redshift) / (1 + self.redshift)
        flux = f * rows[real, FLUX] + noise
        peak = flux.max() if flux.max() != 0 else 1
        rows[real, FLUX] = flux / peak
        rows[real, FLUX_ERR] /= peak
        return rows
