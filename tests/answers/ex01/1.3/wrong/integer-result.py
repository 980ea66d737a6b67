def flux_to_magnitude(flux, zeropoint=25.0):
    if np.ndim(flux) == 0:
        return float(-2.5 * np.log10(flux) + zeropoint) if flux > 0 else np.nan
    magnitude = np.zeros_like(flux)
    for index, value in np.ndenumerate(flux):
        magnitude[index] = flux_to_magnitude(value, zeropoint)
    return magnitude
