def flux_to_magnitude(flux, zeropoint=25.0):
    flux = np.atleast_1d(np.asarray(flux, dtype=float))
    magnitude = np.full(flux.shape, np.nan)
    good = flux > 0
    magnitude[good] = -2.5 * np.log10(flux[good]) + zeropoint
    return magnitude
