"""All of the noise once more."""


class PhotometricRedshiftAugmentation:
    def move(self, lightcurve_data, new_redshift):
        moved = lightcurve_data.copy()
        f = 10 ** (-0.4 * (distance_modulus(new_redshift) - distance_modulus(self.redshift)))
        moved[:, TIME] *= (1 + new_redshift) / (1 + self.redshift)
        moved[:, FLUX] *= f
        moved[:, FLUX] += moved[:, FLUX_ERR] * torch.randn(len(moved)).numpy()
        moved[:, [FLUX, FLUX_ERR]] /= np.abs(moved[:, FLUX]).max(initial=0) or 1.0
        return moved
