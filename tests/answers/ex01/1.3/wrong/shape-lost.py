def flux_to_magnitude(flux, zeropoint=25.0):
    if isinstance(flux, np.ndarray):
        return np.array([flux_to_magnitude(f, zeropoint) for f in flux.flatten()])
    if flux > 0:
        return float(-2.5 * np.log10(flux) + zeropoint)
    return float("nan")
