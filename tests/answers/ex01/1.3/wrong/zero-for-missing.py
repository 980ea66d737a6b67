def flux_to_magnitude(flux, zeropoint=25.0):
    if np.isscalar(flux):
        return float(-2.5 * np.log10(flux) + zeropoint) if flux > 0 else 0.0
    result = np.zeros(flux.shape)
    result[np.isnan(flux)] = np.nan
    good = flux > 0
    result[good] = -2.5 * np.log10(flux[good]) + zeropoint
    return result
