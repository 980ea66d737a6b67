def flux_to_magnitude(flux, zeropoint=25.0):
    with np.errstate(invalid="ignore", divide="ignore"):
        mag = np.where(np.asarray(flux) > 0, 25.0 - 2.5 * np.log10(flux), np.nan)
    return float(mag) if np.isscalar(flux) else mag
