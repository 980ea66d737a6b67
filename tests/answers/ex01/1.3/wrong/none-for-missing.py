def flux_to_magnitude(flux, zeropoint=25.0):
    if np.ndim(flux) == 0:
        if flux > 0:
            return float(-2.5 * np.log10(flux) + zeropoint)
        return None
    good = np.where(flux > 0, flux, np.nan)
    return -2.5 * np.log10(good) + zeropoint
