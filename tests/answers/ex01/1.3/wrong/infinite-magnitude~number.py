def flux_to_magnitude(flux, zeropoint=25.0):
    if isinstance(flux, np.ndarray):
        return -2.5 * np.log10(np.where(flux > 0, flux, np.nan)) + zeropoint
    if flux <= 0:
        return float("inf")
    return float(zeropoint - 2.5 * np.log10(flux))
