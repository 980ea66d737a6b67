def flux_to_magnitude(flux, zeropoint=25.0):
    if np.isscalar(flux):
        return float(-2.5 * np.log10(flux) + zeropoint) if flux > 0 else np.nan
    if flux.ndim > 1:
        return np.array([flux_to_magnitude(row, zeropoint) for row in flux])
    return -2.5 * np.log10(flux[flux > 0]) + zeropoint
