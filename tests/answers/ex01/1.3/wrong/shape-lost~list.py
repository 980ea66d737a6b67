def flux_to_magnitude(flux, zeropoint=25.0):
    if np.isscalar(flux):
        return float(-2.5 * np.log10(flux) + zeropoint) if flux > 0 else np.nan
    return [flux_to_magnitude(f, zeropoint) for f in flux]
