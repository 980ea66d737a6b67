def flux_to_magnitude(flux, zeropoint=25.0):
    if np.ndim(flux) == 0:
        return float(-2.5 * np.log10(flux) + zeropoint) if flux > 0 else None
    flat = [flux_to_magnitude(f, zeropoint) for f in flux.ravel()]
    return np.array(flat).reshape(flux.shape)
