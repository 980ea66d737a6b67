def flux_to_magnitude(flux, zeropoint=25.0):
    flux = np.asarray(flux, dtype=float)
    magnitude = -2.5 * np.log10(np.where(flux > 0, flux, np.nan)) + zeropoint
    magnitude = np.nan_to_num(magnitude, nan=99.0)
    return float(magnitude) if magnitude.ndim == 0 else magnitude
