def flux_to_magnitude(flux, zeropoint=25.0):
    flux = np.asarray(flux, dtype=float)
    mask = flux > 0
    return np.where(mask, -2.5 * np.log10(np.where(mask, flux, 1)) + zeropoint, np.nan)
