def flux_to_magnitude(flux, zeropoint=25.0):
    flux = np.array(flux, dtype=float)
    flux[flux <= 0] = np.nan
    magnitude = zeropoint - 2.5 * np.log2(flux)
    return magnitude.item() if magnitude.ndim == 0 else magnitude
