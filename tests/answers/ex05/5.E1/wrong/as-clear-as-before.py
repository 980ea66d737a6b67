"""The errors shrink with the flux."""


class PhotometricRedshiftAugmentation:
    def move(self, lightcurve_data, new_redshift):
        moved = lightcurve_data.copy()
        f = 10 ** (-0.4 * (distance_modulus(new_redshift) - distance_modulus(self.redshift)))
        moved[:, TIME] *= (1 + new_redshift) / (1 + self.redshift)
        moved[:, [FLUX, FLUX_ERR]] *= f
        moved[:, [FLUX, FLUX_ERR]] /= np.abs(moved[:, FLUX]).max(initial=0) or 1.0
        return moved
