def flux_to_magnitude(flux, zeropoint=25.0):
    flux = np.asarray(flux, dtype=float)
    safe = np.where(flux > 0, flux, 1.0)
    magnitude = np.where(flux <= 0, np.nan, -2.5 * np.log10(safe) + zeropoint)
    return float(magnitude) if magnitude.ndim == 0 else magnitude
