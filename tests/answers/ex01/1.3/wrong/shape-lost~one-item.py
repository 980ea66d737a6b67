def flux_to_magnitude(flux, zeropoint=25.0):
    flux = np.asarray(flux, dtype=float)
    magnitude = -2.5 * np.log10(np.where(flux > 0, flux, np.nan)) + zeropoint
    return magnitude.item() if magnitude.size == 1 else magnitude
