def flux_to_magnitude(flux, zeropoint=25.0):
    if flux > 0:
        return float(-2.5 * np.log10(flux) + zeropoint)
    return np.nan
