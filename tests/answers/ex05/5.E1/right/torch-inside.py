class PhotometricRedshiftAugmentation:
    def move(self, lightcurve_data, new_redshift):
        rows = torch.from_numpy(lightcurve_data).clone()
        f = 10 ** (0.4 * (distance_modulus(self.redshift) - distance_modulus(new_redshift)))
        real = rows[:, FIRST_BAND:].any(dim=1)
        rows[real, TIME] *= (1 + new_redshift) / (1 + self.redshift)
        sigma = rows[real, FLUX_ERR]
        rows[real, FLUX] = torch.normal(f * rows[real, FLUX], sigma * max(0, 1 - f * f) ** 0.5)
        largest = rows[:, FLUX].abs().max()
        if largest > 0:
            rows[:, FLUX] /= largest
            rows[:, FLUX_ERR] /= largest
        return rows.numpy()
