def flux_to_magnitude(flux, zeropoint=25.0):
    magnitude = np.full(np.shape(flux), np.nan)
    good = flux > 0
    magnitude[good] = -2.5 * np.log10(flux[good]) + zeropoint
    return magnitude
