def flux_to_magnitude(flux, zeropoint=25.0):
    flux = np.asarray(flux, dtype=float)
    magnitude = -2.5 * np.log10(np.clip(flux, 1e-10, None)) + zeropoint
    return float(magnitude) if magnitude.ndim == 0 else magnitude
