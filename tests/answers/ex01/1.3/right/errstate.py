def flux_to_magnitude(flux, zeropoint=25.0):
    with np.errstate(divide="ignore", invalid="ignore"):
        magnitude = zeropoint - 2.5 * np.log10(flux)
        magnitude = np.where(np.isfinite(magnitude), magnitude, np.nan)
    return magnitude[()]
