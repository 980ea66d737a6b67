class PhotometricRedshiftAugmentation:
    def move(self, lightcurve_data, new_redshift):
        result = np.zeros_like(lightcurve_data)
        real = lightcurve_data[lightcurve_data[:, FIRST_BAND:].sum(axis=1) > 0].astype(float)
        if len(real) == 0:
            return result
        megaparsecs = [10 ** (distance_modulus(z) / 5) for z in (self.redshift, new_redshift)]
        dimming = min((megaparsecs[0] / megaparsecs[1]) ** 2, 1.0)
        spread = real[:, FLUX_ERR] * (1 - dimming**2) ** 0.5
        real[:, FLUX] = dimming * real[:, FLUX] + spread * torch.randn(len(real)).numpy()
        peak = np.max(np.abs(real[:, FLUX]))
        real[:, FLUX : FLUX_ERR + 1] /= peak if peak > 0 else 1
        real[:, TIME] = real[:, TIME] / (1 + self.redshift) * (1 + new_redshift)
        result[: len(real)] = real
        return result
