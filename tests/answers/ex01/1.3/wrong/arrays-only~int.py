def flux_to_magnitude(flux, zeropoint=25.0):
    if isinstance(flux, float):
        return float(-2.5 * np.log10(flux) + zeropoint) if flux > 0 else np.nan
    magnitude = np.full(flux.shape, np.nan)
    good = flux > 0
    magnitude[good] = zeropoint - 2.5 * np.log10(flux[good])
    return magnitude
