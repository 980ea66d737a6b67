def flux_to_magnitude(flux, zeropoint=25.0):
    flux = np.asarray(flux, dtype=float)
    magnitude = np.where(flux > 0, -2.5 * np.log10(flux) + zeropoint, np.nan)
    return float(magnitude) if magnitude.ndim == 0 else magnitude
