def flux_to_magnitude(flux, zeropoint=25.0):
    flux = np.array(flux, dtype=float)
    flux[flux <= 0] = np.nan
    magnitude = -2 * np.log10(flux) + zeropoint
    return magnitude.item() if magnitude.ndim == 0 else magnitude
