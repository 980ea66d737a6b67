"""As if light thinned out with the distance itself."""


class PhotometricRedshiftAugmentation:
    def move(self, lightcurve_data, new_redshift):
        moved = lightcurve_data.copy()
        f = 10 ** (-0.2 * (distance_modulus(new_redshift) - distance_modulus(self.redshift)))
        noise = np.sqrt(max(1 - f**2, 0)) * moved[:, FLUX_ERR] * torch.randn(len(moved)).numpy()
        moved[:, TIME] *= (1 + new_redshift) / (1 + self.redshift)
        moved[:, FLUX] = f * moved[:, FLUX] + noise
        moved[:, [FLUX, FLUX_ERR]] /= np.abs(moved[:, FLUX]).max(initial=0) or 1.0
        return moved
