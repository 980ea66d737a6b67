def flux_to_magnitude(flux, zeropoint=25.0):
    flux = np.asarray(flux, dtype=float)
    safe = np.where(flux > 0, flux, 1.0)
    magnitude = np.where(flux > 0, -2.5 * np.log10(safe) + zeropoint, np.inf)
    magnitude[np.isnan(flux)] = np.nan
    return magnitude if magnitude.shape else float(magnitude)
