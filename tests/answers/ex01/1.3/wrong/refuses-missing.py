def flux_to_magnitude(flux, zeropoint=25.0):
    if np.any(np.asarray(flux) <= 0):
        raise ValueError("flux must be positive")
    magnitude = -2.5 * np.log10(flux) + zeropoint
    return float(magnitude) if np.ndim(flux) == 0 else magnitude
