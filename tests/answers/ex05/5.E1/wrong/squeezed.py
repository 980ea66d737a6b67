"""The factor upside down."""


class PhotometricRedshiftAugmentation:
    def move(self, lightcurve_data, new_redshift):
        moved = lightcurve_data.copy()
        f = 10 ** (-0.4 * (distance_modulus(new_redshift) - distance_modulus(self.redshift)))
        noise = np.sqrt(max(1 - f**2, 0)) * moved[:, FLUX_ERR] * torch.randn(len(moved)).numpy()
        moved[:, TIME] *= (1 + self.redshift) / (1 + new_redshift)
        moved[:, FLUX] = f * moved[:, FLUX] + noise
        moved[:, [FLUX, FLUX_ERR]] /= np.abs(moved[:, FLUX]).max(initial=0) or 1.0
        return moved
