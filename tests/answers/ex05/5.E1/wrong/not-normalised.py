"""Left in the old unit."""


class PhotometricRedshiftAugmentation:
    def move(self, lightcurve_data, new_redshift):
        moved = lightcurve_data.copy()
        f = 10 ** (-0.4 * (distance_modulus(new_redshift) - distance_modulus(self.redshift)))
        noise = np.sqrt(max(1 - f**2, 0)) * moved[:, FLUX_ERR] * torch.randn(len(moved)).numpy()
        moved[:, TIME] *= (1 + new_redshift) / (1 + self.redshift)
        moved[:, FLUX] = f * moved[:, FLUX] + noise
        return moved
