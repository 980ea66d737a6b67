def flux_to_magnitude(flux, zeropoint=25.0):
    flux = np.asarray(flux, dtype=float)
    with np.errstate(divide="ignore"):
        magnitude = -2.5 * np.log10(np.where(flux >= 0, flux, np.nan)) + zeropoint
    return magnitude if magnitude.shape else float(magnitude)
