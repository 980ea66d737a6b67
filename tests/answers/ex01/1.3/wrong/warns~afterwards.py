def flux_to_magnitude(flux, zeropoint=25.0):
    magnitude = np.array(-2.5 * np.log10(flux) + zeropoint)
    magnitude[~np.isfinite(magnitude)] = np.nan
    return float(magnitude) if magnitude.ndim == 0 else magnitude
