def flux_to_magnitude(flux, zeropoint=25.0):
    flux = np.asarray(flux, dtype=float)
    flux = np.where(flux <= 0, 1.0, flux)
    magnitude = -2.5 * np.log10(flux) + zeropoint
    return float(magnitude) if magnitude.ndim == 0 else magnitude
