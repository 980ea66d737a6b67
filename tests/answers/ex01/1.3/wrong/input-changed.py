def flux_to_magnitude(flux, zeropoint=25.0):
    flux = np.asarray(flux, dtype=float)
    if flux.ndim == 0:
        return float(-2.5 * np.log10(flux) + zeropoint) if flux > 0 else np.nan
    flux[flux <= 0] = np.nan
    return -2.5 * np.log10(flux) + zeropoint
